import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { clientAt } from "../../../src/simnet/model/client.ts"
import { RequestLog, requestsOfLine } from "../../../src/simnet/server/request-log.ts"

const hash = "ab".repeat(32)
const line = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

describe("the log of requests", () => {
  it("takes method, what the client calls itself, and script hashes, but no other hashes", () => {
    expect(requestsOfLine(line({ id: 0, method: "server.version", params: ["electrum/4.3.4", "1.4"] })))
      .toEqual([{ method: "server.version", client_name: "electrum/4.3.4", script_hashes: [] }])
    expect(requestsOfLine(line({ id: 1, method: "blockchain.scripthash.subscribe", params: [hash.toUpperCase()] })))
      .toEqual([{ method: "blockchain.scripthash.subscribe", client_name: null, script_hashes: [hash] }])
    expect(requestsOfLine(line({ id: 2, method: "blockchain.transaction.get", params: [hash] })))
      .toEqual([{ method: "blockchain.transaction.get", client_name: null, script_hashes: [] }])
    expect(requestsOfLine(line({ id: 3, method: "blockchain.scripthash.get_history", params: { scripthash: hash } })))
      .toEqual([{ method: "blockchain.scripthash.get_history", client_name: null, script_hashes: [hash] }])
  })

  it("has every member of a batch, and nothing of what is no request", () => {
    expect(requestsOfLine(line([{ method: "a" }, 7, { method: 7 }, null, { method: "b", params: "text" }])).map(({ method }) => method))
      .toEqual(["a", "b"])
    expect(requestsOfLine(Buffer.from("not JSON"))).toEqual([])
  })

  it("is bounded, whatever clients send", () => {
    fc.assert(fc.property(fc.oneof(fc.json().map(Buffer.from), fc.uint8Array().map(Buffer.from)), (bytes) => {
      for (const { client_name, method, script_hashes } of requestsOfLine(bytes)) {
        expect(method.length).toBeLessThanOrEqual(100)
        expect(client_name?.length ?? 0).toBeLessThanOrEqual(100)
        for (const text of script_hashes) expect(text).toMatch(/^[0-9a-f]{64}$/)
      }
    }))
    expect(requestsOfLine(line({ method: "m".repeat(10_000) }))[0]!.method).toHaveLength(100)
  })

  it("numbers connections over all servers, with the time of each request and where its client came from", () => {
    const written: Array<unknown> = []
    let now = 1000
    const log = new RequestLog((request) => written.push(request), () => now++)
    const [one, two] = [log.session("a", clientAt("198.51.100.7")), log.session("b", null)]
    two(line({ method: "x" }))
    one(line({ method: "y" }))
    expect(written).toEqual([
      { at: 1000, server: "b", session: 2, client: null, method: "x", client_name: null, script_hashes: [] },
      { at: 1001, server: "a", session: 1, client: "198.51.100.7", method: "y", client_name: null, script_hashes: [] }
    ])
  })
})
