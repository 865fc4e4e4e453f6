import { useEffect, useRef } from "preact/hooks"
import type { GraphHead } from "../../../src/atlas/shapes/graph.ts"
import { cameraText, readCamera } from "../graph/camera.ts"
import { useGraphHead } from "../client/atlas.ts"
import { type ShownServers, useShownServers } from "../client/shown-servers.ts"
import { neighbours } from "../graph/adjacency.ts"
import { maxLines } from "../graph/edge-choice.ts"
import { Legend } from "../graph/legend.tsx"
import { LineKey } from "../graph/line-key.tsx"
import { DrawnTable } from "../graph/drawn-table.tsx"
import { NetworkControls } from "../graph/network-controls.tsx"
import { networkChoices } from "../graph/network-choices.ts"
import type { NetworkRenderer } from "../graph/network-renderer.ts"
import { Picture } from "../graph/picture.tsx"
import { serverNote } from "../graph/server-note.ts"
import { useAdjacency, useNetwork } from "../graph/use-network.ts"
import { usePictureKeys } from "../graph/use-picture-keys.ts"
import { useRelayout } from "../graph/use-relayout.ts"
import { selectOrCompare, useSelectedMembers } from "../graph/use-selection.ts"
import { Empty, Loading } from "../parts/states.tsx"
import { own, select, selected, setOwn, unaddressed } from "../state/store.ts"
import { count } from "../text/format.ts"
import "../graph/network.css"

/** Words of the address that can grow with the number of servers. */
const wordNames: Readonly<Record<string, string>> = { laid: "the new layout", hidden: "which servers are hidden", pinned: "which are pinned" }

const Drawn = ({ head, servers }: { readonly head: GraphHead; readonly servers: ShownServers }) => {
  const choices = networkChoices(servers.all)
  const graph = useAdjacency(head)
  const relayout = useRelayout(head)
  const network = useNetwork(head, servers, graph, choices, relayout.positions)
  const { colouring, legend, model, scene, sizeKey } = network
  const renderer = useRef<NetworkRenderer | null>(null)
  const { egos, marked } = useSelectedMembers(model)
  const row = (index: number) => model.rows[index]!
  const neighboursOf = (index: number) => (graph === null ? [] : neighbours(graph, index, network.isShown))
  const keys = usePictureKeys({ network, neighboursOf, renderer })

  useEffect(() => { renderer.current?.focus(egos, marked) }, [egos, marked, graph, scene])
  // A server that was chosen elsewhere is brought into view, unless the address says what is in view.
  const isLinked = useRef(own("at") !== "")
  useEffect(() => {
    if (!isLinked.current && egos[0] !== undefined && network.isShown(egos[0])) renderer.current?.show(egos[0])
    isLinked.current = false
  }, [egos])
  // The address was changed by others: by "back", or a link.
  const at = own("at")
  const written = useRef(at)
  useEffect(() => {
    if (at === written.current) return
    written.current = at
    renderer.current?.look(readCamera(at))
  }, [at])

  const all = network.allGroupLines.length
  return (
    <div class="network">
      <header class="tools">
        <h1>Network</h1>
        <NetworkControls choices={choices} graph={graph} network={network} relayout={relayout} renderer={renderer} />
      </header>
      {choices.isTable
        ? <DrawnTable label="Servers of the picture" colouring={colouring} rows={network.shownRows} />
        : (
          <div class="network-picture">
            <Picture scene={scene} camera={readCamera(at)} extent={network.extent} palette={network.palette} renderer={renderer} onKeyDown={keys.onKeyDown} describedBy="network-says"
              events={{
                neighboursOf,
                noteOf: (index) => serverNote(row(index), colouring),
                onClick: (index, isCompared) => selectOrCompare(row(index).serverId, isCompared),
                onBackground: () => { if (selected.peek() !== null) select(null) },
                onRest: (camera) => {
                  written.current = cameraText(camera)
                  setOwn({ at: written.current }, "replace")
                }
              }} />
            <Legend colouring={colouring} entries={legend} size={sizeKey} />
            {egos.length > 0 ? <LineKey /> : null}
            <p class="unseen" aria-live="polite">{keys.said}</p>
            {scene.nodes.length === 0 ? <div class="network-none"><Empty>No server passes the filter, or all that do are hidden.</Empty></div> : null}
          </div>
        )}
      {unaddressed.value.length > 0
        ? <p class="filter-note quiet" role="note">{`Not in the address, for which it would be too long: ${unaddressed.value.map((word) => wordNames[word] ?? word).join(", ")}. It holds until this page is closed.`}</p>
        : null}
      {scene.lines.total > maxLines
        ? <Empty>{`${count(scene.lines.total)} lines would be one blob and take seconds to draw, so none is drawn. Narrow the filter to fewer than ${count(maxLines)} lines. Those of a server in question are always drawn.`}</Empty>
        : null}
      <p class="says-who network-says" id="network-says">
        {`Who lists whom: ${count(scene.nodes.length)} of ${count(head.servers.length)} servers`}
        {choices.lines === "groups"
          ? `; lines are announcements between ${choices.grouping === "community" ? "communities" : "probable operators"}${all > scene.groupLines.length ? `, the strongest ${scene.groupLines.length} of ${all}` : ""}.`
          : choices.lines === "none" ? "." : `; ${count(scene.lines.ends.length)} lines between servers.`}
        {" Level: server. Nearness comes from announcements and means nothing by itself: neighbours are no accomplices."}
        {" Arrow keys step from server to server, Enter selects, + − 0 zoom; the table has the same."}
      </p>
    </div>
  )
}

const NetworkPage = () => {
  const head = useGraphHead()
  const servers = useShownServers()
  return (
    <Loading of={head}>
      {(graph) => <Loading of={servers}>{(shown) => <Drawn head={graph} servers={shown} />}</Loading>}
    </Loading>
  )
}

export default NetworkPage
