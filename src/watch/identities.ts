import { whyUnclear } from "../domain/changed-key.ts"
import type { NetworkClass } from "../domain/host.ts"
import type { WatchEvent } from "../domain/watch.ts"

/** What an endpoint is known by. */
export type IdentityKind = "key" | "certificate" | "address" | "software"

/** Something seen at an endpoint in one visit. Times in milliseconds since 1970. */
export interface IdentitySighting {
  readonly endpoint: string
  readonly kind: IdentityKind
  readonly value: string
  readonly at: number
}

/** How long something stayed as it was at an endpoint. */
export interface IdentityInterval {
  readonly endpoint: string
  readonly kind: IdentityKind
  readonly value: string
  readonly first: number
  readonly last: number
  readonly sightings: number
}

/** What was not seen for so long, while something else was, is over. What comes and goes faster is balanced. */
const overMs = 24 * 3_600_000

/**
 * Takes sightings into intervals. A value that comes again goes on with its
 * interval, unless it was away for a day: so who has several servers behind a name
 * has as many intervals, and not one for every visit.
 *
 * @param known of the same endpoints
 * @param sightings ascending by time
 */
export const extendIntervals = (
  known: ReadonlyArray<IdentityInterval>,
  sightings: ReadonlyArray<IdentitySighting>
): ReadonlyArray<IdentityInterval> => {
  const keyOf = (it: Pick<IdentityInterval, "endpoint" | "kind" | "value">) => `${it.kind} ${it.endpoint} ${it.value}`
  const byValue = Map.groupBy(known, keyOf)
  /** When something was seen last, by endpoint and kind, and what. */
  const latest = new Map<string, IdentitySighting>()
  for (const interval of known) {
    const seen = latest.get(`${interval.kind} ${interval.endpoint}`)
    if (seen === undefined || seen.at < interval.last) latest.set(`${interval.kind} ${interval.endpoint}`, { ...interval, at: interval.last })
  }
  for (const all of byValue.values()) all.sort((a, b) => a.first - b.first)
  for (const sighting of sightings) {
    const { at, endpoint, kind, value } = sighting
    const all = byValue.get(keyOf(sighting)) ?? []
    const last = all.at(-1)
    const before = latest.get(`${kind} ${endpoint}`)
    const goesOn = last !== undefined && (before?.value === value || at - last.last <= overMs)
    if (goesOn) {
      all[all.length - 1] = at > last.last
        ? { ...last, last: at, sightings: last.sightings + 1 }
        : { ...last, first: Math.min(last.first, at) }
    } else all.push({ endpoint, kind, value, first: at, last: at, sightings: 1 })
    byValue.set(keyOf(sighting), all)
    if (before === undefined || before.at <= at) latest.set(`${kind} ${endpoint}`, sighting)
  }
  return [...byValue.values()].flat()
}

/** Changes from one interval to the next, of one endpoint and kind; what overlaps is balanced and no change. */
const changes = (intervals: ReadonlyArray<IdentityInterval>): ReadonlyArray<readonly [IdentityInterval, IdentityInterval]> => {
  const found: Array<readonly [IdentityInterval, IdentityInterval]> = []
  /** Of those that began before, the one that ended last. */
  let before: IdentityInterval | null = null
  for (const after of intervals.toSorted((a, b) => a.first - b.first)) {
    if (before !== null && before.last < after.first && before.value !== after.value) found.push([before, after])
    if (before === null || after.last > before.last) before = after
  }
  return found
}

/** Who else showed a value, and since when. */
type Holders = ReadonlyMap<string, ReadonlyArray<IdentityInterval>>

type HostOf = (endpoint: string) => { readonly host: string; readonly networkClass: NetworkClass }

/**
 * Why it is unclear whether another key is the same server's. Hosts that share one key
 * change it one after the other, which makes none of them another.
 *
 * @param addressesAt addresses that the endpoint had at a time
 */
const unclearBecause = (
  hostOf: HostOf,
  [before, after]: readonly [IdentityInterval, IdentityInterval],
  holders: Holders,
  addressesAt: (at: number) => ReadonlyArray<string>
): string | null => {
  const { host, networkClass } = hostOf(after.endpoint)
  const elsewhere = (value: string) => (holders.get(value) ?? []).filter(({ endpoint }) => hostOf(endpoint).host !== host)
  const fleet = new Set(elsewhere(before.value).filter(({ first }) => first < after.first).map(({ endpoint }) => hostOf(endpoint).host))
  const earlier = elsewhere(after.value).find(({ endpoint, first }) => first < after.first && !fleet.has(hostOf(endpoint).host))
  const later = elsewhere(before.value).find(({ first }) => first > before.last)
  const hostOfSome = (it: IdentityInterval | undefined) => it === undefined ? null : hostOf(it.endpoint).host
  return whyUnclear({
    knownBy: networkClass === "ipv4" || networkClass === "ipv6" ? "address" : networkClass,
    earlierHolder: hostOfSome(earlier),
    laterHolder: hostOfSome(later),
    addresses: [addressesAt(before.last), addressesAt(after.first)]
  })
}

/**
 * What changed at endpoints, of intervals that are whole. Identities are anchored
 * on keys, onions and names: a new address is never more than a new address.
 */
export const identityEvents = (
  intervals: ReadonlyArray<IdentityInterval>,
  hostOf: HostOf
): ReadonlyArray<WatchEvent> => {
  const holders = Map.groupBy(intervals.filter(({ kind }) => kind === "key"), ({ value }) => value)
  const events: Array<WatchEvent> = []
  for (const [endpoint, all] of Map.groupBy(intervals, (it) => it.endpoint)) {
    const keyAt = (at: number) => all.find((it) => it.kind === "key" && it.first <= at && it.last >= at)?.value ?? null
    // Of a balanced name several were seen by turns.
    const addressesAt = (at: number) =>
      [...new Set(all.flatMap((it) => it.kind === "address" && it.first <= at && it.last >= at ? it.value.split(" ") : []))]
    for (const [kind, ofKind] of Map.groupBy(all, (it) => it.kind)) {
      for (const change of changes(ofKind)) {
        const [before, after] = change
        const event = (name: WatchEvent["kind"], detail: WatchEvent["detail"] = null): WatchEvent => ({
          endpoint, kind: name, earliest: before.last, latest: after.first, before: before.value, after: after.value, cause: null, detail
        })
        if (kind === "key") {
          const because = unclearBecause(hostOf, change, holders, addressesAt)
          events.push(because === null ? event("new key") : event("unclear key", { because }))
        }
        else if (kind === "address") events.push(event("new address"))
        else if (kind === "software") events.push(event("new software"))
        else if (keyAt(before.last) === keyAt(after.first)) events.push(event("new certificate"))
      }
    }
  }
  return events
}
