import { assert, describe, it } from "vitest"
import { comparisons } from "../../../src/analysis/comparisons/catalogue.ts"
import { curveDistance, curveThrough } from "../../../src/analysis/comparisons/histograms.ts"
import type { ServerTraits, SnapshotTraits, WatchTraits } from "../../../src/analysis/traits/server-traits.ts"
import { snapshotTraits, traitsOf } from "../../support/server-traits.ts"

const all = comparisons()
const level = (name: string, a: ServerTraits, b: ServerTraits): string | undefined => {
  const comparison = all.find((it) => it.name === name)!
  const outcome = comparison.compare(a, b)
  return outcome === undefined ? undefined : comparison.levels[outcome.level]!.name
}

const fees = [0.00031, 0.00023, 0.00017, 0.00011, 0.00008]
/** Another estimate for each target and time. */
const epochs = (count: number): ReadonlyArray<ReadonlyArray<number>> => Array.from({ length: count }, (_, i) => fees.map((fee) => fee + i / 1e6))
const estimating = (id: number, all: ReadonlyArray<ReadonlyArray<number>>, changes: Partial<SnapshotTraits> = {}) =>
  traitsOf(id, { snapshots: all.map((epoch, i) => snapshotTraits(i + 1, epoch, changes)) })

describe("fee estimates of one node", () => {
  const rare = "by chance in one of 100,000 pairs or fewer"
  const compared = (all: ReadonlyArray<ReadonlyArray<number>>, changes: Partial<SnapshotTraits> = {}, others = all) =>
    level("fee estimates", estimating(1, all, changes), estimating(2, others, changes))
  const asCommonAs = (chance: number) => ({ tellingTargets: new Map(fees.map((_, i) => [i + 1, chance])) })

  it("are equal at two times at least, and half of them", () => {
    assert.strictEqual(compared(epochs(3)), rare)
    assert.strictEqual(compared(epochs(2)), rare)
    assert.isUndefined(compared(epochs(1)))
    const other = fees.map((fee) => fee + 0.00001)
    assert.isUndefined(compared(epochs(5), {}, [...epochs(2), other, other, other]))
  })

  it("weigh what other nodes' estimates of the same time make of them", () => {
    assert.strictEqual(compared(epochs(2), asCommonAs(0.2)), "by chance in one of 1,000 pairs or fewer")
    assert.isUndefined(compared(epochs(2), asCommonAs(0.5)))
    assert.strictEqual(compared(epochs(6), asCommonAs(0.5)), rare)
  })

  it("count a number once: what comes again is a setting, and what stands at all targets one number", () => {
    assert.isUndefined(compared([fees, fees, fees]))
    const flat = [31, 41, 59, 26].map((fee) => fees.map(() => fee / 1e5))
    assert.isUndefined(compared(flat.slice(0, 1)))
    assert.strictEqual(compared(flat.slice(0, 2)), "by chance in one of 1,000 pairs or fewer")
  })

  it("say nothing in a quiet mempool, or at different tips", () => {
    assert.isUndefined(compared(epochs(3), { tellingTargets: new Map([1, 2, 3].map((target) => [target, 0.001])) }))
    assert.isUndefined(level("fee estimates", estimating(1, epochs(3)), estimating(2, epochs(3), { tipHash: "another tip" })))
  })

  it("are compared at what tells both from others, and at all else", () => {
    const some = { tellingTargets: new Map([1, 2, 3, 4].map((target) => [target, 0.01])) }
    assert.strictEqual(level("fee estimates", estimating(1, epochs(2)), estimating(2, epochs(2), some)), rare)
    const lower = epochs(2).map((epoch) => epoch.with(4, 0.00001))
    assert.isUndefined(level("fee estimates", estimating(1, epochs(2)), estimating(2, lower, some)))
  })
})

describe("fee histograms of one node", () => {
  const text = "[[31.2,140032],[12.5,301220],[4.1,91230]]"
  const showing = (id: number, changes: ReadonlyArray<Partial<SnapshotTraits>>, implementation: string | null = "ElectrumX") =>
    traitsOf(id, { implementation, snapshots: changes.map((change, i) => snapshotTraits(i + 1, [], change)) })

  const [rare, rarer] = ["by chance in one of 5,000 pairs or fewer", "by chance in one of 100,000 pairs or fewer"]
  const other = "[[29.9,140977],[11.2,300007],[3.3,90001]]"
  const shown = (histogramText: string, histogramChance: number) => ({ histogramText, histogramChance, histogram: JSON.parse(histogramText) })
  const compared = (changes: ReadonlyArray<Partial<SnapshotTraits>>) => level("fee histogram", showing(1, changes), showing(2, changes))

  it("have the same bytes, which chance makes as seldom as other values are far", () => {
    assert.strictEqual(compared([shown(text, 2e-4)]), rare)
    assert.isUndefined(compared([shown(text, 1e-3)]))
    assert.strictEqual(compared([shown(text, 2e-4), shown(other, 2e-4)]), rarer)
    assert.strictEqual(compared([shown(text, 1e-3), shown(other, 1e-3)]), rare)
    assert.isUndefined(compared([shown(text, 0.05), shown(other, 0.05)]))
    assert.isUndefined(level("fee histogram", showing(1, [shown(text, 2e-4)]), showing(2, [shown(other, 2e-4)])))
  })

  it("count once where the mempool is nearly the same at two times", () => {
    const later = "[[31.2,140032],[12.5,301220],[4.1,91777]]"
    assert.isUndefined(compared([shown(text, 1e-3), shown(text, 1e-3), shown(later, 1e-3)]))
  })

  it("say nothing when they are nearly empty, or most servers'", () => {
    for (const change of [{ histogramText: "[[1,30100]]" }, { histogramText: "[]" }, { histogramText: text, histogramChance: 1 }]) {
      assert.isUndefined(level("fee histogram", showing(1, [{ histogramChance: 2e-4, ...change }]), showing(2, [{ histogramChance: 2e-4, ...change }])))
    }
  })

  it("have one curve, of one implementation", () => {
    const bins = [[40, 100_000], [20, 200_000], [10, 300_000], [2, 400_000]] as const
    const near = bins.map(([rate, size]) => [rate, size * 1.001] as const)
    const far = bins.map(([rate, size], i) => [rate, i === 0 ? size + 100_000 : size] as const)
    const curve = (id: number, histogram: SnapshotTraits["histogram"], implementation = "Fulcrum") =>
      showing(id, [{ histogram }, { histogram }], implementation)
    assert.strictEqual(level("mempool curve", curve(1, bins), curve(2, near)), "within half a per cent")
    assert.isUndefined(level("mempool curve", curve(1, bins), curve(2, far)))
    assert.isUndefined(level("mempool curve", curve(1, bins), curve(2, near, "ElectrumX")))
  })

  it("are far apart by the largest difference at any rate", () => {
    const a = curveThrough([[20, 100], [10, 300], [5, 400]])
    const higher = curveThrough([[20, 200], [10, 300], [5, 400]])
    assert.strictEqual(curveDistance(a, a), 0)
    assert.closeTo(curveDistance(a, higher), 0.25, 1e-9)
    assert.closeTo(curveDistance(a, curveThrough([[20, 100], [15, 200], [10, 300], [5, 400]])), 0, 1e-9)
    assert.isAbove(curveDistance(a, higher, 0.1), 0.1)
  })
})

describe("the relay fee of one node", () => {
  const relaying = (id: number, relayFee: number | null) => traitsOf(id, { relayFee })

  it("is one that is no default", () => {
    assert.strictEqual(level("relay fee", relaying(1, 0.000037), relaying(2, 0.000037)), "one unusual fee")
    for (const fee of [0.00001, 0.000001, 0, null]) assert.isUndefined(level("relay fee", relaying(1, fee), relaying(2, fee)), String(fee))
    assert.isUndefined(level("relay fee", relaying(1, 0.000037), relaying(2, 0.000038)))
  })
})

describe("what a watch saw", () => {
  const watched = (id: number, watch: Partial<WatchTraits>) =>
    traitsOf(id, { implementation: "Fulcrum", watch: { from: 0, to: 86_400_000, software: [], changes: [], rareTips: new Set(), tipResiduals: new Map(), events: [], ...watch } })
  const series = (of: (block: number) => number, blocks = 30) => ({ tipResiduals: new Map(Array.from({ length: blocks }, (_, i) => [`block ${i}`, of(i)])) })

  it("is tips that come late and early together", () => {
    const wave = (block: number) => 1_000 * Math.sin(block)
    assert.strictEqual(level("tip arrivals", watched(1, series(wave)), watched(2, series((i) => wave(i) + 50 * (i % 3)))), "correlation 0.8 or more")
    assert.isUndefined(level("tip arrivals", watched(1, series(wave)), watched(2, series((i) => wave(i + 2)))))
    assert.isUndefined(level("tip arrivals", watched(1, series(wave, 19)), watched(2, series(wave, 19))))
    assert.isUndefined(level("tip arrivals", watched(1, series(() => 5)), watched(2, series(() => 5))))
    // Who looks for blocks at a beat is late with others at it, whichever node they ask.
    const beating = (id: number) => ({ ...watched(id, series(wave)), implementation: "ElectrumX" })
    assert.isUndefined(level("tip arrivals", beating(1), beating(2)))
    // One block that came an hour late to both says nothing of the others.
    const stalled = (i: number, ms: number) => i === 7 ? 3_600_000 : ms
    assert.isUndefined(level("tip arrivals", watched(1, series((i) => stalled(i, wave(i)))), watched(2, series((i) => stalled(i, wave(i + 2))))))
  })

  it("is tips that few others showed", () => {
    const tips = (...hashes: ReadonlyArray<string>) => ({ rareTips: new Set(hashes) })
    assert.strictEqual(level("forks seen alike", watched(1, tips("a", "b")), watched(2, tips("b", "a", "c"))), "two or more such tips")
    assert.strictEqual(level("forks seen alike", watched(1, tips("a", "b")), watched(2, tips("b"))), "one such tip")
    assert.isUndefined(level("forks seen alike", watched(1, tips("a")), watched(2, tips("b"))))
  })

  it("is events that coincide beyond their base rate", () => {
    const events = (times: ReadonlyArray<number>, baseRate: number) => ({ events: times.map((at) => ({ at, kind: "went silent", baseRate })) })
    const [hours, minute] = [[1, 5, 9, 20].map((hour) => hour * 3_600_000), 60_000]
    const shifted = hours.map((at) => at + minute / 2)
    assert.strictEqual(level("joint events", watched(1, events(hours, 1e-3)), watched(2, events(shifted, 1e-3))), "three or more, by chance once in 10,000 pairs")
    assert.isUndefined(level("joint events", watched(1, events(hours, 0.5)), watched(2, events(shifted, 0.5))))
    assert.isUndefined(level("joint events", watched(1, events(hours, 1e-3)), watched(2, events(hours.map((at) => at + 2 * minute), 1e-3))))
  })
})
