import type { ClusterRow } from "../atlas/shapes/cluster.ts"
import type { NoteRow } from "../atlas/shapes/note.ts"
import type { ServerRow } from "../atlas/shapes/server-row.ts"
import type { Value } from "../store/database.ts"
import type { LoadedRows } from "../store/outlet.ts"
import type { About } from "./about.ts"

/** A group, and which members of it are shown in it; null for all. */
export interface ShownCluster {
  readonly row: ClusterRow
  readonly memberIds: ReadonlyArray<number> | null
}

/** What an export may show of a crawl, as the atlas answers: with withholding for the public, without for its owner. */
export interface Shown {
  readonly about: About
  /** Everything is shown, private sources too. */
  readonly local: boolean
  readonly servers: ReadonlyArray<ServerRow>
  /** Of these the numbers of the servers asked for by filters. */
  readonly chosen: ReadonlySet<number>
  readonly clusters: ReadonlyArray<ShownCluster>
  readonly notes: ReadonlyArray<NoteRow>
  /** Hosts and addresses that are written nowhere; none in local exports. */
  readonly withheld: ReadonlySet<string>
  /** Certificates that are not told of servers that are shown with onions only; none in local exports. */
  readonly joiningCertificates: ReadonlySet<string>
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The columns of `ServerRow` with DuckDB's types and what they mean, in the order of files. */
export const serverColumns = {
  serverId: ["INTEGER", "Number of the server in this crawl."],
  host: ["VARCHAR", "The name it is shown under: its first host."],
  hosts: ["VARCHAR[]", "All hosts that lead to it."],
  networkClasses: ["VARCHAR[]", "ipv4, ipv6, onion, name: kinds of its hosts."],
  endpoints: ["INTEGER", "Endpoints known."],
  endpointsReachable: ["INTEGER", "Endpoints that answered."],
  reachable: ["BOOLEAN", "It answered; null where it was not dialled, or our vantage has no way there."],
  reason: ["VARCHAR", "Why it was not reached or not visited; null when it was."],
  confirmed: ["BOOLEAN", "It answered server.version."],
  chain: ["VARCHAR", "Chain by its block headers; null when not known."],
  software: ["VARCHAR", "What it says it is."],
  implementation: ["VARCHAR", "What its behaviour fits; null when not known."],
  versionRange: ["VARCHAR", "Releases of it that fit."],
  protocol: ["VARCHAR", "Protocol agreed on."],
  tipHeight: ["BIGINT", "Height of the tip that it claims."],
  latencyMs: ["DOUBLE", "Median round trip of pings, milliseconds."],
  addresses: ["VARCHAR[]", "Addresses dialled, or found for its names."],
  country: ["VARCHAR", "Country of its address, else of the holder of the block."],
  city: ["VARCHAR", "City by a geo file: approximate; null where withheld."],
  latitude: ["DOUBLE", "Where that city is, degrees to a tenth: approximate; null where withheld."],
  longitude: ["DOUBLE", "Where that city is, degrees to a tenth: approximate; null where withheld."],
  asn: ["BIGINT", "Autonomous system."],
  org: ["VARCHAR", "Who holds that."],
  cloud: ["VARCHAR", "Cloud provider by published ranges or by system."],
  tls: ["VARCHAR", "TLS version agreed on."],
  selfSigned: ["BOOLEAN", "Its certificate is signed with its own key."],
  walletAccepts: ["BOOLEAN", "The Electrum wallet would use it by its TLS handshake; null where that cannot be decided."],
  namedBy: ["INTEGER", "Servers that name it."],
  names: ["INTEGER", "Servers that it names."],
  mutual: ["INTEGER", "Servers with which it names each other."],
  core: ["INTEGER", "Core number in the announcement graph."],
  clusterId: ["INTEGER", "Group of servers that are probably one operator's; null: in none, which is not alone."],
  operatorPosterior: ["DOUBLE", "Probability of its strongest link in that group."],
  backendId: ["INTEGER", "Group that shares a node or proxy: proves less."],
  machineId: ["INTEGER", "Group on one machine."],
  behaviourClusterId: ["INTEGER", "Group of equal behaviour: says nothing of operators."],
  communityId: ["INTEGER", "Community of the announcement graph: says nothing of operators."],
  score: ["DOUBLE", "Score of suspicion, 0 to 100; null where it was not judged."],
  firstSeen: ["TIMESTAMP", "First answer in any crawl of this file, UTC."],
  lastSeen: ["TIMESTAMP", "Last answer in any crawl of this file, UTC."],
  uptimeShare: ["DOUBLE", "Share of observations in which it answered; null below 20 of them and 24 hours."],
  uptimeObservations: ["INTEGER", "Observations that this counts."],
  notes: ["INTEGER", "Notes that people wrote about it."]
} as const satisfies Record<keyof ServerRow, readonly [type: string, meaning: string]>

const names = Object.keys(serverColumns) as ReadonlyArray<keyof typeof serverColumns>

/** What the columns of table `shown_server` mean, by their names in files. */
export const serverMeanings: Readonly<Record<string, string>> = Object.fromEntries(
  names.map((name) => [snakeCase(name), serverColumns[name][1]])
)

const serverTable = ({ servers }: Shown): LoadedRows => ({
  name: "shown_server",
  columns: Object.fromEntries(names.map((name) => [snakeCase(name), serverColumns[name][0]])),
  rows: servers.map((row) => Object.fromEntries(names.map((name) => [snakeCase(name), row[name] as Value])))
})

const clusterTable = ({ clusters }: Shown): LoadedRows => ({
  name: "shown_cluster",
  columns: {
    cluster_id: "INTEGER",
    kind: "VARCHAR",
    statement: "VARCHAR",
    servers: "INTEGER",
    posterior: "DOUBLE",
    weakest_link: "DOUBLE",
    evidence: "VARCHAR",
    members: "INTEGER[]"
  },
  rows: clusters.map(({ memberIds, row: { clusterId, evidence, kind, posterior, servers, statement, weakestLink } }) => ({
    cluster_id: clusterId,
    kind,
    statement,
    servers,
    posterior,
    weakest_link: weakestLink,
    evidence,
    members: memberIds
  }))
})

const noteTable = ({ notes }: Shown): LoadedRows => ({
  name: "shown_note",
  columns: { note_id: "INTEGER", host: "VARCHAR", author: "VARCHAR", written_at: "TIMESTAMP", note: "VARCHAR" },
  rows: notes.map(({ author, host, noteId, text, writtenAt }) => ({ note_id: noteId, host, author, written_at: writtenAt, note: text }))
})

/** What is shown as tables that the queries of exports name. Only what these hold may come out of them. */
export const shownTables = (shown: Shown): ReadonlyArray<LoadedRows> => [
  {
    name: "about",
    columns: { crawl_id: "INTEGER", network: "VARCHAR", simulated: "BOOLEAN", code_version: "VARCHAR", licence: "VARCHAR" },
    rows: [{ ...shown.about }]
  },
  { name: "audience", columns: { local: "BOOLEAN" }, rows: [{ local: shown.local }] },
  serverTable(shown),
  { name: "shown_host", columns: { server_id: "INTEGER", host: "VARCHAR" }, rows: shown.servers.flatMap(({ hosts, serverId }) => hosts.map((host) => ({ server_id: serverId, host }))) },
  { name: "chosen", columns: { server_id: "INTEGER" }, rows: shown.servers.filter(({ serverId }) => shown.chosen.has(serverId)).map(({ serverId }) => ({ server_id: serverId })) },
  { name: "withheld_host", columns: { host: "VARCHAR" }, rows: [...shown.withheld].map((host) => ({ host })) },
  { name: "joining_certificate", columns: { sha256: "VARCHAR" }, rows: [...shown.joiningCertificates].map((sha256) => ({ sha256 })) },
  clusterTable(shown),
  noteTable(shown)
]
