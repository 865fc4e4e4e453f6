import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { nestsDeeperThan } from "../../src/electrum/json-depth.ts"
import { decodeLine, encodeRequest } from "../../src/electrum/json-rpc.ts"
import { storedReplyText } from "../../src/electrum/reply-text.ts"

const decode = (text: string) => decodeLine(Buffer.from(text))

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0

describe("decodeLine", () => {
  it("reads a result, whatever the order of keys, the spacing and the padding", () => {
    for (
      const text of [
        `{"jsonrpc":"2.0","result":[1],"id":7}`,
        `{"id":7,"jsonrpc":"2.0","result":[1]}`,
        `{"jsonrpc": "2.0", "result": [1], "id": 7}`,
        `{"jsonrpc":"2.0","result":[1],"id":7${" ".repeat(900)}}`,
        `{"result":[1],"error":null,"id":7}`,
        `{"id":7,"method":"x","result":[1]}`
      ]
    ) {
      expect(decode(text)).toMatchObject({ _tag: "result", id: 7, idRemark: null, result: [1] })
    }
  })

  it("reads an error as an object, as a bare string, and in forms nobody should send", () => {
    expect(decode(`{"id":1,"error":{"code":-32601,"message":"no"}}`)).toMatchObject({ _tag: "error", code: -32601, message: "no" })
    expect(decode(`{"id":1,"error":"missing header"}`)).toMatchObject({ _tag: "error", code: null, message: "missing header" })
    expect(decode(`{"id":1,"error":{"code":"x"}}`)).toMatchObject({ _tag: "error", code: null, message: `{"code":"x"}` })
    expect(decode(`{"id":1,"error":[5],"result":1}`)).toMatchObject({ _tag: "error", code: null, message: "[5]" })
    expect(decode(`{"id":1,"error":{"code":1e300,"message":null}}`)).toMatchObject({ _tag: "error", code: null, message: "null" })
  })

  it("reads notifications, with and without params", () => {
    expect(decode(`{"jsonrpc":"2.0","method":"blockchain.relayfee"}`)).toMatchObject({
      _tag: "notification",
      method: "blockchain.relayfee",
      params: undefined
    })
    expect(decode(`{"method":"a","params":[1]}`)).toMatchObject({ _tag: "notification", params: [1] })
  })

  it("calls everything else malformed and says why", () => {
    const problem = (text: string) => {
      const line = decode(text)
      return line._tag === "malformed" ? line.problem : line._tag
    }
    expect(problem("")).toBe("not JSON")
    expect(problem("HTTP/1.1 400 Bad Request")).toBe("not JSON")
    expect(problem("\ufeff{}")).toBe("not JSON")
    expect(problem(`{"id":1,"result":NaN}`)).toBe("not JSON")
    expect(problem(`[{"id":1,"result":1}]`)).toBe("batch")
    expect(problem("5")).toBe("not an object")
    expect(problem("null")).toBe("not an object")
    expect(problem(`{"id":1}`)).toBe("neither result nor error")
    expect(problem("[".repeat(1_000_000))).toBe("nested deeper than 32")
    expect(problem(`{"id":1,"result":${"[".repeat(32)}${"]".repeat(32)}}`)).toBe("nested deeper than 32")
    expect(problem(`{"id":1,"result":${"[".repeat(31)}${"]".repeat(31)}}`)).toBe("result")
    expect(problem(`{"id":1,"result":"${"[".repeat(100)}"}`)).toBe("result")
  })

  it("takes an id that changed its form, and says so", () => {
    expect(decode(`{"id":"12","result":1}`)).toMatchObject({ id: 12, idRemark: `id came back as "12"` })
    expect(decode(`{"result":1,"id":1.0}`)).toMatchObject({ id: 1, idRemark: "id came back as 1.0" })
    expect(decode(`{"result":1,"id": 1e0 }`)).toMatchObject({ id: 1, idRemark: "id came back as 1e0" })
    expect(decode(`{"result":1}`)).toMatchObject({ id: null, idRemark: "id missing" })
    expect(decode(`{"id":null,"result":1}`)).toMatchObject({ id: null, idRemark: "id is null" })
    for (const id of ["1.5", "true", "{}", "[1]", `"hs"`, "1e999", "123456789012345678901234567890"]) {
      expect(decode(`{"id":${id},"result":1}`)).toMatchObject({ id: null })
    }
  })

  it("replaces bytes that are no UTF-8 and remarks it", () => {
    const line = decodeLine(Buffer.from(`{"id":1,"result":"caf\xe9"}`, "latin1"))
    expect(line).toMatchObject({ _tag: "result", result: "caf\ufffd", invalidUtf8: true })
    expect(decode(`{"id":1,"result":"café"}`)).toMatchObject({ result: "café", invalidUtf8: false })
  })

  it("never throws, and reads back what JSON can say", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeLine(Buffer.from(bytes))
    }))
    fc.assert(fc.property(fc.nat(), fc.jsonValue({ maxDepth: 5 }), (id, result) => {
      const line = decode(JSON.stringify({ jsonrpc: "2.0", id, result }))
      expect(line).toMatchObject({ _tag: "result", id, idRemark: null })
      expect(line._tag === "result" && line.result).toEqual(JSON.parse(JSON.stringify(result)))
    }))
  })
})

describe("nestsDeeperThan", () => {
  it("agrees with the depth of the parsed value, strings and escapes notwithstanding", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 7 }), (value, limit) => {
      expect(nestsDeeperThan(Buffer.from(JSON.stringify(value)), limit)).toBe(depthOf(JSON.parse(JSON.stringify(value))) > limit)
    }))
  })
})

describe("storedReplyText", () => {
  it("folds padding before the last bracket into one space and nothing else", () => {
    expect(storedReplyText(`{"id":1${" ".repeat(961)}}`)).toBe(`{"id":1 }`)
    expect(storedReplyText(`{"a":"b      c"}`)).toBe(`{"a":"b      c"}`)
    expect(storedReplyText(`[1   ]`)).toBe(`[1 ]`)
    expect(storedReplyText(`      x`)).toBe(`      x`)
    expect(storedReplyText(`}`)).toBe(`}`)
  })

  it("keeps 65,536 characters at the most, well-formed", () => {
    const text = storedReplyText(`${"x".repeat(65_535)}\u{1f600}${"y".repeat(1000)}`)
    expect(text.length).toBe(65_536)
    expect(text.isWellFormed()).toBe(true)
  })

  it("reads a million spaces in no time", () => {
    const started = performance.now()
    storedReplyText(`{"a":1${" ".repeat(2_000_000)}x`)
    storedReplyText(`{"a":1${" ".repeat(2_000_000)}}`)
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe("encodeRequest", () => {
  it("is one line of JSON-RPC 2.0", () => {
    expect(encodeRequest(3, "server.version", ["a\nb", ["1.4", "1.6"]])).toBe(
      `{"jsonrpc":"2.0","id":3,"method":"server.version","params":["a\\nb",["1.4","1.6"]]}\n`
    )
  })
})
