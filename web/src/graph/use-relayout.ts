import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import type { GraphHead } from "../../../src/atlas/shapes/graph.ts"
import { laid, setOwn } from "../state/store.ts"
import { isMotionReduced } from "../state/theme.ts"
import type { Adjacency } from "./adjacency.ts"
import { serverLines } from "./edge-choice.ts"
import { laidText, readLaid } from "./laid-text.ts"
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

/** The stored layout with the places that the address says; null where it says none of this graph. */
const placed = (head: GraphHead, text: string): Positions | null => {
  const places = new Map(readLaid(text).map((place) => [place.serverId, place]))
  if (!head.servers.some((id) => places.has(id))) return null
  return {
    x: head.servers.map((id, index) => places.get(id)?.x ?? head.x[index]!),
    y: head.servers.map((id, index) => places.get(id)?.y ?? head.y[index]!)
  }
}

/** A layout of some servers by the announcements among them; the others stay. It goes into the address, so that a link shows it. */
export const useRelayout = (head: GraphHead): Relayout => {
  const text = laid.value
  const kept = useMemo(() => placed(head, text), [head, text])
  const [coming, setComing] = useState<Positions | null>(null)
  const [progress, setProgress] = useState<number | null>(null)
  const running = useRef<(() => void) | null>(null)
  const end = (): void => {
    running.current?.()
    running.current = null
    setProgress(null)
    setComing(null)
  }
  const keep = (positions: Positions, indices: Iterable<number>): void => {
    const moved = new Set([...indices].map((index) => head.servers[index]!))
    for (const { serverId } of readLaid(laid.peek())) moved.add(serverId)
    setOwn({ laid: laidText(head.servers.flatMap((serverId, i) => moved.has(serverId) ? [{ serverId, x: positions.x[i]!, y: positions.y[i]! }] : [])) })
  }
  const now = useRef<{ readonly positions: Positions; readonly indices: ReadonlyArray<number> } | null>(null)
  const stop = (): void => {
    // As far as it came.
    if (running.current !== null && now.current !== null) keep(now.current.positions, now.current.indices)
    end()
  }
  const reset = (): void => {
    end()
    setOwn({ laid: "" })
  }
  useEffect(() => end, [head.crawlId])
  const start: Relayout["start"] = (graph, before, indices, isFixed) => {
    end()
    const place = new Map(indices.map((index, i) => [index, i]))
    const ends = serverLines(graph, (index) => place.has(index), "all", Number.POSITIVE_INFINITY).ends
    const x = Float64Array.from(before.x)
    const y = Float64Array.from(before.y)
    let last = performance.now()
    now.current = null
    setProgress(0)
    running.current = layOutAnew({
      x: Float64Array.from(indices, (index) => x[index]!),
      y: Float64Array.from(indices, (index) => y[index]!),
      fixed: Uint8Array.from(indices, (index) => (isFixed(index) ? 1 : 0)),
      ends: Uint32Array.from(ends.flatMap(([a, b]) => [place.get(a)!, place.get(b)!])),
      size: 4
    }, (answer) => {
      indices.forEach((index, i) => {
        x[index] = answer.x[i]!
        y[index] = answer.y[i]!
      })
      const positions = { x: x.slice(), y: y.slice() }
      now.current = { positions, indices }
      if (answer.done === 1) {
        keep(positions, indices)
        end()
        return
      }
      setProgress(answer.done)
      if (!isMotionReduced() && performance.now() - last > restMs) {
        last = performance.now()
        setComing(positions)
      }
    })
  }
  return { positions: coming ?? kept, progress, start, stop, reset }
}
