import { haveNoAddressInCommon } from "../../domain/changed-key.ts"
import type { ServerRow } from "../shapes/server-row.ts"
import type { ComparedCrawl, ComparedServer, CrawlChange, ServerChange } from "./crawl-change.ts"
import { judgeKey } from "./judge-key.ts"
import { keyHolders, pairServers, type ServerPair } from "./pair-servers.ts"
import { type SoftwareChange, upgradedTogether } from "./upgraded-together.ts"

const groupText = (id: number | null): string => id === null ? "none" : `group ${id}`

/** Its addresses then; whose they are where the row still speaks of the same ones. */
const placeText = ({ addresses, row }: ComparedServer): string => {
  const isSame = row.addresses.every((address) => addresses.includes(address))
  return [addresses.join(", "), ...(isSame && row.asn !== null ? [`AS${row.asn}`] : []), ...(isSame && row.country !== null ? [row.country] : [])].join(" ")
}

const stateText = ({ reachable, reason }: ServerRow): string =>
  reachable === true ? "answered" : reachable === false ? `did not answer us${reason === null ? "" : ` (${reason})`}` : `unknown${reason === null ? "" : ` (${reason})`}`

const keysText = ({ keys }: ComparedServer): string => [...new Set(keys.values())].map((key) => key.slice(0, 16)).toSorted().join(", ")

const byHost = (changes: ReadonlyArray<ServerChange>): ReadonlyArray<ServerChange> => changes.toSorted((a, b) => a.host < b.host ? -1 : 1)

const answered = ({ row }: ComparedServer): boolean => row.reachable === true

/** Silent servers, as a share of those that answered, from which on an outage is likelier than so many failures. */
const suspiciousShare = 0.5

const cautionsOf = (before: ComparedCrawl, after: ComparedCrawl, wereThere: number, silent: number): ReadonlyArray<string> => [
  ...[before, after].filter(({ state }) => state !== "finished").map(({ crawlId, state }) =>
    `Crawl ${crawlId} is ${state}, not finished: what it does not know may be there all the same.`),
  ...(before.vantage === after.vantage ? [] : [`The crawls look from different places (${before.vantage}, ${after.vantage}), from which servers may look different.`]),
  ...(before.ways.join() === after.ways.join() ? [] : [`The crawls had different ways (${before.ways.join(", ") || "none"}; ${after.ways.join(", ") || "none"}): what one could not reach is not known.`]),
  ...(wereThere >= 4 && silent > suspiciousShare * wereThere
    ? [`${silent} of ${wereThere} servers that answered before did not answer now: an outage of our line or of a hoster is likelier than that they all failed.`]
    : [])
]

/** What changed of servers that are there both times. What is not known of one of the crawls has not changed. */
const changesOfPairs = (pairs: ReadonlyArray<ServerPair>, verdictOf: (pair: ServerPair) => ReturnType<typeof judgeKey>) => {
  const of = (where: (pair: ServerPair) => boolean, said: (server: ComparedServer) => string | null): ReadonlyArray<ServerChange> =>
    pairs.filter(where).map(({ now, old }) => ({ host: now.row.host, before: said(old), after: said(now) }))
  const state = ({ row }: ComparedServer): string => stateText(row)
  const isSure = (pair: ServerPair): boolean => answered(pair.old) && answered(pair.now) && (verdictOf(pair)?.because ?? null) === null
  return {
    answersAgain: of(({ now, old }) => !answered(old) && answered(now), state),
    silent: of(({ now, old }) => answered(old) && now.row.reachable === false, state),
    notSeen: of(({ now, old }) => answered(old) && now.row.reachable === null, state),
    moved: of((pair) => isSure(pair) && haveNoAddressInCommon(pair.old.addresses, pair.now.addresses) === true, placeText),
    renamed: of((pair) => pair.anchor === "key" && isSure(pair) && !pair.now.row.hosts.some((host) => pair.old.row.hosts.includes(host)), ({ row }) => row.hosts.join(", ")),
    keyChanged: of((pair) => verdictOf(pair) !== null && isSure(pair), keysText),
    unclear: pairs.flatMap((pair): ReadonlyArray<ServerChange> => {
      const because = verdictOf(pair)?.because ?? null
      return because === null || !answered(pair.old) || !answered(pair.now)
        ? []
        : [{ host: pair.now.row.host, before: keysText(pair.old), after: `${keysText(pair.now)}: ${because}` }]
    }),
    softwareChanged: of((pair) => isSure(pair) && pair.old.row.software !== null && pair.now.row.software !== null && pair.old.row.software !== pair.now.row.software, ({ row }) => row.software),
    groupChanged: of((pair) => isSure(pair) && pair.old.row.clusterId !== pair.now.row.clusterId, ({ row }) => groupText(row.clusterId))
  }
}

/** What changed of servers that are there only once: new or gone, unless their hosts are part of another's. */
const changesOfSingles = (old: ReadonlyArray<ComparedServer>, now: ReadonlyArray<ComparedServer>, pairs: ReadonlyArray<ServerPair>, isWhole: boolean) => {
  const paired = new Set(pairs.flatMap((pair) => [pair.old, pair.now]))
  const [hostsBefore, hostsAfter] = [old, now].map((servers) => new Map(servers.flatMap(({ row }) => row.hosts.map((host) => [host, row] as const))))
  const partOf = (server: ComparedServer, hosts: ReadonlyMap<string, ServerRow> | undefined): ServerRow | undefined =>
    server.row.hosts.flatMap((host) => hosts?.get(host) ?? [])[0]
  const came = now.filter((server) => !paired.has(server) && answered(server))
  const went = old.filter((server) => !paired.has(server) && answered(server))
  const gone = went.filter((server) => partOf(server, hostsAfter) === undefined)
  return {
    appeared: byHost(came.filter((server) => partOf(server, hostsBefore) === undefined).map(({ row }) => ({ host: row.host, before: null, after: stateText(row) }))),
    vanished: byHost(isWhole ? gone.map(({ row }) => ({ host: row.host, before: stateText(row), after: null })) : []),
    notSeen: isWhole ? [] : gone.map(({ row }) => ({ host: row.host, before: stateText(row), after: "unknown (the crawl did not end)" })),
    regrouped: byHost([
      ...came.flatMap((server) => {
        const whole = partOf(server, hostsBefore)
        return whole === undefined ? [] : [{ host: server.row.host, before: `part of ${whole.host}`, after: "a server of its own" }]
      }),
      ...went.flatMap((server) => {
        const whole = partOf(server, hostsAfter)
        return whole === undefined ? [] : [{ host: server.row.host, before: "a server of its own", after: `part of ${whole.host}` }]
      })
    ])
  }
}

/**
 * What changed from one crawl to a later one. A server is the same by name, onion
 * or key, and by address only where nothing speaks against it.
 *
 * @param changedWhen between which two visits each server began to call itself something else
 */
export const changesBetween = (
  before: ComparedCrawl,
  after: ComparedCrawl,
  old: ReadonlyArray<ComparedServer>,
  now: ReadonlyArray<ComparedServer>,
  changedWhen: (host: string) => Pick<SoftwareChange, "notBefore" | "notAfter"> | null = () => null
): CrawlChange => {
  const [keysBefore, keysAfter] = [keyHolders(old), keyHolders(now)]
  const pairs = pairServers(old, now, keysBefore, keysAfter).toSorted((a, b) => a.now.row.host < b.now.row.host ? -1 : 1)
  const pairOf = new Map(pairs.map((pair) => [pair.now, pair]))
  const verdicts = new Map(pairs.map((pair) => [pair, judgeKey(pair, pairOf, keysBefore, keysAfter)]))
  const stayed = changesOfPairs(pairs, (pair) => verdicts.get(pair) ?? null)
  const single = changesOfSingles(old, now, pairs, after.state === "finished")
  const notSeen = byHost([...stayed.notSeen, ...single.notSeen])
  return {
    before,
    after,
    cautions: cautionsOf(before, after, old.filter(answered).length, stayed.silent.length + notSeen.length),
    ...stayed,
    ...single,
    notSeen,
    upgradedTogether: upgradedTogether(stayed.softwareChanged.flatMap(({ after, before, host }) => {
      const when = changedWhen(host)
      return when === null || before === null || after === null ? [] : [{ host, before, after, ...when }]
    }))
  }
}
