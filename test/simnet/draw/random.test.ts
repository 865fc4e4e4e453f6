import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { seededRandom } from "../../../src/simnet/draw/random.ts"

describe("seeded randomness", () => {
  it("repeats for the same seed and name, and differs for others", () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.string(), (seed, one, other) => {
        const draw = (name: string): ReadonlyArray<number> =>
          Array.from(
            { length: 8 },
            (() => {
              const random = seededRandom(seed).fork(name)
              return () => random.bits()
            })()
          )
        expect(draw(one)).toEqual(draw(one))
        if (one !== other) expect(draw(one)).not.toEqual(draw(other))
      }),
      { numRuns: 50 }
    )
  })

  it("is uniform enough and stays in bounds", () => {
    const random = seededRandom(1)
    const counts = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 10_000; i++) counts[random.integer(0, 9)]!++
    // 10,000 draws over 10 values: sd 30.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150)
    expect(random.shuffled([1, 2, 3, 4, 5]).toSorted()).toEqual([1, 2, 3, 4, 5])
  })
})
