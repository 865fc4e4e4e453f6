import { describe, expect, it } from "vitest"
import { lineOfPath } from "../../../src/simnet/scenario/json-position.ts"

describe("positions in JSON text", () => {
  it("finds the line of a value, and of the parent of a missing one", () => {
    const text = '{\n "a": [1,\n  {"b\\"]": "x}",\n   "c": [\n 7]}\n ]\n}'
    expect(lineOfPath(text, ["a"])).toBe(2)
    expect(lineOfPath(text, ["a", 1])).toBe(3)
    expect(lineOfPath(text, ["a", 1, "c", 0])).toBe(5)
    expect(lineOfPath(text, ["a", 1, "missing"])).toBe(3)
    expect(lineOfPath(text, [])).toBe(1)
  })
})
