import { Clock, Effect, Metric } from "effect"
import type { WatchEvent } from "../domain/watch.ts"
import type { Fact } from "../store/facts.ts"
import type { Watched } from "./watch-state.ts"

/*
 * What a running watch tells about itself, in Prometheus' words. Counters count
 * from the start of the process; no name, host or address is in any of them.
 */

const looks = Metric.counter("observatory_looks_total", { description: "Looks at whether a watched server answers.", incremental: true })
const tips = Metric.counter("observatory_tip_arrivals_total", { description: "New tips announced over held connections.", incremental: true })
const sessions = Metric.counter("observatory_held_sessions_total", { description: "Connections to be held that were opened or ended.", incremental: true })
const events = Metric.counter("observatory_watch_events_total", { description: "Things that happened to watched servers.", incremental: true })
const watched = Metric.gauge("observatory_watched_servers", { description: "Watched servers by how they stand." })
const lastLook = Metric.gauge("observatory_last_look_seconds", { description: "When the latest look was made, seconds since 1970 by the stamps." })

/** Counts what is being stored. */
export const countFacts = Effect.fnUntraced(function*(facts: ReadonlyArray<Fact>) {
  for (const fact of facts) {
    if (fact._tag === "sighting") {
      yield* Metric.update(Metric.withAttributes(looks, { state: fact.state, way: fact.way }), 1)
      yield* Metric.update(lastLook, fact.at / 1000)
    } else if (fact._tag === "tip arrival") yield* Metric.update(tips, 1)
    else if (fact._tag === "held session") {
      yield* Metric.update(Metric.withAttributes(sessions, { change: fact.endedBy === null ? "opened" : `ended by ${fact.endedBy}` }), 1)
    }
  }
})

/** Counts events that are new, and how watched servers stand. */
export const countStandings = Effect.fnUntraced(function*(servers: Iterable<Watched>, news: ReadonlyArray<WatchEvent>) {
  const counts = new Map<string, number>([["up", 0], ["down", 0], ["unknown", 0]])
  for (const { standing } of servers) counts.set(standing?.state ?? "unknown", (counts.get(standing?.state ?? "unknown") ?? 0) + 1)
  for (const [state, count] of counts) yield* Metric.update(Metric.withAttributes(watched, { state }), count)
  for (const { cause, kind } of news) yield* Metric.update(Metric.withAttributes(events, { kind, cause: cause === null ? "none known" : "outage of many" }), 1)
})

/** Whether a watch does its work. */
export interface WatchHealth {
  readonly status: "ok" | "no look for long"
  readonly watched: number
  /** Milliseconds of the stamps since the latest look; null before the first. */
  readonly sinceLookMs: number | null
}

/** Looks are late by so many intervals before something is wrong. */
const lateIntervals = 3

/** The health of a watch whose looks are due every `everyMs`; before its first crawl it has nothing to look at. */
export const healthOf = Effect.fnUntraced(function*(servers: ReadonlyMap<string, Watched>, everyMs: number) {
  const now = yield* Clock.currentTimeMillis
  // A look that is dated after now was made before the clock was set back: it does not show that looks go on.
  const latest = servers.values().reduce<number | null>((last, { standing }) => standing === null || standing.at > now ? last : Math.max(last ?? 0, standing.at), null)
  const sinceLookMs = latest === null ? null : now - latest
  const late = sinceLookMs !== null && sinceLookMs > lateIntervals * everyMs
  return { status: late ? "no look for long" : "ok", watched: servers.size, sinceLookMs } satisfies WatchHealth
})

/** What an event is known again by: rows have no number. Stored times are whole milliseconds. */
type EventMark = Pick<WatchEvent, "after" | "earliest" | "endpoint"> & { readonly kind: string }

const markOf = ({ after, earliest, endpoint, kind }: EventMark): string => `${endpoint} ${kind} ${Math.round(earliest)} ${after}`

/** Events that were not among those worked out before. */
export class SeenEvents {
  #seen: ReadonlySet<string> | null

  /**
   * @param known what an earlier run stored, and told of; null where there was none:
   *   of the first call nothing is new then, since it was there when the watch began
   */
  constructor(known: ReadonlyArray<EventMark> | null) {
    this.#seen = known === null ? null : new Set(known.map(markOf))
  }

  news(all: ReadonlyArray<WatchEvent>): ReadonlyArray<WatchEvent> {
    const before = this.#seen
    this.#seen = new Set(all.map(markOf))
    return before === null ? [] : all.filter((event) => !before.has(markOf(event)))
  }
}
