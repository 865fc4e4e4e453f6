import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { EntryTable } from "../../src/electrum/entry-table.ts"
import { decodeLine, encodeRequest } from "../../src/electrum/json-rpc.ts"
import { maxDepth, scanJson } from "../../src/electrum/json-scan.ts"
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
    expect(decode(`{"id":1,"error":{"code":-32601,"message":"no"}}`)).toMatchObject({
      _tag: "error",
      code: -32601,
      message: "no"
    })
    expect(decode(`{"id":1,"error":"missing header"}`)).toMatchObject({
      _tag: "error",
      code: null,
      message: "missing header"
    })
    expect(decode(`{"id":1,"error":{"code":"x"}}`)).toMatchObject({
      _tag: "error",
      code: null,
      message: `{"code":"x"}`
    })
    expect(decode(`{"id":1,"error":[5],"result":1}`)).toMatchObject({ _tag: "error", code: null, message: "[5]" })
    expect(decode(`{"id":1,"error":{"code":1e300,"message":null}}`)).toMatchObject({
      _tag: "error",
      code: null,
      message: "null"
    })
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
    expect(line).toMatchObject({ _tag: "result", result: "caf\ufffd", octets: new Uint8Array(Buffer.from(`{"id":1,"result":"caf\xe9"}`, "latin1")) })
    expect(decode(`{"id":1,"result":"café"}`)).toMatchObject({ result: "café", octets: null })
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

describe("decodeLine with a table of entries", () => {
  /** JSON with odd spacing, so that equal values have different texts. */
  const spaced = (value: unknown, space: string): string =>
    Array.isArray(value)
      ? `[${space}${value.map((it) => spaced(it, space)).join(`${space},${space}`)}${space}]`
      : JSON.stringify(value)

  const list = fc.array(
    fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(["203.0.113.1", "é[,]\"", ["s1"]], ["203.0.113.1", "é[,]\"", ["s1"], []], ["203.0.113.12", "b.example", ["s50002"]], ["c"])
    ),
    { maxLength: 8 }
  )
  const envelope = fc.constantFrom(
    (text: string) => `{"jsonrpc":"2.0","result":${text},"id":1}`,
    (text: string) => `{"id":1,"jsonrpc":"2.0","result":${text}}`,
    (text: string) => `{"jsonrpc": "2.0", "result" : ${text}, "id": 1   }`,
    (text: string) => `{"result":5,"x":[1,2,3],"result":${text},"id":1}`,
    (text: string) => `{"x":{"result":[1,2,3]},"result":${text},"id":1}`,
    (text: string) => `{"result":${text},"result":{"result":[1,2]},"id":1}`,
    (text: string) => `{"a":"\\\\","result":${text},"b":"\\"result\\":[1,2,3","id":1}`
  )

  it("reads what it reads without one, whatever is broken", () => {
    const table = new EntryTable()
    const breakage = fc.option(fc.tuple(fc.nat(300), fc.constantFrom("", ",", "]", "[", "\"", "\\", " ", "x", "\t")))
    fc.assert(fc.property(list, envelope, fc.constantFrom("", " ", "  "), breakage, (values, wrap, space, broken) => {
      let text = wrap(spaced(JSON.parse(JSON.stringify(values)), space))
      if (broken !== null) {
        const at = broken[0] % text.length
        text = text.slice(0, at) + broken[1] + text.slice(at + 1)
      }
      expect(decodeLine(Buffer.from(text), table)).toEqual(decode(text))
    }), { numRuns: 2000 })
  })

  it("gives equal entries as one object, however they are spaced and in whatever reply they come", () => {
    const table = new EntryTable()
    const entries = [["203.0.113.1", "a", ["s1"]], ["203.0.113.2", "b", ["s2"]]]
    const read = (text: string) => {
      const line = decodeLine(Buffer.from(text), table)
      return line._tag === "result" ? line.result as ReadonlyArray<unknown> : []
    }
    const compact = read(`{"result":${JSON.stringify(entries)},"id":1}`)
    const loose = read(`{"id":2,"result":${spaced(entries, " ")}}`)
    expect(compact).toEqual(entries)
    expect(loose[0]).toBe(compact[0])
    expect(loose[1]).toBe(compact[1])
    expect(table.sharedText(compact[0])).toBe(`["203.0.113.1","a",["s1"]]`)
    expect(table.sharedText(["not", "known"])).toBeUndefined()
  })

  it("reads a list rightly in whose middle the table begins anew", () => {
    const table = new EntryTable()
    const { numbering } = table
    // All of one length: what stood before where another stands now would pass for it.
    const entryOf = (i: number) => [`203.0.113.${100 + i % 100}`, `peer${100_000 + i}.example.org`, ["v1.4", `s${100_000 + i}`]]
    const read = (entries: ReadonlyArray<unknown>) => decodeLine(Buffer.from(`{"id":1,"result":${JSON.stringify(entries)}}`), table)
    const known = Array.from({ length: 20 }, (_, i) => entryOf(i))
    read(known)
    let anew = 0
    for (let i = 20; anew === 0; i += 20) {
      const list = [...known.slice(0, 10), ...Array.from({ length: 20 }, (_, k) => entryOf(i + k)), ...known.slice(10)]
      expect(read(list)).toMatchObject({ result: list })
      if (table.numbering !== numbering) anew = i
    }
    expect(anew).toBeGreaterThan(1000)
    expect(read([...known, entryOf(anew), entryOf(anew + 19)])).toMatchObject({ result: [...known, entryOf(anew), entryOf(anew + 19)] })
  })
})

describe("scanJson", () => {
  it("agrees with the depth of the parsed value, strings and escapes notwithstanding", () => {
    const nest = (value: unknown, levels: number): string =>
      "[".repeat(levels) + JSON.stringify(value) + "]".repeat(levels)
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 24, max: 34 }), (value, levels) => {
      const depth = levels + depthOf(JSON.parse(JSON.stringify(value)))
      expect(scanJson(Buffer.from(nest(value, levels))).tooDeep).toBe(depth > maxDepth)
    }))
  })

  it("notes no more than 10,000 elements", () => {
    const listOf = (length: number) => `{"result":[${Array.from({ length }, (_, i) => i).join(",")}]}`
    expect(scanJson(Buffer.from(listOf(9_999))).cuts?.length).toBe(10_000)
    expect(scanJson(Buffer.from(listOf(20_000))).cuts).toBeNull()
    expect(decodeLine(Buffer.from(listOf(20_000)), new EntryTable())).toMatchObject({ _tag: "result" })
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

  it("folds two million spaces, also before what is no end", () => {
    expect(storedReplyText(`{"a":1${" ".repeat(2_000_000)}x`).length).toBeLessThanOrEqual(65_536)
    expect(storedReplyText(`{"a":1${" ".repeat(2_000_000)}}`)).toBe(`{"a":1 }`)
  })
})

describe("encodeRequest", () => {
  it("is one line of JSON-RPC 2.0", () => {
    expect(encodeRequest(3, "server.version", ["a\nb", ["1.4", "1.6"]])).toBe(
      `{"jsonrpc":"2.0","id":3,"method":"server.version","params":["a\\nb",["1.4","1.6"]]}\n`
    )
  })
})
