import type { RefObject } from "preact"
import { useState } from "preact/hooks"
import type { Neighbour } from "./adjacency.ts"
import type { NetworkRenderer } from "./network-renderer.ts"
import { serverNote } from "./server-note.ts"
import { arrows, type Place, stepTowards } from "./step-towards.ts"
import type { Network } from "./use-network.ts"
import { selectOrCompare } from "./use-selection.ts"
import { shortened } from "../text/display.ts"

/** The picture by keyboard: arrows step among neighbours, and to the next server where no neighbour lies that way. */
export const usePictureKeys = ({ neighboursOf, network, renderer }: {
  readonly network: Network
  readonly neighboursOf: (index: number) => ReadonlyArray<Neighbour>
  readonly renderer: RefObject<NetworkRenderer | null>
}) => {
  const [at, setAt] = useState<number | null>(null)
  const { colouring, isShown, model, positions, shown } = network
  const place = (index: number): Place => ({ index, x: positions.x[index]!, y: positions.y[index]! })
  const here = at !== null && isShown(at) ? at : null

  const pointAt = (index: number | null): void => {
    setAt(index)
    renderer.current?.point(index)
    if (index !== null) renderer.current?.show(index)
  }
  const first = (): number | null =>
    shown.reduce<number | null>((best, index) => (best === null || model.rows[index]!.namedBy > model.rows[best]!.namedBy ? index : best), null)

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const arrow = arrows[event.key]
    if (arrow !== undefined) {
      const next = here === null
        ? first()
        : stepTowards(place(here), neighboursOf(here).map(({ index }) => place(index)), arrow) ?? stepTowards(place(here), shown.map(place), arrow)
      if (next !== null) pointAt(next)
    } else if (event.key === "Enter" && here !== null) selectOrCompare(model.rows[here]!.serverId, event.shiftKey)
    else if (event.key === "+" || event.key === "=") renderer.current?.zoom(1.5)
    else if (event.key === "-") renderer.current?.zoom(1 / 1.5)
    else if (event.key === "0") renderer.current?.fit()
    else if (event.key === "Escape" && here !== null) pointAt(null)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const said = here === null ? "" : `${shortened(model.rows[here]!.host, 60)}, ${serverNote(model.rows[here]!, colouring)}, ${neighboursOf(here).length} neighbours shown`
  return { onKeyDown, said }
}
