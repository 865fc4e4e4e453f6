import { Clock, Effect, Result } from "effect"
import { PeerGrammar } from "../discovery/peer-entry.ts"
import { type Endpoint, endpointKey } from "../domain/endpoint.ts"
import type { Visit } from "../domain/visit.ts"
import { type VisitOptions, Visitor } from "../probe/visitor.ts"
import { Store, type Vantage } from "../store/store.ts"
import { Dialer } from "../transport/dialer.ts"
import { announcedBy } from "./announcements.ts"
import { booksOf, CostLedger, reasonForDistance } from "./cost-ledger.ts"
import { CrawlError } from "./crawl-error.ts"
import { visitOfFailedPlan } from "./failed-plan.ts"
import { openLedger } from "./open-ledger.ts"
import { joinServers } from "./server-join.ts"

/**
 * One visit to one endpoint, outside any crawl. What stands in the way is in
 * the visit; fails, and dials nothing, where the ledger refuses it.
 */
export const visitOnce = Effect.fn("visitOnce")(function*(
  endpoint: Endpoint,
  options: VisitOptions,
  ledger = new CostLedger([])
): Effect.fn.Return<Visit, CrawlError, Dialer | Visitor> {
  const dialer = yield* Dialer
  const visitor = yield* Visitor
  const plan = yield* Effect.result(dialer.plan(endpoint))
  const now = yield* Clock.currentTimeMillis
  if (Result.isFailure(plan)) return visitOfFailedPlan(endpoint, plan.failure, now)
  const refusal = ledger.refusal(booksOf(plan.success), now)
  if (refusal === null) return yield* visitor.visit(plan.success, { ...options, room: ledger.room(booksOf(plan.success), now) })
  return yield* new CrawlError({
    reason: "too early",
    message: `${endpointKey(endpoint)} is not visited before ${new Date(refusal.until).toISOString()}: ${refusal.detail}.`
  })
})

/** Stores a single visit as a crawl of kind `visit`, which no view takes for a picture of the network. */
export const storeVisit = Effect.fn("storeVisit")(function*(
  visit: Visit,
  options: VisitOptions & { readonly vantage: Vantage; readonly codeVersion: string; readonly allowPrivate: boolean }
) {
  const store = yield* Store
  const crawlId = yield* store.startCrawl({
    kind: "visit",
    chain: options.chain,
    vantage: options.vantage,
    settings: { clientName: options.clientName, peerRounds: options.peerRounds, visit: options.scope ?? "regular" },
    codeVersion: options.codeVersion,
    startedAt: visit.startedAt
  })
  const at = yield* Clock.currentTimeMillis
  const ledger = yield* openLedger(options.chain.name, options.vantage.name)
  const grammar = new PeerGrammar(options.chain.default_ports, {
    allowPrivate: options.allowPrivate,
    simulated: options.chain.simulated
  })
  const announced = announcedBy(visit, options.chain, grammar, { at, allowPrivate: options.allowPrivate })
  yield* store.record(crawlId, [
    { _tag: "visit", visit },
    ...announced,
    { _tag: "endpoint", endpoint: visit.endpoint, state: "visited", reason: null, detail: null, at },
    ledger.charge(booksOf(visit), visit.cost, reasonForDistance(visit), at)
  ])
  yield* store.flush
  yield* store.record(crawlId, [{ _tag: "servers", servers: joinServers(yield* store.joinRows(crawlId)) }])
  yield* store.endCrawl(crawlId, "finished", at)
  yield* store.flush
  return crawlId
})
