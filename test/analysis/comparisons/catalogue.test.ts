import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { comparisons } from "../../../src/analysis/comparisons/catalogue.ts"
import type { Outcome } from "../../../src/analysis/comparisons/comparison.ts"
import { randomTraits } from "../../support/random-traits.ts"
import { traitsOf } from "../../support/server-traits.ts"

/** By whose peer lists chance is judged. */
const population = fc.sample(randomTraits(0), { numRuns: 50, seed: 1 })
const all = comparisons({ servers: population })
/** Comparisons that have keys, of which linkage asks only for servers that share one. */
const keyed = new Set(all.filter(({ keys }) => population.some((server) => keys(server).length > 0)).map(({ name }) => name))
/** An outcome with its detail made. */
const shown = (outcome: Outcome | undefined) => outcome && { ...outcome, detail: outcome.detail() }
const pair = fc.tuple(randomTraits(1), randomTraits(2))

describe("the catalogue of comparisons", () => {
  it("has names of its own, levels that are probabilities, and says what else explains an agreement", () => {
    assert.strictEqual(new Set(all.map(({ name }) => name)).size, all.length)
    for (const { bundle, definition, innocent, levels, name } of all) {
      assert.isAbove(levels.length, 0, name)
      assert.isAbove(innocent.length, 0, name)
      assert.match(definition, /^[A-Z].*\.$/, name)
      assert.isNotEmpty(bundle, name)
      for (const { m, u } of levels) assert.isTrue(m > 0 && m < 1 && u > 0 && u < 1, name)
      assert.isAtMost(levels.reduce((sum, level) => sum + level.m, 0), 1, name)
    }
  })

  it("never lets an inequality weigh more than two bits against", () => {
    for (const { levels, name } of all) {
      for (const { m, u } of levels) assert.isAtLeast(Math.log2(m / u), -2, name)
    }
  })

  it("finds no evidence between servers of which nothing is known", () => {
    for (const { compare, keys, name } of all) {
      assert.isUndefined(compare(traitsOf(1), traitsOf(2)), name)
      assert.deepStrictEqual(keys(traitsOf(1)), [], name)
    }
  })

  it("finds no evidence between a server and one of which nothing is known", () => {
    fc.assert(fc.property(randomTraits(1), (server) => {
      for (const { compare, name } of all) assert.isUndefined(compare(server, traitsOf(2)), name)
    }))
  })

  it("says the same whichever server comes first", () => {
    fc.assert(fc.property(pair, ([a, b]) => {
      for (const { compare, name } of all) assert.deepStrictEqual(shown(compare(a, b)), shown(compare(b, a)), name)
    }), { numRuns: 500 })
  })

  it("brings together by their keys all servers that agree", () => {
    fc.assert(fc.property(pair, ([a, b]) => {
      for (const { compare, keys, levels, name } of all) {
        const outcome = compare(a, b)
        if (outcome === undefined) continue
        const { m, u } = levels[outcome.level]!
        const [ofA, ofB] = [keys(a), new Set(keys(b))]
        if (m <= u || !keyed.has(name)) continue
        assert.isTrue(ofA.some((key) => ofB.has(key)), name)
        if (outcome.value !== undefined) assert.isTrue(ofA.includes(outcome.value) && ofB.has(outcome.value), `${name}: ${outcome.value}`)
      }
    }), { numRuns: 500 })
  })

  it("agrees on something in random servers with each comparison but the one that takes a day's blocks of a crowd", () => {
    const seen = new Set<string>()
    fc.assert(fc.property(pair, ([a, b]) => {
      for (const { compare, name } of all) if (compare(a, b) !== undefined) seen.add(name)
    }), { numRuns: 2_000, seed: 1 })
    assert.deepStrictEqual(all.map(({ name }) => name).filter((name) => !seen.has(name)), ["late together"])
  })
})
