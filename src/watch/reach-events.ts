import type { WatchEvent } from "../domain/watch.ts"
import { silencesOf, type WatchedLook } from "./looks.ts"
import { type EarlierSilence, outageOfSilence, type WatchedServer, type WideOutage, withoutVantageOutages } from "./wide-outages.ts"

export interface ReachRules {
  /** A held connection that can be made again within this time was cut by a restart, or something as short. */
  readonly restartMs: number
}

const causeOf = (outage: WideOutage | null): string | null =>
  outage === null ? null : outage.where === null ? outage.kind : `${outage.kind} of ${outage.where}`

/** The two looks between which a silence began. */
const beginningOf = (silence: EarlierSilence | null): ReadonlyArray<WatchedLook> => {
  if (silence === null) return []
  const look = (at: number, state: "up" | "down", reason: WatchedLook["reason"]): WatchedLook => ({ at, state, reason, dueAt: at, way: "visit" })
  return [look(silence.lastUp, "up", null), look(silence.firstDown, "down", silence.reason)]
}

/**
 * What happened to one server's reachability. A silence that an outage of many
 * explains is told with that cause; looks that failed while our own way was down
 * are no silence at all.
 */
export const reachEvents = (
  server: WatchedServer,
  outages: ReadonlyArray<WideOutage>,
  now: number,
  rules: ReachRules
): ReadonlyArray<WatchEvent> => {
  const event = (kind: WatchEvent["kind"], earliest: number, latest: number, more: Partial<WatchEvent>): WatchEvent => ({
    endpoint: server.key,
    kind,
    earliest,
    latest,
    before: null,
    after: null,
    cause: null,
    detail: null,
    ...more
  })
  const { silentSince } = server
  return silencesOf([...beginningOf(silentSince), ...withoutVantageOutages(server, outages, now)]).flatMap((silence) => {
    const { backAt, firstDown, lastDown, lastUp, lost, reason } = silence
    const cause = lastUp === silentSince?.lastUp ? silentSince.cause : causeOf(outageOfSilence(server.key, silence, outages))
    if (lost && backAt !== null && backAt - firstDown <= rules.restartMs) {
      return [event("restarted", lastUp, firstDown, { cause, detail: { answeredAgainMs: backAt - firstDown } })]
    }
    return [
      event("went silent", lastUp, firstDown, { cause, after: reason }),
      ...backAt === null ? [] : [event("came back", lastDown, backAt, { cause, before: reason })]
    ]
  })
}

/** The outages of many as events of their own. */
export const outageEvents = (outages: ReadonlyArray<WideOutage>, now: number): ReadonlyArray<WatchEvent> =>
  outages.map(({ from, fromLatest, kind, members, to, up, where }) => ({
    endpoint: null,
    kind,
    earliest: from,
    latest: to ?? now,
    before: null,
    after: where,
    cause: null,
    detail: { silent: members.size, up, beganBy: fromLatest, over: to !== null }
  }))
