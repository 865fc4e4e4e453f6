import type { TruthEndpoint } from "./truth-file.ts"

/** An endpoint as a crawl counts it to a server. */
export interface CrawledEndpoint {
  readonly serverId: number
  /** Lower case. */
  readonly host: string
  readonly port: number
  readonly transport: string
}

/** The truth about one server of a crawl. */
export type ServerTruth = Pick<TruthEndpoint, "server" | "operator" | "same_backend" | "machine" | "hostility" | "blind_spot" | "traits" | "changes">

/** What of a crawl can be judged, and what not, as `server_id`s, ascending. */
export interface TruthMapping {
  readonly known: ReadonlyMap<number, ServerTruth>
  /** Several servers answer under one of its endpoints: which one the crawl met nobody can say. */
  readonly balanced: ReadonlyArray<number>
  /** Endpoints of different servers, joined by mistake: a wrong answer to "same server". */
  readonly joined: ReadonlyArray<number>
  /** The truth has none of its endpoints. */
  readonly unknown: ReadonlyArray<number>
  /** Servers that the crawl counts more than once, as groups of two and more: they stay in, as pairs that are one server. */
  readonly split: ReadonlyArray<ReadonlyArray<number>>
}

const keyOf = ({ host, port, transport }: Omit<CrawledEndpoint, "serverId">): string => `${host.toLowerCase()} ${port} ${transport}`

/** Which server of the truth each server of a crawl is, by host, port and transport of its endpoints. */
export const mapTruth = (
  truth: Iterable<TruthEndpoint>,
  endpoints: Iterable<CrawledEndpoint>
): TruthMapping => {
  const linesOf = Map.groupBy(truth, keyOf)
  const known = new Map<number, ServerTruth>()
  const [balanced, joined, unknown]: [Array<number>, Array<number>, Array<number>] = [[], [], []]
  const servers = [...Map.groupBy(endpoints, ({ serverId }) => serverId)].toSorted(([a], [b]) => a - b)
  for (const [serverId, own] of servers) {
    const lines = own.map((endpoint) => linesOf.get(keyOf(endpoint)) ?? []).filter((some) => some.length > 0)
    if (lines.length === 0) unknown.push(serverId)
    else if (lines.some((some) => new Set(some.map(({ server }) => server)).size > 1)) balanced.push(serverId)
    else if (new Set(lines.map(([line]) => line!.server)).size > 1) joined.push(serverId)
    else known.set(serverId, lines[0]![0]!)
  }
  const split = [...Map.groupBy(known, ([, { server }]) => server).values()]
    .filter((group) => group.length > 1)
    .map((group) => group.map(([serverId]) => serverId))
  return { known, balanced, joined, unknown, split }
}
