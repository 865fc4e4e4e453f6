// A process that records visits until it is killed. It says on stdout which
// visit it has handed over, and what its store says of its commits.
import { writeSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { Effect, Layer, Logger, References } from "effect"
import { Store } from "../../src/store/store.ts"
import { advertisementOf, announcedByServer, answeredVisit, crawlStart, stateOf } from "./store-facts.ts"

const [, , path] = process.argv

const say = (line: string): void => void writeSync(1, `${line}\n`)

/** The journal that a store keeps of what it has to hold after a kill, in the order in which things are done. */
const journal = Layer.merge(
  Logger.layer([Logger.make(({ message }) => say(String(message)))]),
  Layer.succeed(References.MinimumLogLevel, "Debug")
)

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
      say(`handed over ${n}`)
      yield* Effect.sleep(2)
    }
  }).pipe(Effect.provide(Store.layer(path!, { snapshotMs: 300 })), Effect.provide(NodeServices.layer), Effect.provide(journal))
)
