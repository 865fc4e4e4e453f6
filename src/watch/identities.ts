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

/**
 * Whether another key at a host is another server. At an address it always is:
 * whoever has the address next is nobody the one before knows. Behind a name or an
 * onion it is where the key was another host's before, or where the one before is
 * another's now: then the name leads elsewhere, e.g. to the next owner of an address.
 * Hosts that share one key change it one after the other, which makes none of them another.
 */
const isOtherServer = (
  hostOf: (endpoint: string) => { readonly host: string; readonly networkClass: NetworkClass },
  [before, after]: readonly [IdentityInterval, IdentityInterval],
  holders: Holders
): boolean => {
  const { host, networkClass } = hostOf(after.endpoint)
  if (networkClass === "ipv4" || networkClass === "ipv6") return true
  const elsewhere = (value: string) => (holders.get(value) ?? []).filter(({ endpoint }) => hostOf(endpoint).host !== host)
  const fleet = new Set(elsewhere(before.value).filter(({ first }) => first < after.first).map(({ endpoint }) => hostOf(endpoint).host))
  return elsewhere(after.value).some(({ endpoint, first }) => first < after.first && !fleet.has(hostOf(endpoint).host)) ||
    elsewhere(before.value).some(({ first }) => first > before.last)
}

/**
 * What changed at endpoints, of intervals that are whole. Identities are anchored
 * on keys, onions and names: a new address is never more than a new address.
 */
export const identityEvents = (
  intervals: ReadonlyArray<IdentityInterval>,
  hostOf: (endpoint: string) => { readonly host: string; readonly networkClass: NetworkClass }
): ReadonlyArray<WatchEvent> => {
  const holders = Map.groupBy(intervals.filter(({ kind }) => kind === "key"), ({ value }) => value)
  const events: Array<WatchEvent> = []
  for (const [endpoint, all] of Map.groupBy(intervals, (it) => it.endpoint)) {
    const keyAt = (at: number) => all.find((it) => it.kind === "key" && it.first <= at && it.last >= at)?.value ?? null
    for (const [kind, ofKind] of Map.groupBy(all, (it) => it.kind)) {
      for (const change of changes(ofKind)) {
        const [before, after] = change
        const event = (name: WatchEvent["kind"], detail: WatchEvent["detail"] = null): WatchEvent => ({
          endpoint, kind: name, earliest: before.last, latest: after.first, before: before.value, after: after.value, cause: null, detail
        })
        if (kind === "key") events.push(event(isOtherServer(hostOf, change, holders) ? "other server" : "new key"))
        else if (kind === "address") events.push(event("new address"))
        else if (kind === "software") events.push(event("new software"))
        else if (keyAt(before.last) === keyAt(after.first)) events.push(event("new certificate"))
      }
    }
  }
  return events
}
