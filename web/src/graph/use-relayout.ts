import { useEffect, useRef, useState } from "preact/hooks"
import type { GraphHead } from "../../../src/atlas/shapes/graph.ts"
import { isMotionReduced } from "../state/theme.ts"
import type { Adjacency } from "./adjacency.ts"
import { serverLines } from "./edge-choice.ts"
import type { Positions } from "./network-model.ts"
import { layOutAnew } from "./relayout.ts"

/** The picture follows the layout no more often than this; drawing it takes longer than computing it. */
const restMs = 400

export interface Relayout {
  readonly positions: Positions | null
  /** 0 to 1 while it runs. */
  readonly progress: number | null
  readonly start: (graph: Adjacency, positions: Positions, indices: ReadonlyArray<number>, isFixed: (index: number) => boolean) => void
  readonly stop: () => void
  /** Back to the stored layout. */
  readonly reset: () => void
}

/** A layout of some servers by the announcements among them; the others stay. It is not kept: links and other readers see the stored one. */
export const useRelayout = (head: GraphHead): Relayout => {
  const [positions, setPositions] = useState<Positions | null>(null)
  const [progress, setProgress] = useState<number | null>(null)
  const running = useRef<(() => void) | null>(null)
  const stop = (): void => {
    running.current?.()
    running.current = null
    setProgress(null)
  }
  const reset = (): void => {
    stop()
    setPositions(null)
  }
  useEffect(() => reset, [head.crawlId])
  const start: Relayout["start"] = (graph, before, indices, isFixed) => {
    stop()
    const place = new Map(indices.map((index, i) => [index, i]))
    const ends = serverLines(graph, (index) => place.has(index), "all", Number.POSITIVE_INFINITY).ends
    const x = Float64Array.from(before.x)
    const y = Float64Array.from(before.y)
    let last = performance.now()
    setProgress(0)
    running.current = layOutAnew({
      x: Float64Array.from(indices, (index) => x[index]!),
      y: Float64Array.from(indices, (index) => y[index]!),
      fixed: Uint8Array.from(indices, (index) => (isFixed(index) ? 1 : 0)),
      ends: Uint32Array.from(ends.flatMap(([a, b]) => [place.get(a)!, place.get(b)!])),
      size: 4
    }, (answer) => {
      const isDone = answer.done === 1
      setProgress(isDone ? null : answer.done)
      if (isDone || (!isMotionReduced() && performance.now() - last > restMs)) {
        last = performance.now()
        indices.forEach((index, i) => {
          x[index] = answer.x[i]!
          y[index] = answer.y[i]!
        })
        setPositions({ x: x.slice(), y: y.slice() })
      }
    })
  }
  return { positions, progress, start, stop, reset }
}
