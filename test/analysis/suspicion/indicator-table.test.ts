import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { indicators } from "../../../src/analysis/suspicion/indicators/indicators.ts"
import { shippedIndicators } from "../../../src/analysis/suspicion/indicator-table.ts"
import { readIndicators } from "../../../src/analysis/suspicion/read-indicators.ts"
import { newestDictionary } from "../../../src/store/dictionary.ts"

const reading = Effect.fnUntraced(function*(text: string) {
  const fs = yield* FileSystem.FileSystem
  const path = `${yield* fs.makeTempDirectoryScoped()}/mine.json`
  yield* fs.writeFileString(path, text)
  return yield* readIndicators(path)
})

const refused = (text: string) =>
  Effect.flip(reading(text)).pipe(Effect.map(({ message, reason }) => ({ message, reason: String(reason) })))

describe("the table of indicators", () => {
  it("has every indicator once, uptime and logging weighing nothing", () => {
    const { indicators: entries } = shippedIndicators
    assert.sameMembers(entries.map(({ name }) => name), Object.keys(indicators))
    for (const { name, weight } of entries) assert.strictEqual(weight === 0, name === "perfect uptime" || name === "logging", name)
  })

  it.effect("names tables and views that there are", () =>
    Effect.gen(function*() {
      const names = new Set((yield* newestDictionary).map(({ name }) => name))
      for (const { name, source } of shippedIndicators.indicators) {
        for (const text of source.filter((it) => it !== "none" && !it.startsWith("chain:") && !it.startsWith("src/"))) {
          const tables = text.replace(/ \(.*?\)/g, "").split(":")[0]!.split(", ")
          for (const table of tables) assert.isTrue(names.has(table), `${name}: ${table}`)
        }
      }
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("may be one's own, as a file that is read back as it was written", () =>
    Effect.gen(function*() {
      const own = { ...shippedIndicators, threshold: 55 }
      assert.deepStrictEqual(yield* reading(JSON.stringify(own)), own)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))

  it.effect("is refused with what is wrong: unknown names, weights out of bounds, an indicator twice, no JSON", () =>
    Effect.gen(function*() {
      const [first] = shippedIndicators.indicators
      const withEntries = (...entries: ReadonlyArray<object>) => JSON.stringify({ ...shippedIndicators, indicators: entries })
      for (
        const [text, what] of [
          [withEntries({ ...first, name: "bad smell" }), /name/],
          [withEntries({ ...first, weight: 101 }), /weight/],
          [withEntries({ ...first, innocent: [] }), /innocent/],
          [withEntries(first, first), /twice/],
          [withEntries(), /indicators/],
          [JSON.stringify({ ...shippedIndicators, threshold: 0 }), /threshold/],
          ["nothing", /no table of indicators/]
        ] as const
      ) {
        const { message, reason } = yield* refused(text)
        assert.strictEqual(reason, "bad indicators")
        assert.match(message, what)
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
})
