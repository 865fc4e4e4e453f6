import { Effect } from "effect"
import { bounded } from "../bounded.ts"
import type { CrawlRow } from "../shapes/crawl.ts"
import type { ServerRow } from "../shapes/server-row.ts"
import type { HappenedPage, HappenedRow, LatenessPage, OutageRow, WatchedPage, WatchedRow, WatchedServer } from "../shapes/watched.ts"
import type { WatchedWindow } from "../shapes/watched-words.ts"
import { jointEvents } from "./joint-events.ts"
import { type EventRow, type OutageOfMany, readEvents, readOutages, readWatchedTimes } from "./read-happened.ts"
import { type Lateness, readLateness } from "./read-lateness.ts"
import { readReliability, readRuns, type ReliabilityRow, type RunRow } from "./read-runs.ts"
import { isoOf, readWatchedSpan, type WatchedSpan } from "./read-span.ts"
import { stepOf, stripOf, type ToldPart, toldParts, uptimeOf } from "./strip.ts"

/** Of one server and of all: more is left out, the oldest first, and counted. */
const mostStretches = 2_000
const mostEvents = 2_000
const mostJoint = 300
const mostTogether = 50

const headOf = ({ crawlId, simulated }: CrawlRow, span: WatchedSpan | null, window: WatchedWindow) => ({
  crawlId,
  simulated,
  vantage: span?.vantage ?? null,
  window,
  from: span === null ? null : isoOf(span.from),
  until: span === null ? null : isoOf(span.until)
})

const windowOf = ({ from, until }: WatchedSpan) => ({ from, to: until })

const outageRow = ({ from, to, ...rest }: OutageOfMany): OutageRow => ({ ...rest, from: isoOf(from), to: isoOf(to) })

/** Texts of servers are cut in lists. */
const longestText = 200

const happenedRow = ({ earliest, latest, ...rest }: EventRow): HappenedRow =>
  bounded({ ...rest, earliest: isoOf(earliest), latest: isoOf(latest) }, longestText)

const newest = <A>(rows: ReadonlyArray<A>, most: number): ReadonlyArray<A> => rows.slice(Math.max(0, rows.length - most))

/** One endpoint's stretches, counts and reliabilities as a row, with the parts its strip is made of. */
const rowsOf = (
  runs: ReadonlyArray<RunRow>,
  span: WatchedSpan,
  events: ReadonlyArray<EventRow>,
  outages: ReadonlyArray<OutageOfMany>,
  reliability: ReadonlyArray<ReliabilityRow>
): ReadonlyArray<{ readonly row: WatchedRow; readonly parts: ReadonlyArray<ToldPart> }> => {
  const window = windowOf(span)
  const stepMs = stepOf(window)
  const eventsOf = Map.groupBy(events, ({ endpointId }) => endpointId)
  const reliabilityOf = Map.groupBy(reliability, ({ endpointId }) => endpointId)
  return [...Map.groupBy(runs, ({ endpointId }) => endpointId).values()].map((own) => {
    const { endpointId, host, port, serverId, transport } = own[0]!
    const happened = eventsOf.get(endpointId) ?? []
    const silences = happened.filter(({ kind }) => kind === "went silent")
    const parts = toldParts(own, window, happened, outages)
    return {
      parts,
      row: {
        serverId, endpointId, host, port, transport,
        strip: stripOf(parts, window, stepMs),
        ...uptimeOf(parts),
        held: own.some(({ held }) => held),
        fellSilent: silences.length,
        explained: silences.filter(({ cause }) => cause !== null).length,
        restarted: happened.filter(({ kind }) => kind === "restarted").length,
        reliability: (reliabilityOf.get(endpointId) ?? []).map(({ evidenceHours, share, window }) => ({ window, share, evidenceHours }))
      }
    }
  })
}

/** Strips of all watched servers of a crawl. */
export const readWatchedPage = Effect.fnUntraced(function*(crawl: CrawlRow, servers: ReadonlyArray<ServerRow>, window: WatchedWindow) {
  const span = yield* readWatchedSpan(crawl, window)
  const head = headOf(crawl, span, window)
  const confirmed = servers.filter((server) => server.confirmed)
  if (span === null) {
    const nothing: WatchedPage = { ...head, stepMs: 0, steps: 0, unwatched: confirmed.length, rows: [], outages: [] }
    return nothing
  }
  const outages = yield* readOutages(span)
  const rows = rowsOf(yield* readRuns(crawl.crawlId, span), span, yield* readEvents(crawl.crawlId, span), outages, yield* readReliability(span))
    .map(({ row }) => row)
  const seen = new Set(rows.map(({ serverId }) => serverId))
  const stepMs = stepOf(windowOf(span))
  const page: WatchedPage = {
    ...head,
    stepMs,
    steps: Math.max(1, Math.ceil((span.until - span.from) / stepMs)),
    unwatched: confirmed.filter(({ serverId }) => !seen.has(serverId)).length,
    rows,
    outages: outages.map(outageRow)
  }
  return page
})

/** What happened to watched servers, and what of it happened to several at once. */
export const readHappenedPage = Effect.fnUntraced(function*(crawl: CrawlRow, servers: ReadonlyMap<number, ServerRow>, window: WatchedWindow) {
  const span = yield* readWatchedSpan(crawl, window)
  const head = headOf(crawl, span, window)
  if (span === null) {
    const nothing: HappenedPage = { ...head, outages: [], joint: [], jointLeftOut: 0, events: [], leftOut: 0 }
    return nothing
  }
  const events = yield* readEvents(crawl.crawlId, span)
  const watched = yield* readWatchedTimes(crawl.crawlId, span)
  const joint = jointEvents(events, new Map(watched.map(({ serverId, ...times }) => [serverId, times])))
  const hostOf = (serverId: number): string => servers.get(serverId)?.host ?? ""
  const page: HappenedPage = {
    ...head,
    outages: (yield* readOutages(span)).map(outageRow),
    joint: newest(joint, mostJoint).toReversed().map(({ at, baseRate, kind, servers: ids }) => {
      const systems = new Set(ids.map((id) => servers.get(id)?.asn ?? null))
      return {
        kind: bounded(kind, longestText),
        at: isoOf(at),
        servers: ids.slice(0, mostTogether).map((serverId) => ({ serverId, host: hostOf(serverId) })),
        leftOut: Math.max(0, ids.length - mostTogether),
        oneSystem: systems.size === 1 && !systems.has(null),
        baseRate
      }
    }),
    jointLeftOut: Math.max(0, joint.length - mostJoint),
    events: newest(events, mostEvents).toReversed().map(happenedRow),
    leftOut: Math.max(0, events.length - mostEvents)
  }
  return page
})

/** How late tips came, of all servers with held connections. */
export const readLatenessPage = Effect.fnUntraced(function*(crawl: CrawlRow, servers: ReadonlyArray<ServerRow>, window: WatchedWindow) {
  const span = yield* readWatchedSpan(crawl, window)
  const lateness: Lateness = span === null ? { limitMs: 0, alone: 0, rows: [] } : yield* readLateness(crawl.crawlId, span, servers)
  const page: LatenessPage = { ...headOf(crawl, span, window), ...lateness }
  return page
})

/** What a watch knows of one server. */
export const readWatchedServer = Effect.fnUntraced(function*(crawl: CrawlRow, serverId: number, window: WatchedWindow, lateness: Lateness) {
  const span = yield* readWatchedSpan(crawl, window)
  const head = { ...headOf(crawl, span, window), serverId }
  const own = { limitMs: lateness.limitMs, rows: lateness.rows.filter((row) => row.serverId === serverId) }
  if (span === null) {
    const nothing: WatchedServer = { ...head, stepMs: 0, endpoints: [], lateness: own, events: [], leftOut: 0 }
    return nothing
  }
  const events = (yield* readEvents(crawl.crawlId, span)).filter((event) => event.serverId === serverId)
  const rows = rowsOf(yield* readRuns(crawl.crawlId, span, serverId), span, events, yield* readOutages(span), yield* readReliability(span))
  const detail: WatchedServer = {
    ...head,
    stepMs: stepOf(windowOf(span)),
    endpoints: rows.map(({ parts, row }) => ({
      ...row,
      stretches: newest(parts, mostStretches).map(({ cause, from, state, to }) => ({ state, from: isoOf(from), to: isoOf(to), cause })),
      stretchesLeftOut: Math.max(0, parts.length - mostStretches)
    })),
    lateness: own,
    events: newest(events, mostEvents).toReversed().map(happenedRow),
    leftOut: Math.max(0, events.length - mostEvents)
  }
  return detail
})
