import type { RefObject } from "preact"
import { Choice } from "../parts/choice.tsx"
import { hidden, pinned, showAll, toggleHidden, togglePinned } from "../state/store.ts"
import { count, share } from "../text/format.ts"
import type { Adjacency } from "./adjacency.ts"
import { colourings, sizings } from "./attributes.ts"
import { Finder } from "./finder.tsx"
import { choose, type NetworkChoices } from "./network-choices.ts"
import { NetworkExports } from "./network-exports.tsx"
import type { NetworkRenderer } from "./network-renderer.ts"
import { PictureOrTable, Zooms } from "./picture-tools.tsx"
import type { Network } from "./use-network.ts"
import type { Relayout } from "./use-relayout.ts"
import { selectOrCompare, useSelectedMembers } from "./use-selection.ts"

/** Lines of the menu; those between groups say of which. */
const lineWords: Readonly<Record<string, string>> = {
  community: "between communities",
  operator: "between probable operators",
  mutual: "naming each other",
  all: "all announcements",
  none: "none"
}

/** What to do with servers that are selected, or shown: hide, pin, lay out anew. */
const Arrange = ({ graph, network, relayout }: { readonly network: Network; readonly graph: Adjacency | null; readonly relayout: Relayout }) => {
  const { egos, marked } = useSelectedMembers(network.model)
  const chosen = [...egos, ...marked]
  const ids = chosen.map((index) => network.model.head.servers[index]!)
  const layOut = (indices: ReadonlyArray<number>): void => {
    if (graph !== null) relayout.start(graph, network.positions, indices, (index) => pinned.peek().has(network.model.head.servers[index]!))
  }
  const movable = chosen.length > 2 ? chosen.filter(network.isShown) : network.shown
  return (
    <div class="actions" role="group" aria-label="Arrange">
      <button type="button" disabled={ids.length === 0} onClick={() => toggleHidden(ids)}>Hide selected</button>
      <button type="button" disabled={ids.length === 0} onClick={() => togglePinned(ids)}>{ids.length > 0 && ids.every((id) => pinned.value.has(id)) ? "Unpin selected" : "Pin selected"}</button>
      {hidden.value.size > 0 ? <button type="button" onClick={showAll}>{`Show ${count(hidden.value.size)} hidden`}</button> : null}
      {relayout.progress === null
        ? <button type="button" disabled={graph === null || movable.length < 3} onClick={() => layOut(movable)}>{`Lay out ${count(movable.length)} ${chosen.length > 2 ? "selected" : "shown"} anew`}</button>
        : <button type="button" onClick={relayout.stop}>{`Stop laying out (${share(relayout.progress)})`}</button>}
      <button type="button" disabled={relayout.positions === null} onClick={relayout.reset}>Stored layout</button>
    </div>
  )
}

/** What the picture shows and how. */
export const NetworkControls = ({ choices, graph, network, relayout, renderer }: {
  readonly choices: NetworkChoices
  readonly network: Network
  readonly graph: Adjacency | null
  readonly relayout: Relayout
  readonly renderer: RefObject<NetworkRenderer | null>
}) => {
  const { colour, grouping, isTable, lines, size } = choices
  return (
    <>
      <Finder rows={network.shownRows} onFound={({ serverId }) => {
        selectOrCompare(serverId, false)
        const index = network.model.indexOf.get(serverId)
        if (index !== undefined) renderer.current?.flyTo(index)
      }} />
      <Choice label="Colour" value={colour.id} options={colourings.map(({ id, title }) => [id, title])} onChoose={(id) => choose("colour", id)} />
      <Choice label="Size" value={size?.id ?? "same"} options={[["same", "all the same"], ...sizings.map(({ id, title }): [string, string] => [id, title])]} onChoose={(id) => choose("size", id)} />
      <Choice label="Lines" value={lines === "groups" ? grouping : lines} options={Object.entries(lineWords)} onChoose={(id) => choose("lines", id)} />
      <span class="spring" />
      {isTable ? null : <Zooms onZoom={(factor) => renderer.current?.zoom(factor)} onFit={() => renderer.current?.fit()} />}
      <PictureOrTable isTable={isTable} />
      <details class="menu">
        <summary>Arrange, download</summary>
        <div class="menu-body network-menu">
          <h2>Arrange</h2>
          <Arrange network={network} graph={graph} relayout={relayout} />
          <h2>Download what is shown</h2>
          <NetworkExports network={network} graph={graph} renderer={renderer} />
        </div>
      </details>
    </>
  )
}
