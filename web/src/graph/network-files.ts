import { DirectedGraph } from "graphology"
import write from "graphology-gexf/browser/writer.js"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { dataLicence as licence } from "../../../src/domain/licence.ts"
import { csvFile } from "../table/csv.ts"
import { shown } from "../text/display.ts"
import type { Adjacency } from "./adjacency.ts"
import type { NetworkModel } from "./network-model.ts"
import type { NodeLook } from "./scene.ts"

/** Where the data comes from; every file carries it. */
export interface FileOrigin {
  readonly crawlId: number
  readonly simulated: boolean
  /** Of the program that serves this viewer. */
  readonly version: string
}

const columns: ReadonlyArray<readonly [string, (row: ServerRow) => unknown]> = [
  ["server_id", (row) => row.serverId],
  ["host", (row) => row.host],
  ["hosts", (row) => row.hosts.join(" ")],
  ["reachable", (row) => row.reachable],
  ["software_claimed", (row) => row.software],
  ["implementation", (row) => row.implementation],
  ["country", (row) => row.country],
  ["asn", (row) => row.asn],
  ["org", (row) => row.org],
  ["named_by", (row) => row.namedBy],
  ["names", (row) => row.names],
  ["mutual", (row) => row.mutual],
  ["cluster_id", (row) => row.clusterId],
  ["operator_posterior", (row) => row.operatorPosterior],
  ["community_id", (row) => row.communityId],
  ["score", (row) => row.score]
]

/** Servers that are drawn, a row each. Level: server. */
export const serversCsv = (model: NetworkModel, nodes: ReadonlyArray<NodeLook>, { crawlId, simulated, version }: FileOrigin): string =>
  csvFile(
    [...columns.map(([name]) => name), "x", "y", "crawl_id", "simulated", "code_version", "licence"],
    nodes.map((node) => [...columns.map(([, of]) => of(model.rows[node.index]!)), node.x, node.y, crawlId, simulated, version, licence])
  )

function* announcementsAmong(graph: Adjacency, nodes: ReadonlyArray<NodeLook>) {
  const drawn = new Set(nodes.map(({ index }) => index))
  for (const from of drawn) {
    for (let at = graph.offsets[from]!; at < graph.offsets[from + 1]!; at++) {
      const to = graph.targets[at]!
      if (drawn.has(to)) yield { from, to, share: graph.shares[at]! / 255, mutual: graph.mutual[at] === 1 }
    }
  }
}

/** Announcements among the servers that are drawn, whether or not their lines are. Level: server. */
export const announcementsCsv = (model: NetworkModel, graph: Adjacency, nodes: ReadonlyArray<NodeLook>, { crawlId, simulated, version }: FileOrigin): string =>
  csvFile(
    ["from_server_id", "from_host", "to_server_id", "to_host", "share_of_lists", "mutual", "crawl_id", "simulated", "code_version", "licence"],
    [...announcementsAmong(graph, nodes)].map(({ from, mutual, share, to }) => [
      model.rows[from]!.serverId, model.rows[from]!.host, model.rows[to]!.serverId, model.rows[to]!.host, Number(share.toFixed(3)), mutual, crawlId, simulated, version, licence
    ])
  )

/** The same as GEXF 1.2, with places, colours and sizes as drawn, for Gephi and networkx. */
export const networkGexf = (model: NetworkModel, graph: Adjacency, nodes: ReadonlyArray<NodeLook>, { crawlId, simulated, version }: FileOrigin): string => {
  const output = new DirectedGraph()
  output.setAttribute("creator", `electrum-observatory ${version}`)
  output.setAttribute("title", `${simulated ? "SIMULATED: " : ""}announcements of crawl ${crawlId}`)
  output.setAttribute("description", `Level: server. Licence: ${licence}. Strings are what servers said.`)
  for (const node of nodes) {
    const row = model.rows[node.index]!
    const attributes = columns.flatMap(([name, of]) => {
      const value = of(row)
      return value === null ? [] : [[name, typeof value === "string" ? shown(value, Number.POSITIVE_INFINITY) : value] as const]
    })
    output.addNode(row.serverId, { ...Object.fromEntries(attributes), label: shown(row.host), x: node.x, y: node.y, size: node.size, color: node.colour })
  }
  for (const { from, mutual, share, to } of announcementsAmong(graph, nodes)) {
    output.addEdge(model.rows[from]!.serverId, model.rows[to]!.serverId, { share: Number(share.toFixed(3)), mutual })
  }
  return write(output, {
    version: "1.2",
    formatNode: (_, { color, label, size, x, y, ...attributes }) => ({ label, attributes, viz: { color, size, x, y } })
  })
}
