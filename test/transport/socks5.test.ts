import { array, assert, boolean, nat, oneof, property, uint8Array } from "fast-check"
import { describe, expect, it } from "vitest"
import { Socks5Handshake, type SocksStep } from "../../src/transport/socks5.ts"

const credentials = { username: "me", password: "secret" }

/** Cuts bytes at the given places. */
const chunksOf = (bytes: Buffer, cuts: ReadonlyArray<number>): Array<Buffer> => {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  return places.slice(1).map((end, i) => bytes.subarray(places[i]!, end))
}

/** Feeds chunks until an end; what follows the end in later chunks is given back too. */
const run = (handshake: Socks5Handshake, chunks: ReadonlyArray<Buffer>) => {
  const written: Array<Buffer> = []
  for (const [i, chunk] of chunks.entries()) {
    const step: SocksStep = handshake.push(chunk)
    if (step._tag === "continue") {
      if (step.bytes !== null) written.push(step.bytes)
      continue
    }
    return { step, written: Buffer.concat(written), rest: Buffer.concat(chunks.slice(i + 1)) }
  }
  return { step: undefined, written: Buffer.concat(written), rest: Buffer.alloc(0) }
}

const boundAddress = oneof(
  uint8Array({ minLength: 4, maxLength: 4 }).map((a) => Buffer.from([1, ...a])),
  uint8Array({ minLength: 16, maxLength: 16 }).map((a) => Buffer.from([4, ...a])),
  uint8Array({ maxLength: 255 }).map((a) => Buffer.from([3, a.length, ...a]))
)
const cuts = array(nat(600), { maxLength: 12 })

describe("SOCKS5 handshake", () => {
  it("asks as RFC 1928 says: no authentication, a name unresolved", () => {
    const handshake = new Socks5Handshake("example.org", 50002, null)
    expect([...handshake.greeting]).toEqual([5, 1, 0])
    expect(handshake.requested).toBe(false)
    expect(handshake.push(Buffer.from([5, 0]))).toEqual({
      _tag: "continue",
      bytes: Buffer.from([5, 1, 0, 3, 11, ...Buffer.from("example.org"), 0xc3, 0x52])
    })
    expect(handshake.requested).toBe(true)
  })

  it("writes address literals as bytes", () => {
    const request = (host: string) => {
      const step = new Socks5Handshake(host, 1, null).push(Buffer.from([5, 0]))
      return step._tag === "continue" ? [...step.bytes!] : []
    }
    expect(request("34.90.1.2")).toEqual([5, 1, 0, 1, 34, 90, 1, 2, 0, 1])
    expect(request("2001:db8::5")).toEqual([5, 1, 0, 4, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 1])
  })

  it("finds the tunnel and the peer's first bytes, however the replies are cut", () => {
    assert(property(boundAddress, uint8Array({ maxLength: 300 }), cuts, boolean(), (bound, peer, cuts, secret) => {
      const handshake = new Socks5Handshake("a.example", 50001, secret ? credentials : null)
      // Each answer follows its question, so no chunk spans two of them.
      const answers = [...(secret ? [[5, 2], [1, 0]] : [[5, 0]]), [5, 0, 0, ...bound, 0x12, 0x34, ...peer]]
      const { rest, step, written } = run(handshake, answers.flatMap((bytes) => chunksOf(Buffer.from(bytes), cuts)))
      const authentication = secret ? [1, 2, ...Buffer.from("me"), 6, ...Buffer.from("secret")] : []
      const request = [5, 1, 0, 3, 9, ...Buffer.from("a.example"), 0xc3, 0x51]
      expect([...written]).toEqual([...authentication, ...request])
      expect(step?._tag).toBe("connected")
      expect(Buffer.concat([step?._tag === "connected" ? step.leftover : Buffer.alloc(0), rest])).toEqual(Buffer.from(peer))
    }))
  })

  it.each([
    [1, "proxy"],
    [2, "proxy"],
    [3, "unreachable"],
    [4, "unreachable"],
    [5, "refused"],
    [6, "connect timeout"],
    [7, "proxy"],
    [8, "proxy"],
    [9, "proxy"],
    [0xf0, "unreachable"],
    [0xf1, "unreachable"],
    [0xf2, "unreachable"],
    [0xf3, "unreachable"],
    [0xf4, "unreachable"],
    [0xf5, "unreachable"],
    [0xf6, "unreachable"],
    [0xf7, "connect timeout"],
    [0xff, "proxy"]
  ])("knows reply code %i as %s, as soon as it is there", (code, reason) => {
    const handshake = new Socks5Handshake("a.example", 50001, null)
    handshake.push(Buffer.from([5, 0]))
    const step = handshake.push(Buffer.from([5, code]))
    expect(step).toMatchObject({ _tag: "failed", refusal: { reason } })
    expect(step._tag === "failed" && step.refusal.detail).toContain(`0x${code.toString(16).padStart(2, "0")}`)
  })

  it.each([
    ["an HTTP server", [..."HTTP/1.1 400"].map((c) => c.charCodeAt(0)), "not a SOCKS5 proxy (answered 0x48)"],
    ["SOCKS4", [4, 0], "not a SOCKS5 proxy (answered 0x04)"],
    ["a proxy that wants what we have not", [5, 0xff], "no acceptable authentication"],
    ["a proxy that chooses what was not offered", [5, 1], "chose method 0x01, not offered"],
    ["credentials asked for though none were offered", [5, 2], "chose method 0x02, not offered"],
    ["a reply of another version", [5, 0, 4, 0], "no SOCKS5 reply (began with 0x04)"],
    ["an address type nobody defined", [5, 0, 5, 0, 0, 9, 0], "reply with address type 0x09"],
    ["a reply to a request not sent yet", [5, 0], "answered before it was asked", [5, 0, 0, 1]]
  ])("calls %s a failure of the proxy", (_, bytes, detail, glued: Array<number> = []) => {
    const chunks = [Buffer.from([...bytes.slice(0, 2), ...glued]), Buffer.from(bytes.slice(2))]
    const { step } = run(new Socks5Handshake("a.example", 1, null), chunks)
    expect(step).toEqual({ _tag: "failed", refusal: { reason: "proxy", detail } })
  })

  it("says when credentials are refused", () => {
    const { step } = run(new Socks5Handshake("a.example", 1, credentials), [Buffer.from([5, 2]), Buffer.from([1, 1])])
    expect(step).toEqual({ _tag: "failed", refusal: { reason: "proxy", detail: "credentials refused" } })
  })

  it("ends, fails or waits on any bytes, alike for any cutting", () => {
    const asked = () => {
      const handshake = new Socks5Handshake("a.example", 1, null)
      handshake.push(Buffer.from([5, 0]))
      return handshake
    }
    const nearly = oneof(
      uint8Array({ maxLength: 400 }),
      uint8Array({ maxLength: 400 }).map((tail) => Uint8Array.from([5, 0, 0, ...tail]))
    )
    const verdict = (step: SocksStep | undefined) => step?._tag === "failed" ? step.refusal : step?._tag
    assert(property(nearly, cuts, (bytes, cuts) => {
      const whole = run(asked(), [Buffer.from(bytes)])
      const cut = run(asked(), chunksOf(Buffer.from(bytes), cuts))
      expect(verdict(cut.step)).toEqual(verdict(whole.step))
    }))
  })
})
