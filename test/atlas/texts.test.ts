import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { between, counted, ofAll, percent } from "../../src/atlas/figure-text.ts"
import { AnalysedDatabase, inventedFacts, recordCrawl, shown } from "../support/atlas-database.ts"
import { temporaryFolder } from "../support/small-database.ts"

/** Words that accuse, and figures that somebody forgot to fill in. */
const never = /malicious|attacker|criminal|dead server|undefined|NaN|null|Infinity/

layer(AnalysedDatabase.layer)("the texts about a crawl", (it) => {
  it.effect("have this crawl's figures in them, accuse nobody, and say what nobody can see", () =>
    Effect.gen(function*() {
      const path = yield* AnalysedDatabase
      const { methodology, threatModel } = yield* shown(path, (atlas) => atlas.texts(1))
      for (const row of threatModel) {
        for (const text of [row.capability, row.sees, row.figure, row.cannotObserve]) {
          assert.notMatch(text, never)
          assert.match(text, /\S/)
        }
      }
      const figureOf = (start: string) => threatModel.find(({ capability }) => capability.startsWith(start))!.figure
      assert.match(figureOf("Runs many servers"), /^1 group with 3 servers, each group probably one operator's; \d+( to \d+)? operators at the most run the servers that answered\.$/)
      assert.match(figureOf("Runs the main server"), /^\d+( to \d+)? % of wallets within ten starts/)
      const words = methodology.flatMap(({ paragraphs }) => paragraphs).join("\n")
      assert.notMatch(words, never)
      assert.include(words, "began on 2026-01-02 03:04 UTC and ended on 2026-01-02 03:05 UTC, from the vantage \"home\", which had IPv4. It was finished.")
      assert.include(words, "11 servers of this chain answered")
      assert.include(words, "From 95 % on a pair is called probably one operator's")
      assert.notInclude(words, "SIMULATED")
    }))

  it.effect("say before an analysis that nobody has looked yet", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/observatory.duckdb`
      yield* recordCrawl(path, inventedFacts())
      const { methodology, threatModel } = yield* shown(path, (atlas) => atlas.texts(1))
      assert.isAbove(threatModel.filter(({ figure }) => figure === "Not known before `observatory analyze`.").length, 3)
      assert.isTrue(methodology.some(({ paragraphs }) => paragraphs.includes("Servers were not compared yet: run `observatory analyze`.")))
    }))

  it("write figures that claim no more than they are", () => {
    assert.deepStrictEqual([percent(0), percent(0.001), percent(0.3), percent(0.999), percent(1)], ["0 %", "below 1 %", "30 %", "above 99 %", "100 %"])
    assert.deepStrictEqual([between(0.401, 0.402, percent), between(0.4, 0.5, percent)], ["40 %", "40 to 50 %"])
    assert.deepStrictEqual([counted(1, "server"), counted(1_200, "server"), ofAll(0, 0)], ["1 server", "1,200 servers", "0 of 0"])
  })
})
