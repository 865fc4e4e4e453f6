import { Effect } from "effect"
import { mergeArchives } from "../store/merge/merge-archives.ts"
import { Store } from "../store/store.ts"
import { joinServers } from "./server-join.ts"

/**
 * Reads the archives of several observers into one database and joins the
 * endpoints of what they saw together to servers, as a crawl of one does when it ends.
 */
export const mergeObservers = Effect.fn("mergeObservers")(function*(database: string, archives: ReadonlyArray<string>) {
  const merged = yield* Effect.scoped(mergeArchives(database, archives))
  const joins = Effect.gen(function*() {
    const store = yield* Store
    for (const { crawlId } of merged.joint) {
      yield* store.record(crawlId, [{ _tag: "servers", servers: joinServers(yield* store.joinRows(crawlId)) }])
    }
    yield* store.flush
  })
  // Also of those that were there: a process may have been killed before it joined them, and joining again changes nothing.
  if (merged.joint.length > 0) yield* Effect.provide(joins, Store.layerExisting(database))
  return merged
})
