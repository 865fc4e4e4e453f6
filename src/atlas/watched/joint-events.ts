import { watchTraitsOf } from "../../analysis/traits/watch-traits.ts"
import type { EventRow } from "./read-happened.ts"

/** The same happened to several servers within a minute. Times in milliseconds since 1970. */
export interface JointEvent {
  /** Kind of event; of upgrades with the new software. */
  readonly kind: string
  /** Of the first of them. */
  readonly at: number
  readonly servers: ReadonlyArray<number>
  /** How probably the like happens to another server within a minute: the highest of these. */
  readonly baseRate: number
}

/** What happens within this time happens together, as in comparison "joint events". */
const togetherMs = 60_000

/**
 * Events that happened to several servers at once, as the operator analysis takes
 * them: those whose moment is known within a minute, without those that an outage of
 * many explains.
 *
 * @param watched when each server was looked at, which base rates are of
 */
export const jointEvents = (
  events: ReadonlyArray<EventRow>,
  watched: ReadonlyMap<number, { readonly from: number; readonly to: number }>
): ReadonlyArray<JointEvent> => {
  const traits = watchTraitsOf({
    watched: [...watched].map(([server_id, { from, to }]) => ({ server_id, from_ms: from, to_ms: to })),
    arrivals: [],
    events: events.flatMap(({ after, cause, earliest, kind, latest, serverId }) =>
      cause === null ? [{ server_id: serverId, kind, earliest_ms: earliest, latest_ms: latest, value_before: null, value_after: after }] : []),
    software: []
  }, new Map())
  const single = [...traits].flatMap(([serverId, watch]) => watch.events.map((event) => ({ serverId, ...event })))
  const found: Array<JointEvent> = []
  for (const [kind, alike] of Map.groupBy(single, (event) => event.kind)) {
    const inOrder = alike.toSorted((a, b) => a.at - b.at || a.serverId - b.serverId)
    for (let first = 0; first < inOrder.length;) {
      const { at } = inOrder[first]!
      let end = first + 1
      while (end < inOrder.length && inOrder[end]!.at - at <= togetherMs) end++
      const group = inOrder.slice(first, end)
      const servers = [...new Set(group.map(({ serverId }) => serverId))].toSorted((a, b) => a - b)
      if (servers.length > 1) found.push({ kind, at, servers, baseRate: Math.max(...group.map(({ baseRate }) => baseRate)) })
      first = end
    }
  }
  return found.toSorted((a, b) => a.at - b.at || (a.kind < b.kind ? -1 : 1))
}
