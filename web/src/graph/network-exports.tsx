import type { RefObject } from "preact"
import { dataLicence } from "../../../src/domain/licence.ts"
import { useAbout } from "../client/atlas.ts"
import { download } from "../parts/download.ts"
import type { Adjacency } from "./adjacency.ts"
import type { NetworkRenderer } from "./network-renderer.ts"
import { pictureSvg, sceneExtent } from "./picture-svg.ts"
import type { Network } from "./use-network.ts"

/** Files of what is shown: servers that pass the filter and are not hidden, and the announcements among them. */
export const NetworkExports = ({ graph, network, renderer }: {
  readonly network: Network
  readonly graph: Adjacency | null
  readonly renderer: RefObject<NetworkRenderer | null>
}) => {
  const version = useAbout().value?.version ?? "unknown"
  const { model, palette, scene } = network
  const origin = { crawlId: model.head.crawlId, simulated: model.head.simulated, version }
  const name = `${origin.simulated ? "SIMULATED-" : ""}network-crawl-${origin.crawlId}`
  const title = `Announcement graph of crawl ${origin.crawlId}, ${scene.nodes.length} servers · electrum-observatory ${version} · ${dataLicence.replaceAll("-", " ")}`
  const png = async (): Promise<void> => {
    const blob = await renderer.current?.png(`${origin.simulated ? "SIMULATED · " : ""}${title}`)
    if (blob !== undefined) download(`${name}.png`, "image/png", blob)
  }
  // The writers come when they are asked for.
  const file = async (kind: "servers" | "announcements" | "gexf"): Promise<void> => {
    const files = await import("./network-files.ts")
    if (kind === "servers") download(`${name}-servers.csv`, "text/csv;charset=utf-8", files.serversCsv(model, scene.nodes, origin))
    else if (graph === null) return
    else if (kind === "announcements") download(`${name}-announcements.csv`, "text/csv;charset=utf-8", files.announcementsCsv(model, graph, scene.nodes, origin))
    else download(`${name}.gexf`, "application/gexf+xml", files.networkGexf(model, graph, scene.nodes, origin))
  }
  return (
    <div class="actions" role="group" aria-label="Download what is shown">
      <button type="button" disabled={renderer.current === null} onClick={() => void png()}>PNG</button>
      <button type="button" onClick={() => download(`${name}.svg`, "image/svg+xml", pictureSvg(scene, sceneExtent(scene), palette, { title, simulated: origin.simulated }))}>SVG</button>
      <button type="button" disabled={graph === null} onClick={() => void file("gexf")}>GEXF</button>
      <button type="button" onClick={() => void file("servers")}>CSV of servers</button>
      <button type="button" disabled={graph === null} onClick={() => void file("announcements")}>CSV of announcements</button>
    </div>
  )
}
