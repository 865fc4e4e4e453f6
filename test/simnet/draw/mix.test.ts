import { describe, expect, it } from "vitest"
import { drawn, drawnNormal, drawnWait } from "../../../src/simnet/draw/mix.ts"

const amount = 20_000
const over = (draw: (i: number) => number): ReadonlyArray<number> => Array.from({ length: amount }, (_, i) => draw(i))

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length
const correlation = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number => {
  const [ma, mb] = [mean(a), mean(b)]
  const product = (x: ReadonlyArray<number>, mx: number, y: ReadonlyArray<number>, my: number): number =>
    mean(x.map((value, i) => (value - mx) * (y[i]! - my)))
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb))
}

// Standard errors at this amount: 0.002 of a mean, 0.007 of a correlation. Bounds are five of them.
describe("what is drawn for a thing and a purpose", () => {
  it.each([
    ["things", (i: number) => drawn(1, i, 0)],
    ["negative things", (i: number) => drawn(1, -i, 0)],
    ["purposes", (i: number) => drawn(1, 7, i)],
    ["seeds", (i: number) => drawn(i, 7, 0)]
  ])("is spread evenly over %s", (_, draw) => {
    const values = over(draw)
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(0.0102)
    const tenths = Map.groupBy(values, (value) => Math.floor(value * 10))
    for (let tenth = 0; tenth < 10; tenth++) expect(Math.abs(tenths.get(tenth)!.length - amount / 10)).toBeLessThan(215)
  })

  it("says nothing about the next thing, another purpose or another seed", () => {
    const own = over((i) => drawn(1, i, 0))
    for (const other of [over((i) => drawn(1, i + 1, 0)), over((i) => drawn(1, i, 1)), over((i) => drawn(2, i, 0))])
      expect(Math.abs(correlation(own, other))).toBeLessThan(0.036)
  })

  it("can be a wait with mean 1 or nearly normal", () => {
    const waits = over((i) => drawnWait(1, i, 0))
    expect(Math.abs(mean(waits) - 1)).toBeLessThan(0.036)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0)
    const normal = over((i) => drawnNormal(1, i, 0))
    expect(Math.abs(mean(normal))).toBeLessThan(0.036)
    expect(Math.abs(mean(normal.map((value) => value * value)) - 1)).toBeLessThan(0.06)
  })
})
