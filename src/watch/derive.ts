import { Effect } from "effect"
import { parseEndpoint } from "../domain/endpoint.ts"
import type { PendingAlert, WatchEvent } from "../domain/watch.ts"
import { Store } from "../store/store.ts"
import type { StoreError } from "../store/store-error.ts"
import type { Derived, WatchOf } from "../store/watch-derived.ts"
import type { StoredLooks } from "../store/watch-seen.ts"
import { extendIntervals, type IdentityInterval, identityEvents } from "./identities.ts"
import { type Listing, listEvents } from "./list-events.ts"
import { observedSpans, silencesOf, type WatchedLook } from "./looks.ts"
import { outageEvents, reachEvents } from "./reach-events.ts"
import { type EarlierReliability, reliabilityAt, reliabilityWindows } from "./reliability.ts"
import { type EarlierSilence, type WatchedServer, wideOutages, withoutVantageOutages } from "./wide-outages.ts"

const day = 24 * 3_600_000

export interface DeriveRules {
  /** Between two looks at a server that answers. */
  readonly everyMs: number
  /** Stamps of what happens at once differ by so much at the most. */
  readonly slackMs: number
}

/** Events that began longer ago stay as they were worked out. */
const eventsMs = 2 * day

/** Host and class of an endpoint by its key. */
const hostOf = (key: string) => {
  const endpoint = parseEndpoint(key, { localNames: true })
  return typeof endpoint === "string" ? { host: key, networkClass: "name" as const } : endpoint
}

const serverOf = (row: StoredLooks, silentSince: EarlierSilence | null): WatchedServer => {
  const looks = row.seen_ms.map((at, i): WatchedLook => ({
    at,
    state: row.states[i]!,
    reason: row.reasons[i] as WatchedLook["reason"],
    dueAt: row.due_ms[i]!,
    way: row.ways[i]!
  }))
  const isOnion = hostOf(row.endpoint_key).networkClass === "onion"
  return { key: row.endpoint_key, asn: row.asn, country: row.country, isOnion, looks, silences: silencesOf(looks), silentSince }
}

/** All that follows from rows that were read. */
const derivedFrom = (
  rows: {
    readonly looks: ReadonlyArray<StoredLooks>
    readonly intervals: ReadonlyArray<IdentityInterval>
    readonly listings: ReadonlyArray<Listing>
    readonly silent: ReadonlyMap<string, EarlierSilence>
    readonly before: ReadonlyMap<string, ReadonlyArray<EarlierReliability>>
  },
  now: number,
  rules: DeriveRules
): Derived => {
  const servers = rows.looks.map((row) => serverOf(row, rows.silent.get(row.endpoint_key) ?? null))
  const outages = wideOutages(servers, { slackMs: rules.slackMs })
  const eventsSince = now - eventsMs
  const events: ReadonlyArray<WatchEvent> = [
    ...servers.flatMap((server) => reachEvents(server, outages, now, { restartMs: rules.everyMs })),
    ...outageEvents(outages, now),
    ...identityEvents(rows.intervals, hostOf),
    ...listEvents(rows.listings)
  ].filter(({ latest }) => latest >= eventsSince)
  const reliability = servers.flatMap((server) => {
    const earlier = rows.before.get(server.key) ?? []
    const since = earlier.reduce((least, { at }) => Math.max(least, at), 0)
    const spans = observedSpans(withoutVantageOutages(server, outages, now), 2 * rules.everyMs)
    return reliabilityAt(now, spans.filter(({ to }) => to > since && to <= now), earlier)
      .map((it) => ({ endpoint: server.key, ...it }))
  })
  return { at: now, eventsSince, events, reliability, identities: rows.intervals }
}

const windowOf = (text: string) => reliabilityWindows.find(([name]) => name === text)?.[0]

/**
 * Works out events, reliability and identities from what is stored, and stores
 * them in place of what was worked out before: made again after a crash, they
 * are the same.
 *
 * @param identitiesSince when identities were taken in the last time, in this run or before
 * @param alertsOf what is to be sent of them, which is stored with them
 */
export const derive = Effect.fn("Watch.derive")(function*(
  of: WatchOf,
  now: number,
  rules: DeriveRules,
  identitiesSince: number,
  alertsOf: (events: ReadonlyArray<WatchEvent>) => ReadonlyArray<PendingAlert> = () => []
): Effect.fn.Return<Derived, StoreError, Store> {
  const { watch } = yield* Store
  // A silence that began a day before the oldest event that is worked out anew is no restart, and was told of.
  const looksSince = now - eventsMs - day
  // A look that is still to come was dated by a clock that was wrong.
  const looks = yield* watch.looks(of, looksSince, now)
  const silent = new Map((yield* watch.silences(of, looksSince)).map((row) => [
    row.endpoint_key,
    { lastUp: row.up_ms, firstDown: row.down_ms, reason: row.reason as EarlierSilence["reason"], cause: row.cause }
  ]))
  const known = (yield* watch.intervals(of)).map((row): IdentityInterval =>
    ({ endpoint: row.endpoint_key, kind: row.kind, value: row.value, first: row.first_ms, last: row.last_ms, sightings: row.sightings }))
  const seen = (yield* watch.identitiesSeen(of, identitiesSince)).map((row) =>
    ({ endpoint: row.endpoint_key, kind: row.kind, value: row.value, at: row.at_ms }))
  const before = Map.groupBy(
    (yield* watch.reliabilityBefore(of, now)).flatMap((row) => {
      const window = windowOf(row.time_window)
      return window === undefined ? [] : [{ key: row.endpoint_key, window, at: row.at_ms, share: row.share, evidence: row.evidence }]
    }),
    ({ key }) => key
  )
  const listings = (yield* watch.listings(of, now - eventsMs - 2 * day)).map((row): Listing =>
    ({ endpoint: row.endpoint_key, startedAt: row.started_ms, endedAt: row.ended_ms, listers: row.listers }))
  const derived = derivedFrom({ looks, silent, intervals: extendIntervals(known, seen), listings, before }, now, rules)
  yield* watch.saveDerived(of, derived, alertsOf(derived.events))
  return derived
})
