import { type Sighting, torOutage as tor } from "../domain/watch.ts"
import type { Silence, WatchedLook } from "./looks.ts"

/** One server, as outages of many are found from. */
export interface WatchedServer {
  readonly key: string
  readonly asn: number | null
  readonly country: string | null
  /** Met through Tor, which is one way for all of these. */
  readonly isOnion: boolean
  /** Ascending by time. */
  readonly looks: ReadonlyArray<WatchedLook>
  readonly silences: ReadonlyArray<Silence>
  /** Since before these looks it was silent; null: it was not, or nobody knows. */
  readonly silentSince: EarlierSilence | null
}

/** How a silence began whose beginning was told of before. Times in milliseconds since 1970. */
export interface EarlierSilence {
  readonly lastUp: number
  readonly firstDown: number
  readonly reason: Sighting["reason"]
  readonly cause: string | null
}

/** Many servers fell silent at one time. */
export interface WideOutage {
  readonly kind: "vantage outage" | "network outage"
  /** Where, e.g. `AS 64620`, `country DE`, `Tor`, `held connections`; null: everywhere. */
  readonly where: string | null
  /** It began at this time or later, and at that time or before. */
  readonly from: number
  readonly fromLatest: number
  /** When those were back that were there again first; null: none is yet. */
  readonly to: number | null
  readonly members: ReadonlySet<string>
  /** How many were up before, of all that are watched there. */
  readonly up: number
}

export interface WideOutageRules {
  /** Stamps of things that happen at once differ by so much at the most. */
  readonly slackMs: number
}

/** Shares of those that were up which have to fall silent together. */
const [vantageShare, networkShare] = [0.5, 0.6]

/** Fewer servers than that say nothing about what they have in common. */
const [leastVantage, leastNetwork] = [4, 2]

interface Hit {
  readonly server: WatchedServer
  readonly silence: Silence
}

/** The silences that may have begun at one moment, for each moment at which the most of them may have. */
const together = (hits: ReadonlyArray<Hit>, slackMs: number): ReadonlyArray<ReadonlyArray<Hit>> => {
  const starts = hits.toSorted((a, b) => a.silence.lastUp - b.silence.lastUp)
  const groups: Array<ReadonlyArray<Hit>> = []
  let open: Array<Hit> = []
  let grew = false
  for (const hit of starts) {
    const at = hit.silence.lastUp
    const rest = open.filter(({ silence }) => silence.firstDown + slackMs >= at)
    if (rest.length < open.length && grew) {
      groups.push(open)
      grew = false
    }
    open = [...rest, hit]
    grew = true
  }
  if (grew) groups.push(open)
  return groups
}

/** The latest look at a server before a time that told anything. */
const stateBefore = ({ looks }: WatchedServer, at: number): WatchedLook["state"] | null => {
  let [low, high] = [0, looks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (looks[middle]!.at < at) low = middle + 1
    else high = middle
  }
  for (let i = low - 1; i >= 0; i--) if (looks[i]!.state !== "unknown") return looks[i]!.state
  return null
}

/** When those were back that were there again first: a few may have come back by other ways before; a tenth of them does not end it. */
const backOf = (group: ReadonlyArray<Hit>): number | null => {
  const backs = group.flatMap(({ silence }) => silence.backAt ?? []).toSorted((a, b) => a - b)
  return backs[Math.floor(backs.length / 10)] ?? null
}

/** Outages of one set of servers: moments at which at least this share of those that were up fell silent. */
const outagesOf = (
  servers: ReadonlyArray<WatchedServer>,
  kind: WideOutage["kind"],
  where: string | null,
  { slackMs }: WideOutageRules
): ReadonlyArray<WideOutage> => {
  const [share, least] = kind === "vantage outage" ? [vantageShare, leastVantage] : [networkShare, leastNetwork]
  const hits = servers.flatMap((server) => server.silences.map((silence): Hit => ({ server, silence })))
  const found: Array<WideOutage> = []
  for (const group of together(hits, slackMs)) {
    const members = new Set(group.map(({ server }) => server.key))
    if (members.size < least) continue
    const began = group.reduce((latest, { silence }) => Math.max(latest, silence.lastUp), 0)
    const beganBy = group.reduce((first, { silence }) => Math.min(first, silence.firstDown), Number.POSITIVE_INFINITY)
    const up = servers.filter((server) => members.has(server.key) || stateBefore(server, began) === "up").length
    if (members.size < share * up) continue
    found.push({ kind, where, from: began - slackMs, fromLatest: beganBy + slackMs, to: backOf(group), members, up })
  }
  return found
}

const label = (kind: "AS" | "country", value: number | string | null): string | null => value === null ? null : `${kind} ${value}`

/** Whether those outside the system that was hit the most were hit as well: else it is that system's outage. */
const isOurs = (outage: WideOutage, servers: ReadonlyArray<WatchedServer>): boolean => {
  const asnOf = new Map(servers.map(({ asn, key }) => [key, asn]))
  const counts = new Map<number | null, number>()
  for (const key of outage.members) counts.set(asnOf.get(key) ?? null, (counts.get(asnOf.get(key) ?? null) ?? 0) + 1)
  const [most] = [...counts].filter(([asn]) => asn !== null).toSorted((a, b) => b[1] - a[1])
  if (most === undefined) return true
  const others = servers.filter((server) =>
    server.asn !== most[0] && server.looks.length > 0 && (outage.members.has(server.key) || stateBefore(server, outage.fromLatest) === "up"))
  const hit = others.filter(({ key }) => outage.members.has(key))
  return hit.length >= 2 && hit.length >= vantageShare * others.length
}

/** Whether connections to it were held, at any time. */
const isHeld = ({ looks }: WatchedServer): boolean => looks.some(({ way }) => way === "held")

/**
 * Where connections are held to some servers and the others are visited: a Tor or tunnel
 * of ours that starts again cuts those that are held alone, too few of all to be told by.
 */
const heldOf = (servers: ReadonlyArray<WatchedServer>): ReadonlyArray<readonly [string, ReadonlyArray<WatchedServer>]> => {
  const onions = servers.filter(({ isOnion }) => isOnion)
  return ([[tor, onions], ["held connections", servers]] as const).flatMap(([where, all]) => {
    const held = all.filter(isHeld)
    return held.length === all.length ? [] : [[where, held] as const]
  })
}

/**
 * Outages of our own way to the network (most servers that were up fall silent at
 * once, wherever they are), and of one system or country (most of those there), or
 * of Tor (most onions: our own client or all of Tor, nobody can tell). Two
 * servers of a system that fall silent together are an outage of that system: to
 * say less of two servers is better than to take their hoster for their operator.
 */
export const wideOutages = (
  servers: ReadonlyArray<WatchedServer>,
  rules: WideOutageRules
): ReadonlyArray<WideOutage> => {
  const ours = outagesOf(servers, "vantage outage", null, rules).filter((outage) => isOurs(outage, servers))
  const groups = (of: (server: WatchedServer) => string | null) =>
    [...Map.groupBy(servers.filter((server) => of(server) !== null), (server) => of(server)!)]
  const networks = [
    ...groups(({ asn }) => label("AS", asn)),
    ...groups(({ country }) => label("country", country)).filter(([, members]) => new Set(members.map(({ asn }) => asn)).size > 1),
    ...groups(({ isOnion }) => isOnion ? tor : null)
  ].flatMap(([where, members]) => outagesOf(members, "network outage", where, rules))
  const apart = (outage: WideOutage, others: ReadonlyArray<WideOutage>): boolean =>
    !others.some((other) => other.from <= outage.fromLatest && outage.from <= other.fromLatest)
  const held = heldOf(servers).reduce<ReadonlyArray<WideOutage>>((found, [where, members]) => [
    ...found,
    ...outagesOf(members, "network outage", where, rules).filter((outage) => isOurs(outage, members) && apart(outage, [...networks, ...found]))
  ], [])
  return [
    ...ours,
    ...[...networks, ...held].filter((outage) => apart(outage, ours))
  ].toSorted((a, b) => a.from - b.from)
}

/** The outage that a silence belongs to; of several the widest. */
export const outageOfSilence = (
  key: string,
  { firstDown, lastUp }: Silence,
  outages: ReadonlyArray<WideOutage>
): WideOutage | null =>
  outages.find((outage) => outage.members.has(key) && lastUp <= outage.fromLatest && firstDown >= outage.from) ?? null

/** Looks with those taken for unknown that failed while our own way was down; an onion's also while Tor was. */
export const withoutVantageOutages = (
  { isOnion, looks }: Pick<WatchedServer, "isOnion" | "looks">,
  outages: ReadonlyArray<WideOutage>,
  now: number
): ReadonlyArray<WatchedLook> => {
  const ours = outages.filter(({ kind, where }) => kind === "vantage outage" || isOnion && where === tor)
  if (ours.length === 0) return looks
  return looks.map((look) =>
    look.state === "down" && ours.some(({ from, to }) => look.at >= from && look.at <= (to ?? now))
      ? { ...look, state: "unknown" as const }
      : look)
}
