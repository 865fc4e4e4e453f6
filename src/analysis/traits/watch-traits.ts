import { median } from "../../domain/median.ts"
import type { WatchedEvent, WatchTraits } from "./server-traits.ts"

/** A tip that arrived over a held connection. */
export interface TipArrivalRow {
  readonly server_id: number
  readonly run_id: number
  readonly block_hash: string
  /** Milliseconds of the run's steady clock. */
  readonly steady_ms: number
}

/** Something that happened to a watched server, and to no more of its network. Times in milliseconds since 1970. */
export interface WatchEventRow {
  readonly server_id: number
  readonly kind: string
  readonly earliest_ms: number
  readonly latest_ms: number
  readonly value_after: string | null
}

/** How long a server was watched: between its first look and its last, in milliseconds since 1970. */
export interface WatchedRow {
  readonly server_id: number
  readonly from_ms: number
  readonly to_ms: number
}

const minute = 60_000

/** Of fewer servers no median is worth comparing with. */
const leastServers = 3

/** An event whose moment is known less well can coincide with anything. */
const preciseMs = minute

/** Around an event so much time says how often the like happens to others just then: hours at which machines restart by the clock, days of releases. */
const aroundMs = [10 * minute, 6 * 60 * minute]

/** By server: block -> milliseconds later than the median of its implementation's servers in the same run. */
const residualsOf = (
  arrivals: ReadonlyArray<TipArrivalRow>,
  implementationOf: ReadonlyMap<number, string | null>
): ReadonlyMap<number, ReadonlyMap<string, number>> => {
  const residuals = new Map<number, Map<string, number>>()
  const groups = Map.groupBy(
    arrivals.filter(({ server_id }) => (implementationOf.get(server_id) ?? null) !== null),
    ({ block_hash, run_id, server_id }) => `${run_id} ${block_hash} ${implementationOf.get(server_id)}`
  )
  for (const group of groups.values()) {
    if (new Set(group.map(({ server_id }) => server_id)).size < leastServers) continue
    const usual = median(group.map(({ steady_ms }) => steady_ms))!
    for (const { block_hash, server_id, steady_ms } of group) {
      const known = residuals.get(server_id)
      if (known === undefined) residuals.set(server_id, new Map([[block_hash, steady_ms - usual]]))
      else if (!known.has(block_hash)) known.set(block_hash, steady_ms - usual)
    }
  }
  return residuals
}

const upgrade = "new software"

/**
 * The events of one server whose moment is known, each once. New software runs from
 * a restart on, and that restart is when it was exchanged; what two looks that lie
 * far apart leave between them is left out. That it came back follows from that it
 * fell silent.
 */
const preciseEvents = (rows: ReadonlyArray<WatchEventRow>): ReadonlyArray<{ readonly kind: string; readonly at: number }> => {
  const breaks = rows.filter(({ earliest_ms, kind, latest_ms }) =>
    (kind === "restarted" || kind === "went silent") && latest_ms - earliest_ms <= preciseMs)
  const upgrades = new Map<WatchEventRow, string>()
  for (const change of rows.filter(({ kind }) => kind === upgrade)) {
    const within = breaks.filter(({ earliest_ms, latest_ms }) => earliest_ms >= change.earliest_ms && latest_ms <= change.latest_ms)
    if (within.length > 0) upgrades.set(within.at(-1)!, `${upgrade} ${change.value_after ?? ""}`)
  }
  return breaks.map((it) => ({ kind: upgrades.get(it) ?? it.kind, at: it.latest_ms })).toSorted((a, b) => a.at - b.at)
}

/** Which kinds are compared with each other for their base rate: an upgrade to anything is an upgrade. */
const family = (kind: string): string => kind.startsWith(upgrade) ? upgrade : kind

/**
 * What a watch saw of servers, for those that it watched. The base rate of an event
 * is how probably the like happens to another server within a minute of it: by all
 * of the time watched, or by the hours around it where it happens to more just then.
 */
export const watchTraitsOf = (
  rows: {
    readonly watched: ReadonlyArray<WatchedRow>
    readonly arrivals: ReadonlyArray<TipArrivalRow>
    readonly events: ReadonlyArray<WatchEventRow>
  },
  implementationOf: ReadonlyMap<number, string | null>
): ReadonlyMap<number, WatchTraits> => {
  const residuals = residualsOf(rows.arrivals, implementationOf)
  const eventsOf = new Map([...Map.groupBy(rows.events, ({ server_id }) => server_id)].map(([id, all]) => [id, preciseEvents(all)]))
  const watchedMs = rows.watched.reduce((sum, { from_ms, to_ms }) => sum + to_ms - from_ms, 0)
  const all = Map.groupBy([...eventsOf].flatMap(([id, events]) => events.map((event) => ({ id, ...event }))), ({ kind }) => family(kind))
  const baseRateOf = (id: number, kind: string, at: number): number => {
    const alike = (all.get(family(kind)) ?? []).filter((event) => event.id !== id)
    const others = Math.max(1, rows.watched.length - 1)
    const around = aroundMs.map((ms) => alike.filter((event) => Math.abs(event.at - at) <= ms).length / (others * 2 * ms))
    return Math.min(1, 2 * minute * Math.max(alike.length / Math.max(minute, watchedMs), ...around))
  }
  return new Map(rows.watched.map(({ server_id }) => [server_id, {
    tipResiduals: residuals.get(server_id) ?? new Map<string, number>(),
    events: (eventsOf.get(server_id) ?? []).map(({ at, kind }): WatchedEvent => ({ at, kind, baseRate: baseRateOf(server_id, kind, at) }))
  }]))
}
