import type { Answering, Sighting } from "../domain/watch.ts"

/** One look at a server, for what follows from many of them. Times in milliseconds since 1970. */
export interface WatchedLook {
  readonly at: number
  readonly state: Answering
  readonly reason: Sighting["reason"]
  readonly dueAt: number
  readonly way: Sighting["way"]
}

/** A stretch of time in which a server was silent, as far as looks tell. */
export interface Silence {
  /** It was last seen answering then. */
  readonly lastUp: number
  /** The first look that it did not answer, and the last one. */
  readonly firstDown: number
  readonly lastDown: number
  /** The first look after it that it answered; null: none yet. */
  readonly backAt: number | null
  /** The first reason. */
  readonly reason: string | null
  /** It began with the end of a held connection. */
  readonly lost: boolean
}

/**
 * The silences of one server. What lies before the first look that it answered
 * is none: nobody saw it begin. Looks of which it is unknown whether the failure
 * is ours neither begin nor end one.
 *
 * @param looks of one server, ascending by time
 */
export const silencesOf = (looks: ReadonlyArray<WatchedLook>): ReadonlyArray<Silence> => {
  const silences: Array<Silence> = []
  let lastUp: number | null = null
  let open: Silence | null = null as Silence | null
  for (const { at, reason, state } of looks) {
    if (state === "up") {
      if (open !== null) silences.push({ ...open, backAt: at })
      open = null
      lastUp = at
    } else if (state === "down" && lastUp !== null) {
      open = open === null
        ? { lastUp, firstDown: at, lastDown: at, backAt: null, reason, lost: reason === "lost" }
        : { ...open, lastDown: at, reason: open.reason === "lost" && reason !== "lost" ? reason : open.reason }
    }
  }
  if (open !== null) silences.push(open)
  return silences
}

/** A stretch of time of which it is known, or guessed between two looks, how much of it a server was up. */
export interface ObservedSpan {
  readonly from: number
  readonly to: number
  /** 1: up at both ends; 0: down at both; a half: it changed in between, nobody knows when. */
  readonly up: 0 | 0.5 | 1
}

/**
 * What of its time a server was observed: from look to look, but not over looks
 * that failed for our own reasons, nor over times in which nobody looked though a
 * look was due. A connection that was held vouches for all of its time.
 *
 * @param looks of one server, ascending by time
 * @param lateMs how much later than due a look may come before the time counts as not observed
 */
export const observedSpans = (looks: ReadonlyArray<WatchedLook>, lateMs: number): ReadonlyArray<ObservedSpan> => {
  const spans: Array<ObservedSpan> = []
  for (let i = 1; i < looks.length; i++) {
    const [a, b] = [looks[i - 1]!, looks[i]!]
    const looked = b.way === "held" || b.at <= a.dueAt + lateMs
    if (a.state === "unknown" || b.state === "unknown" || b.at <= a.at || !looked) continue
    spans.push({ from: a.at, to: b.at, up: a.state !== b.state ? 0.5 : a.state === "up" ? 1 : 0 })
  }
  return spans
}
