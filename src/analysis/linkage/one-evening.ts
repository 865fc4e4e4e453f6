import { eveningMs } from "../comparisons/watched.ts"
import type { ServerTraits, SoftwareChange } from "../traits/server-traits.ts"
import type { EveningLimit } from "./compared-pair.ts"
import { chanceOfEvening, elsewhereAt, isAtLeast, later, newestAt, softwareAt } from "./evening-chance.ts"
import { model } from "./model.ts"
import { besideEither, isMostly, type OneNode } from "./one-node.ts"
import type { Outcomes } from "./outcomes.ts"

/** A relay shows what its victim is at the same second, as far as anybody can measure that. */
const sameMomentMs = 10_000

/** A release that was first seen so long before is no news that all who update by themselves get in one night. */
const releaseMs = 6 * 3_600_000

/** Beside whoever was first, whom strangers could have followed. */
const fewestFollowing = 3

/** Of other releases than most, before: relays of one server and users of one image all have what it has. */
const fewestOther = 2

/** In fewer systems one hoster's tools would do. */
const fewestSystems = 3

/** Where more of those elsewhere changed in the same hours, packages or a schedule bring it to all. */
const usualWave = 1 / 4

/** What an evening at a node says of a pair of servers. */
export interface Evening {
  /** Why nothing follows from it; null where it is a leg. */
  readonly limit: EveningLimit | null
  /** Probability that servers which know nothing of each other make such an evening at that node, at any time. */
  readonly chance: number
  /** For the reader of evidence. */
  readonly detail: Readonly<Record<string, number>>
}

/** A server with the change that falls into an evening. */
interface Changed {
  readonly server: number
  readonly change: SoftwareChange
}

/** The change of a server that is next to a moment, within an evening of it. */
const changeNear = ({ watch }: ServerTraits, at: number): SoftwareChange | null =>
  (watch?.changes ?? []).filter((change) => Math.abs(change.at - at) <= eveningMs)
    .toSorted((x, y) => Math.abs(x.at - at) - Math.abs(y.at - at))[0] ?? null

/** The changes of the evening that holds two moments: of those with most servers the earliest; the first change first. */
const changesOf = (servers: ReadonlyArray<ServerTraits>, own: ReadonlyArray<number>, begin: number, end: number): ReadonlyArray<Changed> => {
  const near = own.flatMap((server) => {
    const change = changeNear(servers[server]!, begin)
    return change === null ? [] : [{ server, change }]
  }).toSorted((x, y) => x.change.at - y.change.at || x.server - y.server)
  let best: ReadonlyArray<Changed> = []
  for (const { change: { at } } of near) {
    if (at > begin || at < end - eveningMs) continue
    const within = near.filter(({ change }) => change.at >= at && change.at <= at + eveningMs)
    if (within.length > best.length) best = within
  }
  return best
}

/** Those that became the same software, from the same, at the same moment as another: one may be passed on by the other. */
const twinsOf = (servers: ReadonlyArray<ServerTraits>, changed: ReadonlyArray<Changed>): ReadonlySet<number> =>
  new Set(changed.filter((one) => changed.some((other) =>
    other.server !== one.server && Math.abs(other.change.at - one.change.at) <= sameMomentMs && other.change.after === one.change.after && other.change.before === one.change.before &&
    servers[other.server]!.implementation === servers[one.server]!.implementation)).map(({ server }) => server))

/**
 * Whether that a server did not change in an evening says nothing: it was at the
 * latest release before anybody looked, as far as its like at the node or anywhere
 * went, or it changed when exactly nobody knows. Who changed at another time is
 * no such server: a crowd of decoys that change all day makes no evening.
 */
const saysNothing = (servers: ReadonlyArray<ServerTraits>, server: number, changed: ReadonlyArray<Changed>, newest: ReadonlyMap<string, string>): boolean => {
  const { implementation, watch } = servers[server]!
  const [begin, end] = [changed[0]!.change.at, changed.at(-1)!.change.at]
  if (watch === null || implementation === null || watch.changes.length > 0) return false
  const isThen = watch.software.some(({ last }, i) => i + 1 < watch.software.length && last <= end && watch.software[i + 1]!.first >= begin)
  if (isThen) return true
  const text = softwareAt(servers[server]!, begin)
  const went = changed.filter((one) => servers[one.server]!.implementation === implementation)
    .reduce<string | null>((most, { change }) => later(most, change.after), null)
  const target = went ?? newest.get(implementation) ?? null
  return text !== null && target !== null && isAtLeast(text, target)
}

/** By system of their clearnet addresses: how many of them are in it. */
const systemsOf = (servers: ReadonlyArray<ServerTraits>, some: ReadonlyArray<Changed>): ReadonlyArray<number> => {
  const counts = new Map<number, number>()
  for (const { server } of some) {
    for (const asn of new Set(servers[server]!.addresses.flatMap(({ asn }) => asn ?? []))) counts.set(asn, (counts.get(asn) ?? 0) + 1)
  }
  return [...counts.values()]
}

/** All that is said of one evening at one node, and of which of its servers nothing. */
interface NodeEvening extends Evening {
  readonly first: number
  readonly twins: ReadonlySet<number>
  readonly news: ReadonlySet<number>
}

const judge = (
  servers: ReadonlyArray<ServerTraits>,
  { beside }: OneNode,
  seen: ReadonlySet<number>,
  own: ReadonlyArray<number>,
  changed: ReadonlyArray<Changed>
): NodeEvening => {
  const begin = changed[0]!.change.at
  const others = servers.keys().filter((server) => !seen.has(server)).toArray()
  const isNews = (text: string): boolean =>
    !others.some((other) => servers[other]!.watch?.software.some((span) => span.text === text && span.first <= begin - releaseMs))
  const twins = twinsOf(servers, changed)
  const news = new Set(changed.filter(({ change }) => isNews(change.after)).map(({ server }) => server))
  const solid = changed.filter(({ server }) => !twins.has(server) && !news.has(server))
  const inEvening = new Set(changed.map(({ server }) => server))
  const newest = newestAt(servers, begin)
  // Beside one of them alone somebody stands by accident: of a node's tenants most are seen with most.
  const isThere = (server: number): boolean => changed.filter((one) => beside.get(server)!.has(one.server)).length > 1
  const left = own.filter((server) => !inEvening.has(server) && isThere(server) && !saysNothing(servers, server, changed, newest))
  const releases = [...Map.groupBy(solid, ({ change }) => change.before).values()].map(({ length }) => length)
  const systems = systemsOf(servers, solid)
  const elsewhere = elsewhereAt(servers, others, begin, newest)
  const chance = chanceOfEvening(solid.length, solid.length + left.length, elsewhere)
  const limitOf = (): EveningLimit | null => {
    if (!isMostly([...solid.map(({ server }) => server), ...left], (server) => inEvening.has(server))) return "changed in one evening, but others at that node did not"
    if (solid.length <= fewestFollowing) return "changed in one evening, but too few with them"
    if (solid.length - Math.max(...releases) < fewestOther) {
      return "changed in one evening, but nearly all from one release, as one server's relays and one image's users are"
    }
    if (systems.length < fewestSystems || 2 * Math.max(...systems) > systems.reduce((sum, count) => sum + count, 0)) return "changed in one evening, but mostly at one hoster"
    return chance > model.leastEvening || elsewhere.wave > usualWave ? "changed in one evening, but so did others elsewhere" : null
  }
  return {
    limit: limitOf(),
    chance,
    first: changed[0]!.server,
    twins,
    news,
    detail: {
      changed: changed.length,
      counted: solid.length,
      not_changed: left.length,
      releases_before: releases.length,
      systems: systems.length,
      elsewhere: elsewhere.servers,
      changed_elsewhere: elsewhere.changed,
      chance: Number(chance.toPrecision(2))
    }
  }
}

/**
 * What follows of pairs at one node whose software was changed in one evening: that
 * somebody has the administration of both front ends. It does where nearly all that
 * were seen at that node changed within half an hour, to releases that were out for
 * long, with hardly anybody else changing in these hours; where they came from more
 * than one release, which neither relays of one server nor users of one image do, and
 * are in three systems, of which no hoster has most; and of those that were not the first. Who follows another's
 * changes is later than it, so nothing is said of the first; who passes another on
 * changes at its very moment, so nothing is said of either then.
 *
 * @param isRelay who claims another's hosts one way is taken to pass it on, and counts nowhere
 * @returns by number of pair; missing where they did not change in one evening
 */
export const eveningsOf = (
  servers: ReadonlyArray<ServerTraits>,
  outcomes: Outcomes,
  node: OneNode,
  isRelay: (server: number) => boolean
): ReadonlyMap<number, Evening> => {
  const found = new Map<number, Evening>()
  const judged = new Map<string, NodeEvening>()
  for (const i of node.certain) {
    const [a, b] = [outcomes.first[i]!, outcomes.second[i]!]
    const ofB = servers[b]!.watch?.changes ?? []
    const both = (servers[a]!.watch?.changes ?? []).flatMap((x) => ofB.map((y) => [x.at, y.at] as const)).find(([x, y]) => Math.abs(x - y) <= eveningMs)
    if (both === undefined) continue
    const seen = besideEither(node, a, b).toSorted((x, y) => x - y)
    const own = seen.filter((server) => !isRelay(server))
    const changed = changesOf(servers, own, Math.min(...both), Math.max(...both))
    const id = `${seen.join(" ")} at ${changed[0]!.change.at}`
    const evening = judged.get(id) ?? judge(servers, node, new Set(seen), own, changed)
    judged.set(id, evening)
    const { chance, detail, first, limit, news, twins } = evening
    const ofPair: EveningLimit | null = twins.has(a) || twins.has(b)
      ? "changed at one moment with another at that node, as a relay does with whom it passes on"
      : news.has(a) || news.has(b)
      ? "changed in one evening, to a release that was new"
      : limit ?? (first === a || first === b ? "one of them changed first, and strangers could have followed it" : null)
    found.set(i, { limit: ofPair, chance, detail })
  }
  return found
}
