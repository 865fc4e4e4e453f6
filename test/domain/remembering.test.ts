import { describe, expect, it } from "vitest"
import { remembering, rememberingOf } from "../../src/domain/remembering.ts"

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
})
