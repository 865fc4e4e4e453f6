import { describe, expect, it } from "vitest"
import type { ShownHeader } from "../../../src/analysis/suspicion/evidence.ts"
import { workFaults } from "../../../src/analysis/suspicion/required-work.ts"
import { chainWorkRule, type WorkRule } from "../../../src/domain/chain.ts"
import { decodeBlockHeader } from "../../../src/domain/block-header.ts"
import { headerOf, shownOf, visitedAt } from "../../support/suspicion-evidence.ts"

const limit = 0x207fffff
/** Each a quarter of the one before, the first just below the limit. */
const [easier, hard, harder] = [0x207ffff0, 0x201ffffc, 0x2007ffff]

const start = visitedAt / 1000 - 4000 * 600
const genesis = shownOf("header#0", 0, headerOf(limit, { time: start }))
const rulesOf = (rule: WorkRule | undefined, pinned: ReadonlyArray<ShownHeader>, shown: ShownHeader) =>
  workFaults(rule, pinned, shown).map((fault) => fault.rule)

describe("the work that a header has to carry", () => {
  it("is at least what the header itself states", () => {
    const [good, bad] = [headerOf(limit), headerOf(limit, { meets: false })]
    for (const rule of [undefined, "limit only", "constant", "retargets"] as const) {
      expect(rulesOf(rule, [genesis], shownOf("tip", 2150, good))).toEqual([])
      expect(rulesOf(rule, [genesis], shownOf("tip", 2150, bad))).toEqual(["own target"])
    }
  })

  it("never has an easier target than the first block of the chain", () => {
    const first = shownOf("header#0", 0, headerOf(hard, { time: start }))
    const easy = shownOf("tip", 2150, headerOf(limit))
    for (const rule of ["limit only", "constant", "retargets"] as const) {
      expect(rulesOf(rule, [first], easy)).toEqual(["target too easy"])
    }
    expect(rulesOf(undefined, [first], easy)).toEqual([])
    expect(rulesOf("retargets", [], easy)).toEqual([])
  })

  it("has a target at most four times as easy after each 2016 blocks since the last pinned one", () => {
    const pinned = [genesis, shownOf("header#2000", 2000, headerOf(harder, { time: start + 2000 * 600 }))]
    const tip = (height: number, bits: number) => rulesOf("retargets", pinned, shownOf("tip", height, headerOf(bits)))
    expect(tip(2015, harder)).toEqual([])
    expect(tip(2015, hard)).toEqual(["target too easy"])
    expect(tip(2016, hard)).toEqual([])
    expect(tip(2016, limit)).toEqual(["target too easy"])
    expect(tip(4032, easier)).toEqual([])
    // Where blocks of least work may come at any time, it is nothing.
    expect(rulesOf("limit only", pinned, shownOf("tip", 2015, headerOf(limit)))).toEqual([])
  })

  it("is not missing from an old tip, nor from one that lags", () => {
    const old = shownOf("tip", 1500, headerOf(limit, { time: start + 1500 * 600 }))
    expect(rulesOf("constant", [genesis], old)).toEqual([])
    expect(rulesOf("retargets", [genesis], old)).toEqual([])
  })

  it("is missing where so many blocks cannot have come, or a tip was made a year after it was shown", () => {
    expect(rulesOf("constant", [genesis], shownOf("tip", 1_000_000_000, headerOf(limit)))).toEqual(["height out of reach"])
    const future = headerOf(limit, { time: visitedAt / 1000 + 400 * 86_400 })
    expect(rulesOf("constant", [genesis], shownOf("tip", 2150, future))).toEqual(["time out of reach"])
    // A clock that is off by weeks, ours or the world's, is nobody's lie.
    const weeks = headerOf(limit, { time: visitedAt / 1000 + 20 * 86_400 })
    expect(rulesOf("constant", [genesis], shownOf("tip", 4500, weeks))).toEqual([])
  })

  it("is not missing where our own clock is before a block that the chain is known to have", () => {
    const [years, day] = [3 * 365 * 86_400, 86_400]
    const pinned = shownOf("header#1000", 1000, headerOf(limit, { time: visitedAt / 1000 + years }))
    const tip = headerOf(limit, { time: visitedAt / 1000 + years + 100 * day })
    for (const rule of ["constant", "retargets"] as const) {
      expect(rulesOf(rule, [genesis, pinned], shownOf("tip", 1000 + 100 * 144, tip))).toEqual([])
      // What needs no clock of ours is still asked for.
      expect(rulesOf(rule, [genesis, pinned], shownOf("tip", 1000 + 100 * 144 * 30, tip))).toEqual(["height out of reach"])
      expect(rulesOf(rule, [genesis, pinned], shownOf("tip", 1000, headerOf(limit, { meets: false })))).toEqual(["own target"])
    }
    // A pinned block of yesterday says nothing of the kind.
    const yesterday = shownOf("header#1000", 1000, headerOf(limit, { time: visitedAt / 1000 - day }))
    expect(rulesOf("constant", [genesis, yesterday], shownOf("tip", 1000 + 144, tip))).toEqual(["time out of reach"])
  })

  it("tells the time itself where it is a real block's: our own clock may have stopped after the last pinned one", () => {
    const year = 365 * 86_400
    /** Nobody here can make such a header. */
    const real = (time: number, bits = 0x1702c4e4) => ({ ...headerOf(limit, { time }), bits, meetsOwnTarget: true })
    const now = visitedAt / 1000
    const pinned = shownOf("header#900000", 900_000, real(now - 86_400))
    const rules = (height: number, tip: ReturnType<typeof real>) => rulesOf("retargets", [genesis, pinned], shownOf("tip", height, tip))
    expect(rules(900_000 + 3 * 52_560, real(now + 3 * year))).toEqual([])
    // It tells no more than its own time, and what hardly anybody has to pay for tells none.
    expect(rules(10_000_000, real(now + 3 * year))).toEqual(["height out of reach"])
    expect(rules(900_000 + 3 * 52_560, real(now + 3 * year, 0x1a00ffff))).toEqual(["time out of reach", "height out of reach"])
  })

  it("passes the first two blocks of Bitcoin", () => {
    const header = (hex: string) => decodeBlockHeader(hex)!
    const zero = header("0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c")
    const one = header("010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe680e1fee14677ba1a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299")
    expect([zero.meetsOwnTarget, one.meetsOwnTarget]).toEqual([true, true])
    expect(rulesOf(chainWorkRule("mainnet"), [shownOf("header#0", 0, zero)], shownOf("tip", 1, one))).toEqual([])
  })

  it("is known of every chain that ships", () => {
    const rules = ["mainnet", "mainnet-sim", "testnet", "regtest"].map(chainWorkRule)
    expect(rules).toEqual(["retargets", "constant", "limit only", "constant"])
    expect(chainWorkRule("somebody's own")).toBeUndefined()
  })
})
