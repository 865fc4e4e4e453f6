import { Latch } from "effect"
import { asksForDistance } from "../crawl/cost-ledger.ts"
import { type Endpoint, endpointKey } from "../domain/endpoint.ts"
import type { StoredStanding } from "../store/watch-seen.ts"
import { type HoldRules, type RevisitRules, type Standing, usualDue } from "./schedule.ts"

/** One watched server, through the endpoint that stands for it. */
export interface Watched {
  readonly key: string
  readonly endpoint: Endpoint
  standing: Standing | null
  /** Not to be connected to before; milliseconds since 1970. */
  dueAt: number
  /** A connection to it is held, or would be if it stood. */
  held: boolean
  /** Connections to it that ended soon, in a row. */
  short: number
  /** Opened when it is due sooner than it was. */
  readonly sooner: Latch.Latch
}

/** A server that a crawl found to answer. */
export const newWatched = (endpoint: Endpoint, now: number, rules: RevisitRules, luck: number): Watched => ({
  key: endpointKey(endpoint),
  endpoint,
  standing: null,
  // The crawl has just asked it: the first look comes within one interval of that.
  dueAt: now + rules.everyMs * luck,
  held: false,
  short: 0,
  sooner: Latch.makeUnsafe()
})

/**
 * A server as an earlier run left it: nothing is asked sooner for our having been
 * killed. None is due later than any interval is long: that run's clock was wrong then.
 */
export const restoredWatched = (
  { at, downSince, dueAt, endpoint, reason, state }: StoredStanding,
  now: number,
  rules: RevisitRules
): Watched => ({
  key: endpointKey(endpoint),
  endpoint,
  standing: { at, state, downSince, throttles: asksForDistance(reason) ? 1 : 0 },
  dueAt: Math.min(dueAt, now + Math.max(rules.mostMs, rules.everyMs * (1 + rules.spread))),
  held: false,
  short: 0,
  sooner: Latch.makeUnsafe()
})

/** Whether a server has been gone so long that looking for it is left to crawls. */
export const isGone = ({ standing }: Watched, now: number, forgetAfterMs: number): boolean =>
  standing !== null && standing.downSince !== null && now - standing.downSince >= forgetAfterMs

/** Whether anything answered lately: else it is likelier that our own line is down. */
export const anyAnswered = (servers: Iterable<Watched>, since: number): boolean => {
  for (const { standing } of servers) if (standing?.state === "up" && standing.at >= since) return true
  return false
}

/**
 * Has a server that was last looked at while our own line was down looked at as if it
 * had answered then; a connection that was held is made again within minutes, as one
 * that has just ended, and not all of them at once. Nothing of what failed meanwhile
 * reached anybody, and whoever falls silent before he is asked again seems to have
 * been so since our line went down.
 *
 * @param since when our line went down, by the first look that failed
 * @param now when it turned out to be back
 * @param luck drawn evenly from [0, 1)
 */
export const askAnew = (
  server: Watched,
  { now, since }: { readonly since: number; readonly now: number },
  { hold, revisit }: { readonly hold: HoldRules; readonly revisit: RevisitRules },
  luck: number
): void => {
  const { dueAt, held, standing } = server
  if (standing === null || standing.state === "up" || standing.at < since || standing.throttles > 0) return
  const usual = usualDue(standing.at, revisit, luck)
  server.dueAt = Math.min(dueAt, held ? Math.min(usual, now + hold.againMs * hold.factor * luck) : usual)
  if (server.dueAt < dueAt) server.sooner.openUnsafe()
}
