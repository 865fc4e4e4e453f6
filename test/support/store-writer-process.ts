// A process that records visits until it is killed. It says on stdout which
// visit it has handed over, and when, by the clock the test shares.
import { writeSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { Store } from "../../src/store/store.ts"
import { advertisementOf, announcedByServer, answeredVisit, crawlStart, stateOf } from "./store-facts.ts"

const [, , path] = process.argv

Effect.runFork(
  Effect.gen(function*() {
    const store = yield* Store
    const crawlId = yield* store.startCrawl(crawlStart())
    for (let n = 1; n <= 100_000; n++) {
      const key = `host${n}.example.org:50002:s`
      yield* store.record(crawlId, [
        { _tag: "visit", visit: answeredVisit(key) },
        announcedByServer(key, Array.from({ length: 20 }, (_, i) => advertisementOf(`peer${(n * 7 + i) % 500}.example.org:50002:s`))),
        stateOf(key, "visited")
      ])
      writeSync(1, `${n} ${Date.now()}\n`)
      yield* Effect.sleep(2)
    }
  }).pipe(Effect.provide(Store.layer(path!, { snapshotMs: 300 })), Effect.provide(NodeServices.layer))
)
