import { Clock, Effect, Random, Semaphore } from "effect"
import { asksForDistance, reasonForDistance } from "../crawl/cost-ledger.ts"
import type { Visit } from "../domain/visit.ts"
import type { SightingFact } from "../store/facts.ts"
import { answeringOf, findWay, leaveWay, lookOnce } from "./look.ts"
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

/** How long to wait where neither ledger nor schedule says. */
const laterMs = 60_000

/** Looks at a server once it is due. False: it must never be looked at again. */
export const revisit = Effect.fnUntraced(function*(context: WatchContext, server: Watched) {
  yield* sleepUntil(context.time, server.dueAt)
  return yield* Semaphore.withPermit(context.connections, Effect.gen(function*() {
    const way = yield* findWay(context, server)
    const luck = yield* Random.next
    if (!("plan" in way)) {
      if (way.excluded) return false
      if (way.visit === null) {
        server.dueAt = Math.max(way.until ?? 0, (yield* Clock.currentTimeMillis) + laterMs)
        return true
      }
      const visit: Visit = { ...way.visit, kind: "revisit" }
      yield* context.record([{ _tag: "visit", visit }, sightingOf(context, server, visit, luck)])
      return true
    }
    const visit = yield* lookOnce(context, way).pipe(
      Effect.onInterrupt(() => Effect.flatMap(leaveWay(context, way, null), (fact) => Effect.ignore(context.record([fact]))))
    )
    const settled = yield* leaveWay(context, way, visit)
    yield* context.record([{ _tag: "visit", visit }, sightingOf(context, server, visit, luck), settled])
    return true
  }))
})
