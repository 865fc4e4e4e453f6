import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { memberText } from "../../src/electrum/member-text.ts"

describe("the text of a member", () => {
  it("keeps how a number was written", () => {
    expect(memberText("{\"jsonrpc\": \"2.0\", \"result\": 1e-05, \"id\": 3}", "result")).toBe("1e-05")
    expect(memberText("{\"id\":3,\"jsonrpc\":\"2.0\",\"result\":[[12.0,30100],[5.5,1]]   }", "result")).toBe("[[12.0,30100],[5.5,1]]")
    expect(memberText("{\"result\":0.00001000}", "result")).toBe("0.00001000")
  })

  it("is that of the object itself, not of what is in it", () => {
    expect(memberText("{\"a\":{\"result\":1},\"b\":\"\\\"result\\\":2,\",\"result\":{\"x\":[\"}\"]}}", "result")).toBe("{\"x\":[\"}\"]}")
    expect(memberText("{\"a\":{\"result\":1}}", "result")).toBeNull()
    expect(memberText("[1]", "result")).toBeNull()
  })

  it("is null for a member that is cut off", () => {
    expect(memberText("{\"id\":1,\"result\":[[12,3010", "result")).toBeNull()
    expect(memberText("{\"id\":1,\"resu", "result")).toBeNull()
    expect(memberText("{\"id\":1,\"result\":12", "result")).toBeNull()
  })

  it("means what JSON.parse says, for any object, spaced or not", () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1), (object, space) => {
      const json = JSON.stringify(object, null, space)
      const parsed = JSON.parse(json) as Record<string, unknown>
      for (const name of Object.keys(parsed)) {
        expect(JSON.parse(memberText(json, name)!)).toEqual(Object.getOwnPropertyDescriptor(parsed, name)!.value)
      }
      expect(memberText(json, "no member has this name but this one")).toBeNull()
    }))
  })

  it("never throws for the beginning of an object", () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (object, cut) => {
      const json = JSON.stringify({ ...object, result: object })
      expect(() => memberText(json.slice(0, cut), "result")).not.toThrow()
    }))
  })
})
