import { describe, expect, it } from "vitest"
import { remembering, rememberingNumber, rememberingNumbers, rememberingOf } from "../../src/domain/remembering.ts"

describe("remembering", () => {
  it("makes each result once, also undefined, and begins anew beyond its limit", () => {
    const made: Array<string> = []
    const lengthOf = remembering(2, (text) => {
      made.push(text)
      return text === "" ? undefined : text.length
    })
    expect(["a", "", "a", "", "a"].map(lengthOf)).toEqual([1, undefined, 1, undefined, 1])
    expect(made).toEqual(["a", ""])
    expect(["bcd", "bcd", "a"].map(lengthOf)).toEqual([3, 3, 1])
    expect(made).toEqual(["a", "", "bcd", "a"])
  })

  it("makes one result for each object, also undefined, and tells equal objects apart", () => {
    const made: Array<object> = []
    const valueOf = rememberingOf((of: { readonly value?: number }) => {
      made.push(of)
      return of.value
    })
    const [one, same, none] = [{ value: 1 }, { value: 1 }, {}]
    expect([one, none, one, same, none].map(valueOf)).toEqual([1, undefined, 1, 1, undefined])
    expect(made).toEqual([one, none, same])
  })

  it("makes one result for each number, also undefined", () => {
    const made: Array<number> = []
    const rootOf = rememberingNumber((number) => {
      made.push(number)
      return number < 0 ? undefined : Math.sqrt(number)
    })
    expect([4, -1, 4, -1, 0].map(rootOf)).toEqual([2, undefined, 2, undefined, 0])
    expect(made).toEqual([4, -1, 0])
  })

  it("makes one result for each two numbers, of which the second may be -1, and hands on both", () => {
    const count = 3
    const made: Array<ReadonlyArray<number>> = []
    const bothOf = rememberingNumbers(count, (first, second) => {
      made.push([first, second])
      return `${first} ${second}`
    })
    const all = [0, 1, 2].flatMap((first) => [-1, 0, 1, 2].map((second) => [first, second] as const))
    for (const round of [all, all]) for (const [first, second] of round) expect(bothOf(first, second)).toBe(`${first} ${second}`)
    expect(made).toEqual(all)
  })
})
