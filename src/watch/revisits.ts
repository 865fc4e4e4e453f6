import { Clock, Effect, Random, Semaphore } from "effect"
import { asksForDistance, reasonForDistance } from "../crawl/cost-ledger.ts"
import type { Visit } from "../domain/visit.ts"
import type { SightingFact } from "../store/facts.ts"
import { answeringOf, findWay, leaveWay, lookOnce, type NoWay } from "./look.ts"
import { nextDue, standingAfter } from "./schedule.ts"
import { sleepUntil } from "./time-scale.ts"
import type { WatchContext } from "./watch-context.ts"
import type { Watched } from "./watch-state.ts"

/** When a server answered, by the stamps: not when we began to dial. */
const answeredAt = (visit: Visit, scale: number): number =>
  visit.startedAt + Math.round((visit.stamps.connectedMs ?? 0) * scale)

/** Takes a visit into the standing of its server; the look to be stored with it. */
export const sightingOf = (context: WatchContext, server: Watched, visit: Visit, luck: number): SightingFact => {
  const state = answeringOf(visit)
  const at = state === "up" ? answeredAt(visit, context.time.scale) : visit.startedAt
  server.standing = standingAfter(server.standing, { at, state, asksForDistance: asksForDistance(reasonForDistance(visit)) })
  server.dueAt = nextDue(server.standing, context.settings.revisit, luck)
  return {
    _tag: "sighting",
    runId: context.runId,
    endpoint: server.endpoint,
    at,
    state,
    reason: visit.reason,
    way: "visit",
    dueAt: server.dueAt
  }
}

/** Puts a look off for which there was no way, at least for so long; where that is an answer, it is recorded. */
export const putOff = Effect.fnUntraced(function*(context: WatchContext, server: Watched, way: NoWay, kind: "revisit" | "held", leastMs: number) {
  if (way.visit === null) {
    server.dueAt = Math.max(way.until ?? 0, (yield* Clock.currentTimeMillis) + leastMs)
    return
  }
  const visit: Visit = { ...way.visit, kind }
  yield* context.record([{ _tag: "visit", visit }, sightingOf(context, server, visit, yield* Random.next)])
})

/** Suspends until a server is due, also if that comes to be sooner meanwhile. */
export const untilDue = Effect.fnUntraced(function*({ time }: Pick<WatchContext, "time">, server: Watched) {
  let isDue = false
  while (!isDue) {
    server.sooner.closeUnsafe()
    isDue = yield* Effect.raceFirst(Effect.as(sleepUntil(time, server.dueAt), true), Effect.as(server.sooner.await, false))
  }
})

/** How long to wait where neither ledger nor schedule says. */
const laterMs = 60_000

/** Looks at a server once it is due. False: it must never be looked at again. */
export const revisit = Effect.fnUntraced(function*(context: WatchContext, server: Watched) {
  yield* untilDue(context, server)
  return yield* Semaphore.withPermit(context.connections, Effect.gen(function*() {
    const way = yield* findWay(context, server)
    if (!("plan" in way)) {
      if (!way.excluded) yield* putOff(context, server, way, "revisit", laterMs)
      return !way.excluded
    }
    const visit = yield* lookOnce(context, way).pipe(
      Effect.onInterrupt(() => Effect.flatMap(leaveWay(context, way, null), (facts) => Effect.ignore(context.record(facts))))
    )
    const settled = yield* leaveWay(context, way, visit)
    yield* context.record([{ _tag: "visit", visit }, sightingOf(context, server, visit, yield* Random.next), ...settled])
    return true
  }))
})
