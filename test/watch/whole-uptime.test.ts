import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { recordCrawl } from "../support/atlas-database.ts"
import { changeFile } from "../support/duck.ts"
import { namedQuery } from "../support/named-query.ts"
import { temporaryFolder, withStore } from "../support/small-database.ts"
import { endpointOf, someTime, stateOf } from "../support/store-facts.ts"

const minute = 60_000
const endpoint = endpointOf("alpha.example.org:50002:s")

/** Looks by their minute, over a held connection. */
type Looks = ReadonlyArray<readonly [at: number, state: "up" | "down"]>

/** What of all of the time a server was up, by looks and an outage of ours of an hour and a half after ten hours. */
const wholeUptime = Effect.fnUntraced(function*(looks: Looks) {
  const db = `${yield* temporaryFolder}/watched.duckdb`
  const crawlId = yield* recordCrawl(db, [stateOf("alpha.example.org:50002:s", "visited")])
  yield* withStore(db, Effect.fnUntraced(function*(store) {
    const runId = yield* store.watch.start({ network: "mainnet", vantage: "home", startedAt: someTime, anchor: someTime, timeScale: 1, settings: {} })
    yield* store.record(crawlId, looks.map(([at, state]) => ({
      _tag: "sighting", runId, endpoint, at: someTime + at * minute, state, reason: state === "up" ? null : "refused", way: "held", dueAt: someTime + (at + 15) * minute
    })))
  }))
  yield* Effect.promise(() => changeFile(db, `
    INSERT INTO watch_event BY NAME SELECT 'mainnet' AS network, 'home' AS vantage, 'vantage outage' AS kind,
      make_timestamp_ms(${someTime + 600 * minute}) AS earliest, make_timestamp_ms(${someTime + 690 * minute}) AS latest`))
  const [row] = yield* Effect.promise(() => namedQuery(db, "watched-uptime"))
  return { minutes: Number(row!["whole_uptime_share"]) * (looks.at(-1)![0] - looks[0]![0]), bridgedHours: Number(row!["bridged_hours"]) }
}, Effect.scoped)

/** Looks every quarter of an hour from one minute to another. */
const steady = (from: number, to: number, state: "up" | "down"): Looks =>
  Array.from({ length: Math.floor((to - from) / 15) + 1 }, (_, i) => [from + 15 * i, state] as const)

describe("uptime over all of the time, our own outage included", () => {
  it.effect("takes who fell silent a minute before our line did for one who restarted, not for one who was away for half of our outage", () =>
    Effect.gen(function*() {
      const { bridgedHours, minutes } = yield* wholeUptime([...steady(0, 585, "up"), [598, "up"], [598, "down"], [599, "down"], [615, "down"], ...steady(690, 1290, "up")])
      // 91 minutes from the last look before it that tells anything to the first after it.
      assert.strictEqual(bridgedHours, 1.5)
      assert.isAbove(minutes, 1290 - 1 - 15)
      assert.isBelow(minutes, 1290 - 1)
    }))

  it.effect("takes who was up for long and is down for long for one who fell silent in the middle", () =>
    Effect.gen(function*() {
      const { minutes } = yield* wholeUptime([...steady(0, 600, "up"), [615, "down"], ...steady(691, 1291, "down")])
      assert.closeTo(minutes, 600 + 45, 2)
    }))
})
