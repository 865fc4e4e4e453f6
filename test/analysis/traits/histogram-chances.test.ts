import { assert, describe, it } from "vitest"
import { histogramChances, isNearly, type ShownHistogram } from "../../../src/analysis/traits/histogram-chances.ts"

type Bins = ReadonlyArray<readonly [rate: number, size: number]>

const shown = (histogram: Bins, changes: Partial<ShownHistogram> = {}): ShownHistogram => ({
  implementation: "Fulcrum",
  tipHash: "aa",
  histogramText: JSON.stringify(histogram),
  histogram,
  ...changes
})

/** A node of its own: all its sizes differ from those of any other number. */
const own = (node: number): Bins => [20, 12, 9, 7, 5, 4, 3, 2, 1].map((rate, i) => [rate, 100_000 + 5003 * node * (i + 1)] as const)
/** Its node knows one transaction more or less than `own(0)`. */
const lacking = (bin: number): Bins => own(0).map(([rate, size], i) => [rate, i === bin ? size - 220 : size] as const)

const nodes = (count: number): ReadonlyArray<ShownHistogram> => Array.from({ length: count }, (_, i) => shown(own(i + 1)))
const chance = (all: ReadonlyArray<ShownHistogram>, of: ShownHistogram): number => histogramChances(all)(of)

describe("the chance that another node shows the same histogram", () => {
  const fleet = [shown(own(0)), shown(own(0)), shown(own(0))]

  it("falls with the distance of the others and with their number", () => {
    assert.closeTo(chance([...nodes(20), ...fleet], fleet[0]!), 0.5 / 211, 1e-9)
    assert.closeTo(chance([...nodes(60), ...fleet], fleet[0]!), 2.74e-4, 1e-6)
    assert.closeTo(chance([...nodes(2), ...fleet], fleet[0]!), 0.5 / 4, 1e-9)
  })

  it("is not changed by how many servers a fleet has", () => {
    const larger = [...fleet, ...fleet]
    assert.strictEqual(chance([...nodes(20), ...larger], fleet[0]!), chance([...nodes(20), ...fleet], fleet[0]!))
  })

  it("is high where others lack a transaction or two", () => {
    const near = [0, 1, 2, 3, 4].map((bin) => shown(lacking(bin)))
    assert.closeTo(chance([...nodes(15), ...near, ...fleet], fleet[0]!), Math.exp(-1), 1e-9)
  })

  it("is the share of equal pairs where a few values are most servers'", () => {
    const classes = [18, 12, 10].flatMap((size, i) => Array.from({ length: size }, () => shown(own(i))))
    assert.closeTo(chance(classes, classes[0]!), (153 + 66 + 45) / 780, 1e-9)
  })

  it("is 1 for what most servers show, or nobody else, or could not be read, or alone", () => {
    const most = [...nodes(5), ...fleet, ...fleet]
    assert.strictEqual(chance(most, fleet[0]!), 1)
    assert.strictEqual(chance(most, most[0]!), 1)
    assert.strictEqual(chance(fleet.slice(1), fleet[0]!), 1)
    const unread = shown(own(0), { histogram: null })
    assert.strictEqual(chance([...nodes(20), unread, unread], unread), 1)
    assert.strictEqual(chance([...nodes(20), shown([], { histogramText: null })], shown([], { histogramText: null })), 1)
  })

  it("is told by values of its own implementation, at its own tip", () => {
    const others = [0, 1, 2, 3, 4].flatMap((bin) => [shown(lacking(bin), { implementation: "ElectrumX" }), shown(lacking(bin), { tipHash: "bb" })])
    assert.isBelow(chance([...nodes(20), ...others, ...fleet], fleet[0]!), 0.003)
  })
})

describe("histograms of two times", () => {
  it("are nearly the same when more than half of one stands in the other", () => {
    assert.isTrue(isNearly(own(0), lacking(2)))
    assert.isTrue(isNearly([], []))
    assert.isFalse(isNearly(own(0), own(1)))
    assert.isFalse(isNearly(own(0), []))
  })
})
