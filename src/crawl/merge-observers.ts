import { Clock, Effect } from "effect"
import { crawlCoverage } from "../domain/coverage.ts"
import type { Server } from "../domain/server.ts"
import { connect, openForWriting } from "../store/duckdb.ts"
import type { ProbeDueFact } from "../store/facts.ts"
import type { JointCrawl } from "../store/merge/joint-crawl.ts"
import { copySnapshots } from "../store/merge/joint-snapshots.ts"
import { mergeArchives } from "../store/merge/merge-archives.ts"
import { Store } from "../store/store.ts"
import { deepDelayMs, deepVisitsDue } from "./deep-schedule.ts"
import { joinServers } from "./server-join.ts"

/**
 * Runners that shared a crawl left the deep visits to whoever has all files: only
 * then it is known which endpoints are one server. Of observers at several places
 * each has its own due; a crawl of the topology asks for as little as it can.
 */
const deepVisitsOf = Effect.fnUntraced(function*({ crawlId, network, topology, vantages }: JointCrawl, servers: ReadonlyArray<Server>) {
  const [vantage, ...others] = vantages
  if (others.length > 0 || topology) return []
  const candidates = yield* Effect.flatMap(Store, (store) => store.dueProbes.candidates(crawlId, { network, vantage: vantage! }))
  return deepVisitsDue(servers, candidates, { crawlId, network, at: yield* Clock.currentTimeMillis, delayMs: deepDelayMs })
})

/**
 * Reads the archives of several observers into one database, and does with each
 * joint crawl what a crawl of one does when it ends: joins endpoints to servers,
 * estimates coverage, says what deep visits are due.
 */
export const mergeObservers = Effect.fn("mergeObservers")(function*(database: string, archives: ReadonlyArray<string>) {
  const merged = yield* Effect.scoped(mergeArchives(database, archives))
  const finish = Effect.gen(function*() {
    const store = yield* Store
    for (const joint of merged.joint) {
      const { crawlId } = joint
      const servers = joinServers(yield* store.joinRows(crawlId))
      const due: ReadonlyArray<ProbeDueFact> = yield* deepVisitsOf(joint, servers)
      yield* store.record(crawlId, [{ _tag: "servers", servers }, ...due])
      yield* store.flush
      const { captures, rows } = yield* store.coverage.captured(crawlId)
      yield* store.coverage.save(crawlId, crawlCoverage(rows, captures))
    }
  })
  // Also of those that were there: a process may have been killed in between, and doing it again changes nothing.
  if (merged.joint.length > 0) {
    yield* Effect.provide(finish, Store.layerExisting(database))
    yield* Effect.scoped(Effect.flatMap(
      Effect.flatMap(openForWriting(database, 2), connect),
      (connection) => copySnapshots(connection, merged.joint.map(({ crawlId }) => crawlId))
    ))
  }
  return merged
})
