import { Clock, Effect } from "effect"
import { Store } from "../store/store.ts"
import type { StoreError } from "../store/store-error.ts"
import { CostLedger } from "./cost-ledger.ts"
import { MetServers } from "./met-servers.ts"

/**
 * The ledger of a vantage as the database has it, with what crawls of the network
 * found to be one server.
 *
 * @param before only what was booked until then, milliseconds since 1970: of what came after the caller knows by itself
 */
export const openLedger = Effect.fn("openLedger")(function*(
  network: string,
  vantage: string,
  before = Number.POSITIVE_INFINITY
): Effect.fn.Return<CostLedger, StoreError, Store> {
  const store = yield* Store
  const now = yield* Clock.currentTimeMillis
  const [entries, spent] = [yield* store.ledger(vantage), yield* store.hostCosts({ network, vantage }, now)]
  const ledger = new CostLedger(entries.filter(({ at }) => at < before), spent.filter(({ at }) => at < before))
  const visits = yield* store.joinedVisits(network, now)
  for (const books of visits) ledger.recall(books, now)
  // Each server by itself: its endpoints showed one chain, and what a name was in one crawl it need not be in another.
  for (const ofServer of Map.groupBy(visits, ({ crawlId, serverId }) => `${crawlId} ${serverId}`).values()) {
    const met = new MetServers(ledger)
    for (const visit of ofServer) met.meet(visit, visit.claimedHosts)
  }
  return ledger
})
