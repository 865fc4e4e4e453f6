import type { Answering } from "../domain/watch.ts"

/** When watched servers are looked at again; times in milliseconds. */
export interface RevisitRules {
  /** Between two looks at a server that answers, at the least. */
  readonly everyMs: number
  /** Intervals are longer by up to this share, so that servers are not all visited at once. */
  readonly spread: number
  /** Who has been gone for a time is looked at again after this share of it. */
  readonly goneShare: number
  /** No interval of a server that does not answer is longer. */
  readonly mostMs: number
  /** After the first time that it asked for less; twice as long for each further one. */
  readonly throttledMs: number
}

export const defaultRevisitRules: RevisitRules = {
  everyMs: 15 * 60_000,
  spread: 0.1,
  // Who was gone for a day came back within the hour in which we see it: 2 % of that time.
  goneShare: 1 / 24,
  mostMs: 24 * 3_600_000,
  throttledMs: 30 * 60_000
}

/** How a watched server stands after the latest look at it. Times in milliseconds since 1970. */
export interface Standing {
  readonly at: number
  readonly state: Answering
  /** The first look of those since which it has been down; null when it is not. */
  readonly downSince: number | null
  /** How often in a row it asked for less, or reset the connection. */
  readonly throttles: number
}

/** One look, and whether the server asked for distance in it. */
export interface Look {
  readonly at: number
  readonly state: Answering
  readonly asksForDistance: boolean
}

/** What a look makes of a standing; `null`: the first look. */
export const standingAfter = (before: Standing | null, look: Look): Standing => ({
  at: look.at,
  state: look.state,
  downSince: look.state === "up" ? null : look.state === "down" ? before?.downSince ?? look.at : before?.downSince ?? null,
  throttles: look.asksForDistance ? (before?.throttles ?? 0) + 1 : look.state === "unknown" ? before?.throttles ?? 0 : 0
})

/** After a look whose failure says nothing of the server: as if it answered. `luck` is drawn evenly from [0, 1). */
export const usualDue = (at: number, { everyMs, spread }: RevisitRules, luck: number): number => at + everyMs * (1 + spread * luck)

/** Throttled so often in a row that another doubling would not matter. */
const mostDoublings = 10

/**
 * When a server may be looked at next. Never sooner than `everyMs` after the
 * latest look; later when it has been gone for long, and each time later when it
 * asks for less. `luck` is drawn evenly from [0, 1).
 */
export const nextDue = ({ at, downSince, throttles }: Standing, rules: RevisitRules, luck: number): number => {
  const gone = downSince === null ? 0 : Math.min(rules.mostMs, (at - downSince) * rules.goneShare)
  const throttled = throttles === 0 ? 0 : Math.min(rules.mostMs, rules.throttledMs * 2 ** Math.min(mostDoublings, throttles - 1))
  return Math.max(usualDue(at, rules, luck), at + gone, at + throttled)
}

/** When connections that ended are made again; times in milliseconds. */
export interface HoldRules {
  /** After an end, at the least. */
  readonly againMs: number
  /** Each further failure waits so many times as long, until a look at a server that is down is due anyway. */
  readonly factor: number
  /** Between two pings. */
  readonly pingMs: number
  /** A connection that ends sooner was probably not wanted. */
  readonly shortMs: number
  /** After so many of these in a row the server is visited instead. */
  readonly mostShort: number
}

export const defaultHoldRules: HoldRules = {
  againMs: 60_000,
  factor: 4,
  // ElectrumX ends sessions that are idle for ten minutes.
  pingMs: 5 * 60_000,
  shortMs: 10 * 60_000,
  mostShort: 5
}

/**
 * When a connection that ended at `endedAt` is made again, after `failures`
 * attempts since; `short`: how many in a row had ended soon after they began.
 */
export const nextHold = (
  { endedAt, failures, short, standing }: {
    readonly endedAt: number
    readonly failures: number
    readonly short: number
    readonly standing: Standing
  },
  hold: HoldRules,
  revisit: RevisitRules,
  luck: number
): number => {
  const tries = failures + Math.max(0, short - 1)
  const soon = Math.max(endedAt, standing.at) + hold.againMs * hold.factor ** Math.min(tries, 20)
  const late = nextDue(standing, revisit, luck)
  // Who asked for distance gets it whatever held before.
  return standing.throttles > 0 ? late : Math.min(soon, late)
}
