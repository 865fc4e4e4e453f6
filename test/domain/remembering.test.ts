import { describe, expect, it } from "vitest"
import { remembering } from "../../src/domain/remembering.ts"

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
})
