import { assert, describe, it } from "vitest"
import { type DeepReply, silentBehindPing } from "../../../src/probe/deep/deep-reply.ts"
import { malformedFacts } from "../../../src/probe/deep/malformed-response.ts"

const reply = (probe: string, changes: Partial<DeepReply>): DeepReply => ({
  probe,
  method: "server.ping",
  params: [],
  sentMs: 0,
  outcome: "ok",
  raw: "{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":null}",
  octets: null,
  bytes: 38,
  lineEnd: "lf",
  padding: 0,
  result: null,
  errorCode: null,
  errorMessage: null,
  arrivedMs: 1,
  ...changes
})

const nothing = { raw: null, arrivedMs: null, bytes: 0, lineEnd: null, result: undefined } as const
const silent = (probe: string, errorMessage: string | null) => reply(probe, { outcome: "timeout", ...nothing, errorMessage })
const electrumx = { implementation: "ElectrumX", range: null } as const

const error = (probe: string, errorCode: number, errorMessage: string) =>
  reply(probe, { outcome: "error", errorCode, errorMessage, raw: "{}" })

describe("the word for malformed requests", () => {
  it("is the strongest thing that happened, where the software is not known", () => {
    const word = (...replies: ReadonlyArray<DeepReply>) => malformedFacts(replies, null, null).response
    const answered = reply("id-text", {})
    const refused = error("params-text", -32602, "x")
    const closed = reply("batch", { outcome: "closed", ...nothing })
    const silent = reply("id-null", { outcome: "timeout", ...nothing })
    const cut = reply("batch", { outcome: "closed", ...nothing, errorMessage: "an unfinished line: {\"id\"" })
    assert.strictEqual(word(), "not asked")
    assert.strictEqual(word(silent), "empty")
    assert.strictEqual(word(answered, silent), "ok")
    assert.strictEqual(word(answered, refused), "error")
    assert.strictEqual(word(answered, refused, closed), "closed")
    assert.strictEqual(word(refused, closed, cut), "truncated")
    assert.strictEqual(word(cut, reply("empty-batch", { outcome: "throttled", errorCode: -101 })), "refused")
    assert.strictEqual(word(reply("version-extra", {})), "not asked")
  })

  it("is differs where an answer is not the usual one, and says which", () => {
    const found = malformedFacts([
      error("unknown-method", -32601, "method not found"),
      reply("params-text", {}),
      error("empty-batch", -32600, "batch is empty")
    ], electrumx, null)
    assert.strictEqual(found.response, "differs")
    assert.deepStrictEqual(found.differs, [
      "unknown-method: error -32601 in other words where error -32601 is usual",
      "params-text: ok where error -32602 is usual"
    ])
    assert.strictEqual(found.comparedWith, "ElectrumX any")
  })

  it("holds nothing against a server that was in need, cut a line, or gives what any of its releases gives", () => {
    const found = malformedFacts([
      reply("unknown-method", { outcome: "throttled", errorCode: -101, errorMessage: "excessive resource usage" }),
      reply("params-text", { outcome: "closed", ...nothing, errorMessage: "an unfinished line: {" }),
      reply("too-many-params", {})
    ], electrumx, null)
    assert.deepInclude(found, { response: "refused", differs: [] })
  })

  it("holds nothing against a server whose connection was cut, which a stall of ours does to many at once, but that it was closed", () => {
    const ended = (errorMessage: string | null) => malformedFacts([reply("batch", { outcome: "closed", ...nothing, errorMessage })], electrumx, null)
    for (const code of ["ECONNRESET", "EPIPE", "ETIMEDOUT"]) {
      assert.deepInclude(ended(code), { response: "closed", differs: [], answers: { batch: "closed" } })
    }
    assert.deepStrictEqual(ended(null).differs, ["batch: closed where list is usual"])
  })

  it("takes silence for an answer only where a ping behind it was answered", () => {
    const late = malformedFacts([reply("batch", { raw: "[]" }), silent("id-text", null)], electrumx, null)
    assert.deepInclude(late, { response: "ok", differs: [], answers: { batch: "list", "id-text": "timeout" } })
    const mute = malformedFacts([silent("id-text", silentBehindPing)], electrumx, null)
    assert.deepStrictEqual(mute.differs, ["id-text: none where answered is usual"])
  })

  it("says so when malformed and well-formed requests are answered as by two programs", () => {
    const found = malformedFacts([reply("id-text", {})], electrumx, { implementation: "Fulcrum", range: null })
    assert.strictEqual(found.response, "differs")
    assert.deepStrictEqual(found.differs, ["malformed requests are answered as by Fulcrum, well-formed ones as by ElectrumX"])
  })

  it("compares nothing where well-formed handshakes were answered by several servers", () => {
    const handshake = (probe: string, software: string) =>
      reply(probe, { method: "server.version", result: [software, "1.4"], raw: `{"id":1,"result":["${software}","1.4"]}` })
    const other = error("unknown-method", -32601, "Unsupported request: x")
    const deep = { implementation: "Fulcrum", range: null } as const
    const mixed = malformedFacts([handshake("version", "ElectrumX 1.16.0"), handshake("version#2", "Fulcrum 1.12.0"), other], electrumx, deep)
    assert.deepInclude(mixed, {
      response: "error",
      comparedWith: null,
      notCompared: "its connections were answered by different software",
      differs: []
    })
    const dialects = malformedFacts([handshake("no-jsonrpc", "Fulcrum 1.12.0"), handshake("version", "ElectrumX 1.16.0"), other], electrumx, null)
    assert.deepInclude(dialects, { comparedWith: null, differs: [] })
    const changed = malformedFacts([handshake("version", "Fulcrum 1.12.0"), other], { ...electrumx, software: "ElectrumX 1.16.0" }, deep)
    assert.deepInclude(changed, { notCompared: "the regular visit was answered by other software", differs: [] })
    const same = malformedFacts([handshake("version", "ElectrumX 1.16.0"), other], { ...electrumx, software: "ElectrumX 1.16.0" }, null)
    assert.deepInclude(same, { response: "differs", notCompared: null })
  })

  it("compares with what the deep visit behaves like when the regular one was not told apart", () => {
    const deep = { implementation: "Fulcrum", range: { since: "2.1", before: null } } as const
    const found = malformedFacts([error("id-fraction", -32600, "Error parsing JSON key \"id\": no")], null, deep)
    assert.deepInclude(found, { response: "error", differs: [], comparedWith: "Fulcrum >=2.1" })
  })
})
