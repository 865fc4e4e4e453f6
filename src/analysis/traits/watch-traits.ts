import type { SoftwareChange, SoftwareSpan, WatchedEvent, WatchTraits } from "./server-traits.ts"
import { type TipArrivalRow, tipResidualsOf } from "./tip-residuals.ts"

/** Something that happened to a watched server, and to no more of its network. Times in milliseconds since 1970. */
export interface WatchEventRow {
  readonly server_id: number
  readonly kind: string
  readonly earliest_ms: number
  readonly latest_ms: number
  readonly value_before: string | null
  readonly value_after: string | null
}

/** How long a watched server called itself something. Times in milliseconds since 1970. */
export interface SoftwareRow {
  readonly server_id: number
  readonly value: string
  readonly first_ms: number
  readonly last_ms: number
}

/** How long a server was watched: between its first look and its last, in milliseconds since 1970. */
export interface WatchedRow {
  readonly server_id: number
  readonly from_ms: number
  readonly to_ms: number
}

const minute = 60_000

/** An event whose moment is known less well can coincide with anything. */
const preciseMs = minute

/** Around an event so much time says how often the like happens to others just then: hours at which machines restart by the clock, days of releases. */
const aroundMs = [10 * minute, 6 * 60 * minute]

/** A tip is of a branch that few saw where no more of those that showed one of its height showed it. */
const rareShare = 1 / 4

/** By server: block hashes of tips that few others showed while most showed another of that height. */
const rareTipsOf = (arrivals: ReadonlyArray<TipArrivalRow>): ReadonlyMap<number, ReadonlySet<string>> => {
  const rare = new Map<number, Set<string>>()
  for (const ofHeight of Map.groupBy(arrivals, ({ height }) => height).values()) {
    const byHash = Map.groupBy(ofHeight, ({ block_hash }) => block_hash)
    if (byHash.size < 2) continue
    const showing = new Set(ofHeight.map(({ server_id }) => server_id)).size
    for (const [hash, some] of byHash) {
      const servers = new Set(some.map(({ server_id }) => server_id))
      if (servers.size > rareShare * showing) continue
      for (const server of servers) rare.set(server, (rare.get(server) ?? new Set()).add(hash))
    }
  }
  return rare
}

const upgrade = "new software"

/** Something that happened, with the change of software that it was, if it was one. */
interface Precise {
  readonly kind: string
  readonly at: number
  readonly change: SoftwareChange | null
}

/**
 * The events of one server whose moment is known, each once. New software runs from
 * a restart on, and that restart is when it was exchanged; what two looks that lie
 * far apart leave between them is left out. That it came back follows from that it
 * fell silent.
 */
const preciseEvents = (rows: ReadonlyArray<WatchEventRow>): ReadonlyArray<Precise> => {
  const breaks = rows.filter(({ earliest_ms, kind, latest_ms }) =>
    (kind === "restarted" || kind === "went silent") && latest_ms - earliest_ms <= preciseMs)
  const upgrades = new Map<WatchEventRow, WatchEventRow>()
  for (const change of rows.filter(({ kind }) => kind === upgrade)) {
    const within = breaks.filter(({ earliest_ms, latest_ms }) => earliest_ms >= change.earliest_ms && latest_ms <= change.latest_ms)
    if (within.length > 0) upgrades.set(within.at(-1)!, change)
  }
  return breaks.map((it): Precise => {
    const { value_after: after, value_before: before } = upgrades.get(it) ?? { value_after: null, value_before: null }
    const at = it.latest_ms
    return upgrades.has(it)
      ? { kind: `${upgrade} ${after ?? ""}`, at, change: before === null || after === null ? null : { at, before, after } }
      : { kind: it.kind, at, change: null }
  }).toSorted((a, b) => a.at - b.at)
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
    readonly software: ReadonlyArray<SoftwareRow>
  },
  implementationOf: ReadonlyMap<number, string | null>
): ReadonlyMap<number, WatchTraits> => {
  const residuals = tipResidualsOf(rows.arrivals, implementationOf)
  const eventsOf = new Map([...Map.groupBy(rows.events, ({ server_id }) => server_id)].map(([id, all]) => [id, preciseEvents(all)]))
  const watchedMs = rows.watched.reduce((sum, { from_ms, to_ms }) => sum + to_ms - from_ms, 0)
  const all = Map.groupBy([...eventsOf].flatMap(([id, events]) => events.map((event) => ({ id, ...event }))), ({ kind }) => family(kind))
  const baseRateOf = (id: number, kind: string, at: number): number => {
    const alike = (all.get(family(kind)) ?? []).filter((event) => event.id !== id)
    const others = Math.max(1, rows.watched.length - 1)
    const around = aroundMs.map((ms) => alike.filter((event) => Math.abs(event.at - at) <= ms).length / (others * 2 * ms))
    return Math.min(1, 2 * minute * Math.max(alike.length / Math.max(minute, watchedMs), ...around))
  }
  const rareTips = rareTipsOf(rows.arrivals)
  const spansOf = Map.groupBy(rows.software, ({ server_id }) => server_id)
  return new Map(rows.watched.map(({ from_ms, server_id, to_ms }) => [server_id, {
    from: from_ms,
    to: to_ms,
    software: (spansOf.get(server_id) ?? []).map(({ first_ms, last_ms, value }): SoftwareSpan => ({ text: value, first: first_ms, last: last_ms })),
    changes: (eventsOf.get(server_id) ?? []).flatMap(({ change }) => change ?? []),
    rareTips: rareTips.get(server_id) ?? new Set<string>(),
    tipResiduals: residuals.get(server_id) ?? new Map<string, number>(),
    events: (eventsOf.get(server_id) ?? []).map(({ at, kind }): WatchedEvent => ({ at, kind, baseRate: baseRateOf(server_id, kind, at) }))
  }]))
}
