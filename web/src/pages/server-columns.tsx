import type { ComponentChildren } from "preact"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { Host } from "../parts/copy-text.tsx"
import { Score } from "../parts/score.tsx"
import type { GridColumn } from "../table/grid.tsx"
import { answered, count, day, decimal, probability, share, unknown, yesNo } from "../text/format.ts"
import { shown } from "../text/display.ts"

export interface ServerColumn extends GridColumn<ServerRow> {
  /** What it is sorted by. */
  readonly key: (row: ServerRow) => string | number | boolean | null
  /** What a file gets, unshortened. */
  readonly raw: (row: ServerRow) => unknown
  /** Shown unless the reader chose. */
  readonly usual: boolean
}

const Unknown = () => <span class="quiet">{unknown}</span>

const text = (value: string | null): ComponentChildren => value === null ? <Unknown /> : <span title={shown(value)}>{shown(value, 120)}</span>

type Field<A> = { [K in keyof ServerRow]: ServerRow[K] extends A ? K : never }[keyof ServerRow]

const texts = (id: Field<string | null>, title: string, meaning: string, width: number, usual = false): ServerColumn => ({
  id, title, meaning, width, usual, key: (row) => row[id], raw: (row) => row[id], cell: (row) => text(row[id])
})

const numbers = (
  id: Field<number | null>, title: string, meaning: string, width: number, usual = false, write: (value: number) => string = count
): ServerColumn => ({
  id, title, meaning, width, usual, numeric: true,
  key: (row) => row[id],
  raw: (row) => row[id],
  cell: (row) => {
    const value = row[id]
    return value === null ? <Unknown /> : write(value)
  }
})

const truths = (id: Field<boolean | null>, title: string, meaning: string, width: number, usual = false): ServerColumn => ({
  id, title, meaning, width, usual, key: (row) => row[id], raw: (row) => row[id],
  cell: (row) => row[id] === null ? <Unknown /> : yesNo(row[id])
})

const days = (id: Field<string | null>, title: string, meaning: string): ServerColumn => ({
  ...texts(id, title, meaning, 100), cell: (row) => row[id] === null ? <Unknown /> : day(row[id])
})

/** Columns of the list of servers. Level of all: server. */
export const serverColumns: ReadonlyArray<ServerColumn> = [
  { ...texts("host", "Host", "The first host it is known under", 222, true), cell: ({ host }) => <Host text={host} limit={27} /> },
  {
    id: "reachable", title: "Answer", meaning: "Whether it answered us in this crawl, and why not", width: 150, usual: true,
    key: ({ reachable, reason }) => reachable === null ? `3 ${reason ?? ""}` : reachable ? "1" : `2 ${reason ?? ""}`,
    raw: ({ reachable, reason }) => `${answered(reachable)}${reason === null ? "" : `: ${reason}`}`,
    cell: ({ reachable, reason }) => reachable === true ? "answered" : <span class="quiet">{`${answered(reachable)}${reason === null ? "" : `: ${shown(reason, 60)}`}`}</span>
  },
  texts("implementation", "Implementation", "What its behaviour fits", 150, true),
  texts("software", "Says it is", "The software it names itself", 150),
  texts("versionRange", "Releases", "Releases that its behaviour fits", 120),
  texts("protocol", "Protocol", "Newest protocol version it agreed to", 80),
  texts("country", "Country", "Country of its address by the geo data of the crawl", 80, true),
  texts("city", "City", "Place by the geo data, approximate: two such sources differ by 267 km in the median", 110),
  numbers("asn", "AS", "Number of the autonomous system of its address", 80, false, String),
  texts("org", "Organisation", "Who holds the autonomous system: a hoster, seldom the operator", 140, true),
  texts("cloud", "Cloud", "Cloud company whose published ranges hold its address", 120),
  numbers("latencyMs", "Latency ms", "Time of the handshake from our vantage", 90, false, (value) => decimal(value, 0)),
  numbers("namedBy", "Named by", "Servers that announce it", 88, true),
  numbers("names", "Names", "Servers it announces", 72),
  numbers("mutual", "Mutual", "Servers that announce it and that it announces", 76),
  numbers("core", "Core", "k-core of the announcement graph it is in", 64),
  {
    ...numbers("clusterId", "Operator", "Probably one operator with the others of this group, and the probability; in no group is not the same as alone", 130, true),
    numeric: false,
    cell: ({ clusterId, operatorPosterior }) => clusterId === null
      ? <span class="quiet">in no group</span>
      : <span class="figure">{`group ${clusterId}${operatorPosterior === null ? "" : `, p ${probability(operatorPosterior)}`}`}</span>
  },
  numbers("backendId", "Backend", "Group behind one node: shared infrastructure, which proves less", 80, false, String),
  numbers("machineId", "Machine", "Group probably on one machine", 80, false, String),
  numbers("behaviourClusterId", "Behaviour", "Group of one behaviour, whoever runs it", 86, false, String),
  numbers("communityId", "Community", "Community of the announcement graph; says nothing about operators", 92, false, String),
  { ...numbers("score", "Suspicion", "Sum of tested indicators, 0 to 100; each has innocent causes", 96, true), cell: ({ score }) => <Score value={score} /> },
  texts("tls", "TLS", "Version of TLS agreed", 80),
  truths("selfSigned", "Self-signed", "Whether it signed its own certificate, which is usual here", 92),
  truths("walletAccepts", "Wallet takes it", "Whether the wallet's rule takes its certificate", 110),
  numbers("tipHeight", "Tip", "Height of its newest block when visited", 84, false, String),
  texts("chain", "Chain", "Chain its headers at checkpoints are of", 90),
  {
    id: "networkClasses", title: "Address", meaning: "Kinds of address it is announced under", width: 110, usual: false,
    key: ({ networkClasses }) => networkClasses.join(", "), raw: ({ networkClasses }) => networkClasses.join(" "), cell: ({ networkClasses }) => shown(networkClasses.join(", "))
  },
  {
    id: "addresses", title: "Addresses", meaning: "Addresses it was reached at or resolves to", width: 150, usual: false,
    key: ({ addresses }) => addresses[0] ?? null, raw: ({ addresses }) => addresses.join(" "),
    cell: ({ addresses }) => addresses.length === 0 ? <Unknown /> : <span class="mono">{shown(addresses.join(", "))}</span>
  },
  numbers("endpoints", "Endpoints", "Host, port and transport: what can be dialled", 86),
  numbers("endpointsReachable", "answered", "Endpoints of it that answered", 84),
  days("firstSeen", "First seen", "When it answered first"),
  days("lastSeen", "Last seen", "When it answered last"),
  numbers("uptimeShare", "Uptime", "Share of observations in which it answered", 76, false, share),
  numbers("notes", "Notes", "Notes written about it", 64)
]

export const usualColumns: ReadonlyArray<string> = serverColumns.filter(({ usual }) => usual).map(({ id }) => id)

/** Columns named in the address, in their own order, or those that are shown unless the reader chose; the host always leads. */
export const chosenColumns = (word: string, all: ReadonlyArray<ServerColumn>): ReadonlyArray<ServerColumn> => {
  const wanted = new Set(word.split(","))
  return all.filter(({ id, usual }) => word === "" ? usual : id === "host" || wanted.has(id))
}
