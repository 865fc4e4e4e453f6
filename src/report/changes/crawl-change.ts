import type { ServerRow } from "../../atlas/shapes/server-row.ts"

/** What is compared of a server in one crawl. */
export interface ComparedServer {
  readonly row: ServerRow
  /** Numbers of its endpoints, which stay the same from crawl to crawl. */
  readonly endpoints: ReadonlyArray<number>
  /** SHA-256 of the public keys that it showed. */
  readonly keys: ReadonlyArray<string>
}

/** One server and what changed about it. */
export interface ServerChange {
  readonly host: string
  readonly before: string | null
  readonly after: string | null
}

/** What changed between two crawls of one network. Level: server. */
export interface CrawlChange {
  readonly before: { readonly crawlId: number; readonly startedAt: string; readonly vantage: string; readonly answered: number }
  readonly after: { readonly crawlId: number; readonly startedAt: string; readonly vantage: string; readonly answered: number }
  /** Answered now, and none of its endpoints was known before. */
  readonly appeared: ReadonlyArray<ServerChange>
  /** Answered now, known before and did not answer then, or was unknown. */
  readonly answersAgain: ReadonlyArray<ServerChange>
  /** Answered before, and none of its endpoints is known now. */
  readonly vanished: ReadonlyArray<ServerChange>
  /** Answered before, still announced, did not answer us now, or is unknown. */
  readonly silent: ReadonlyArray<ServerChange>
  /** No address in common. */
  readonly moved: ReadonlyArray<ServerChange>
  /** No public key in common. */
  readonly keyChanged: ReadonlyArray<ServerChange>
  /** Calls itself another software or version. */
  readonly softwareChanged: ReadonlyArray<ServerChange>
  /** In another operator group, in one where it was in none, or the other way round. */
  readonly groupChanged: ReadonlyArray<ServerChange>
}

const haveNothingInCommon = (some: ReadonlyArray<string>, others: ReadonlyArray<string>): boolean =>
  some.length > 0 && others.length > 0 && !some.some((one) => others.includes(one))

const groupText = (id: number | null): string => id === null ? "none" : `group ${id}`

const placeText = ({ addresses, asn, country }: ServerRow): string =>
  [addresses.join(", "), ...(asn === null ? [] : [`AS${asn}`]), ...(country === null ? [] : [country])].join(" ")

const stateText = ({ reachable, reason }: ServerRow): string =>
  reachable === true ? "answered" : reachable === false ? `did not answer us${reason === null ? "" : ` (${reason})`}` : `unknown${reason === null ? "" : ` (${reason})`}`

/** Pairs of the same server before and after: those with the most endpoints in common, each once. */
const pairsOf = (before: ReadonlyArray<ComparedServer>, after: ReadonlyArray<ComparedServer>) => {
  const owner = new Map(before.flatMap((server) => server.endpoints.map((endpoint) => [endpoint, server] as const)))
  const candidates = after.flatMap((now) => {
    const shared = Map.groupBy(now.endpoints.filter((endpoint) => owner.has(endpoint)), (endpoint) => owner.get(endpoint)!)
    return [...shared].map(([old, common]) => ({ now, old, common: common.length }))
  }).toSorted((a, b) => b.common - a.common || a.now.row.serverId - b.now.row.serverId || a.old.row.serverId - b.old.row.serverId)
  const [usedNow, usedOld] = [new Set<ComparedServer>(), new Set<ComparedServer>()]
  return candidates.filter(({ now, old }) => {
    if (usedNow.has(now) || usedOld.has(old)) return false
    usedNow.add(now)
    usedOld.add(old)
    return true
  })
}

/**
 * What changed from one crawl to a later one. A server is the same where its
 * endpoints are; what is not known in one of the crawls has not changed.
 */
export const changesBetween = (
  before: CrawlChange["before"],
  after: CrawlChange["after"],
  old: ReadonlyArray<ComparedServer>,
  now: ReadonlyArray<ComparedServer>
): CrawlChange => {
  const pairs = pairsOf(old, now)
  const [met, gone] = [new Set(pairs.map((pair) => pair.now)), new Set(pairs.map((pair) => pair.old))]
  const changed = (
    where: (a: ServerRow, b: ServerRow, one: (typeof pairs)[number]) => boolean,
    said: (row: ServerRow) => string | null
  ): ReadonlyArray<ServerChange> =>
    pairs
      .filter((pair) => where(pair.old.row, pair.now.row, pair))
      .map((pair) => ({ host: pair.now.row.host, before: said(pair.old.row), after: said(pair.now.row) }))
      .toSorted((a, b) => a.host < b.host ? -1 : 1)
  const alone = (servers: ReadonlyArray<ComparedServer>, others: ReadonlySet<ComparedServer>, isNow: boolean): ReadonlyArray<ServerChange> =>
    servers
      .filter((server) => !others.has(server) && server.row.reachable === true)
      .map(({ row }) => ({ host: row.host, before: isNow ? null : stateText(row), after: isNow ? stateText(row) : null }))
      .toSorted((a, b) => a.host < b.host ? -1 : 1)
  const both = (a: ServerRow, b: ServerRow): boolean => a.reachable === true && b.reachable === true
  return {
    before,
    after,
    appeared: alone(now, met, true),
    vanished: alone(old, gone, false),
    answersAgain: changed((a, b) => a.reachable !== true && b.reachable === true, stateText),
    silent: changed((a, b) => a.reachable === true && b.reachable !== true, stateText),
    moved: changed((a, b) => both(a, b) && haveNothingInCommon(a.addresses, b.addresses), placeText),
    keyChanged: pairs
      .filter((pair) => both(pair.old.row, pair.now.row) && haveNothingInCommon(pair.old.keys, pair.now.keys))
      .map((pair) => ({ host: pair.now.row.host, before: pair.old.keys.map((key) => key.slice(0, 16)).join(", "), after: pair.now.keys.map((key) => key.slice(0, 16)).join(", ") }))
      .toSorted((a, b) => a.host < b.host ? -1 : 1),
    softwareChanged: changed((a, b) => both(a, b) && a.software !== null && b.software !== null && a.software !== b.software, ({ software }) => software),
    groupChanged: changed((a, b) => both(a, b) && a.clusterId !== b.clusterId, ({ clusterId }) => groupText(clusterId))
  }
}
