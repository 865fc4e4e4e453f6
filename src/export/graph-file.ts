import { Effect, Stream } from "effect"
import type { ServerRow } from "../atlas/shapes/server-row.ts"
import { forDisplay } from "../domain/display.ts"
import type { Row } from "../store/database.ts"
import { Outlet } from "../store/outlet.ts"
import { type Provenance, simulatedSentence } from "./about.ts"
import type { Shown } from "./shown.ts"
import { exportTables } from "./tables.ts"
import { writeParts } from "./write-file.ts"

/** Formats of graphs. */
export type GraphFormat = "gexf" | "graphml"

/**
 * A text for XML. What XML forbids, and what a reader could take for something
 * else, is made visible (`\u0001`); line ends too, since attributes lose them.
 */
export const xmlText = (text: string): string =>
  forDisplay(text, Number.POSITIVE_INFINITY)
    .replace(/[\ufffe\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)

type Kind = "string" | "integer" | "double" | "boolean"

interface Attribute<A> {
  readonly name: string
  readonly kind: Kind
  readonly of: (of: A) => string | number | boolean | null
}

const listed = (texts: ReadonlyArray<string>): string | null => texts.length === 0 ? null : texts.join(" ")

/** What is said of a server as a node; not known is left out, never zero. */
const nodeAttributes: ReadonlyArray<Attribute<ServerRow>> = [
  { name: "hosts", kind: "string", of: ({ hosts }) => listed(hosts) },
  { name: "network_classes", kind: "string", of: ({ networkClasses }) => listed(networkClasses) },
  { name: "reachable", kind: "boolean", of: ({ reachable }) => reachable },
  { name: "confirmed", kind: "boolean", of: ({ confirmed }) => confirmed },
  { name: "chain", kind: "string", of: ({ chain }) => chain },
  { name: "software", kind: "string", of: ({ software }) => software },
  { name: "implementation", kind: "string", of: ({ implementation }) => implementation },
  { name: "version_range", kind: "string", of: ({ versionRange }) => versionRange },
  { name: "protocol", kind: "string", of: ({ protocol }) => protocol },
  { name: "country", kind: "string", of: ({ country }) => country },
  { name: "asn", kind: "integer", of: ({ asn }) => asn },
  { name: "org", kind: "string", of: ({ org }) => org },
  { name: "cloud", kind: "string", of: ({ cloud }) => cloud },
  { name: "named_by", kind: "integer", of: ({ namedBy }) => namedBy },
  { name: "names", kind: "integer", of: ({ names }) => names },
  { name: "core", kind: "integer", of: ({ core }) => core },
  { name: "cluster_id", kind: "integer", of: ({ clusterId }) => clusterId },
  { name: "operator_posterior", kind: "double", of: ({ operatorPosterior }) => operatorPosterior },
  { name: "community_id", kind: "integer", of: ({ communityId }) => communityId },
  { name: "score", kind: "double", of: ({ score }) => score }
]

const known = <A>(attributes: ReadonlyArray<Attribute<A>>, of: A) =>
  attributes.flatMap(({ name, of: valueOf }) => {
    const value = valueOf(of)
    return value === null ? [] : [{ name, value: xmlText(String(value)) }]
  })

const sentences = (provenance: Provenance): string =>
  [
    ...[simulatedSentence(provenance)].filter((sentence) => sentence !== null),
    `${exportTables.graph.title}. Level: server; an arrow goes from a server to one in its peer lists, which says nothing about who operates either.`,
    `Crawl ${provenance.crawl_id} of ${provenance.network}, ${provenance.crawl_started_at}; code version ${provenance.code_version}; licence ${provenance.licence}; ${provenance.audience}.`
  ].join(" ")

const edgeOf = (row: Row) => ({ from: Number(row["from_server_id"]), to: Number(row["to_server_id"]), weight: Number(row["weight"]), endpoints: Number(row["endpoints"]) })
type Edge = ReturnType<typeof edgeOf>

/** Where a node is drawn; see `GraphHead`. */
export type Positions = ReadonlyMap<number, { readonly x: number; readonly y: number }>

interface Dialect {
  readonly head: (provenance: Provenance) => string
  readonly node: (server: ServerRow, position: { readonly x: number; readonly y: number } | undefined) => string
  readonly between: string
  readonly edge: (edge: Edge, number: number) => string
  readonly tail: string
}

/** GEXF 1.2 (gexf.net), with positions where a layout is stored. */
const gexf: Dialect = {
  head: (provenance) =>
    `<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:viz="http://www.gexf.net/1.2draft/viz" version="1.2">
<meta lastmodifieddate="${provenance.crawl_started_at.slice(0, 10)}"><creator>${xmlText(provenance.exported_by)}</creator><description>${xmlText(sentences(provenance))}</description></meta>
<graph defaultedgetype="directed" mode="static">
<attributes class="node">${nodeAttributes.map(({ kind, name }) => `<attribute id="${name}" title="${name}" type="${kind}"/>`).join("")}</attributes>
<attributes class="edge"><attribute id="endpoints" title="endpoints" type="integer"/></attributes>
<nodes>
`,
  node: (server, position) =>
    `<node id="${server.serverId}" label="${xmlText(server.host)}"><attvalues>${
      known(nodeAttributes, server).map(({ name, value }) => `<attvalue for="${name}" value="${value}"/>`).join("")
    }</attvalues>${position === undefined ? "" : `<viz:position x="${position.x}" y="${position.y}" z="0"/>`}</node>\n`,
  between: "</nodes>\n<edges>\n",
  edge: ({ endpoints, from, to, weight }, number) =>
    `<edge id="${number}" source="${from}" target="${to}" weight="${weight}"><attvalues><attvalue for="endpoints" value="${endpoints}"/></attvalues></edge>\n`,
  tail: "</edges>\n</graph>\n</gexf>\n"
}

const graphmlKinds: Readonly<Record<Kind, string>> = { string: "string", integer: "long", double: "double", boolean: "boolean" }

const graphNotes = (provenance: Provenance) => ({ description: sentences(provenance), ...provenance })

/** GraphML (graphml.graphdrawing.org); what the file is stands as data of the graph. */
const graphml: Dialect = {
  head: (provenance) => {
    const notes = Object.entries(graphNotes(provenance)).filter(([, value]) => value !== null)
    return `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
${notes.map(([name]) => `<key id="graph_${name}" for="graph" attr.name="${name}" attr.type="string"/>`).join("\n")}
<key id="label" for="node" attr.name="label" attr.type="string"/>
<key id="x" for="node" attr.name="x" attr.type="double"/>
<key id="y" for="node" attr.name="y" attr.type="double"/>
${nodeAttributes.map(({ kind, name }) => `<key id="${name}" for="node" attr.name="${name}" attr.type="${graphmlKinds[kind]}"/>`).join("\n")}
<key id="weight" for="edge" attr.name="weight" attr.type="double"/>
<key id="endpoints" for="edge" attr.name="endpoints" attr.type="long"/>
<graph id="crawl-${provenance.crawl_id}" edgedefault="directed">
${notes.map(([name, value]) => `<data key="graph_${name}">${xmlText(String(value))}</data>`).join("\n")}
`
  },
  node: (server, position) =>
    `<node id="${server.serverId}"><data key="label">${xmlText(server.host)}</data>${
      position === undefined ? "" : `<data key="x">${position.x}</data><data key="y">${position.y}</data>`
    }${known(nodeAttributes, server).map(({ name, value }) => `<data key="${name}">${value}</data>`).join("")}</node>\n`,
  between: "",
  edge: ({ endpoints, from, to, weight }) =>
    `<edge source="${from}" target="${to}"><data key="weight">${weight}</data><data key="endpoints">${endpoints}</data></edge>\n`,
  tail: "</graph>\n</graphml>\n"
}

const dialects: Readonly<Record<GraphFormat, Dialect>> = { gexf, graphml }

/** Writes the announcement graph of the chosen servers: a node each, an arrow to whom it names. Returns how many of both. */
export const writeGraph = Effect.fn("writeGraph")(function*(format: GraphFormat, file: string, shown: Shown, provenance: Provenance, positions: Positions) {
  const outlet = yield* Outlet
  const dialect = dialects[format]
  const nodes = shown.servers.filter(({ serverId }) => shown.chosen.has(serverId))
  let edges = 0
  const edgeLines = outlet.chunks(exportTables.graph.sql).pipe(
    Stream.map((chunk) => chunk.map((row) => dialect.edge(edgeOf(row), edges++)).join(""))
  )
  yield* writeParts(file, Stream.make(dialect.head(provenance)).pipe(
    Stream.concat(Stream.fromIterable(nodes).pipe(Stream.map((server) => dialect.node(server, positions.get(server.serverId))))),
    Stream.concat(Stream.make(dialect.between)),
    Stream.concat(edgeLines),
    Stream.concat(Stream.make(dialect.tail))
  ))
  return { nodes: nodes.length, edges }
})
