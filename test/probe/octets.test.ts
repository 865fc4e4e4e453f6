import { describe, expect, it } from "vitest"
import { decodeLine } from "../../src/electrum/json-rpc.ts"
import { serverBanner } from "../../src/electrum/methods.ts"
import { type AnsweringLine, replyOf } from "../../src/electrum/reply.ts"
import { bannerOctets } from "../../src/probe/banner-octets.ts"
import { deepObservation, replyOfLine } from "../../src/probe/deep/deep-reply.ts"

const latin1 = (octets: Uint8Array | null): string | null => octets === null ? null : Buffer.from(octets).toString("latin1")

/** The reply to `server.banner` that a line is; each character of the text is a byte of it. */
const reply = (text: string) =>
  replyOf(
    { request: { method: serverBanner, params: [] }, sentMs: 0 },
    decodeLine(Buffer.from(text, "latin1")) as AnsweringLine,
    1,
    "lf"
  )

const octetsOf = (text: string) => latin1(bannerOctets(reply(text)))

describe("the bytes of what is no UTF-8", () => {
  it("are kept of a banner as they stood between its quotes, so that two that look alike as text stay two", () => {
    const one = reply(`{"id":1,"result":"caf\xe9 \\"\\u00e9\\" ,\xa0"  }`)
    const other = reply(`{"id":1,"result":"caf\xe8 \\"\\u00e9\\" ,\xa0"  }`)
    expect(one.result).toBe(other.result)
    expect(latin1(bannerOctets(one))).toBe("caf\xe9 \\\"\\u00e9\\\" ,\xa0")
    expect(latin1(bannerOctets(other))).toBe("caf\xe8 \\\"\\u00e9\\\" ,\xa0")
  })

  it("are those of the banner that counts, where there are two", () => {
    expect(octetsOf(`{"result":"\xe8","id":1,"result":"\xe9"}`)).toBe("\xe9")
  })

  it("are none of a banner that its text says in full", () => {
    expect(octetsOf(`{"id":1,"result":"plain"}`)).toBeNull()
    expect(octetsOf(Buffer.from(`{"id":1,"result":"café \ufffd"}`).toString("latin1"))).toBeNull()
    expect(octetsOf(`{"id":1,"x":"\xe9","result":"plain"}`)).toBeNull()
    expect(octetsOf(`{"id":1,"x":"\xe9","result":null}`)).toBeNull()
    expect(octetsOf(`{"id":1,"error":"\xe9"}`)).toBeNull()
  })

  it("are the escapes of halves of surrogate pairs, which no text can hold either", () => {
    expect(octetsOf(`{"id":1,"result":"\\ud800"}`)).toBe("\\ud800")
    expect(octetsOf(`{"id":1,"result":"\\udfff"}`)).toBe("\\udfff")
    expect(octetsOf(`{"id":1,"result":"\\ud83d\\ude00"}`)).toBeNull()
    expect(reply(`{"id":1,"result":"\\ud800"}`)).toMatchObject({ raw: `{"id":1,"result":"\\ud800"}`, octets: null })
  })

  it("are bounded and hold on to nothing, and of a banner that is longer they are all that is kept of its line", () => {
    const line = `{"id":1,"result":"${"\xe9".repeat(100_000)}"}`
    const { octets } = reply(line)
    expect([octets?.length, octets?.buffer.byteLength]).toEqual([65_536, 65_536])
    expect(octetsOf(line)).toBe(line.slice(0, 65_536))
  })

  it("are a copy: what the line was read from is used again", () => {
    const line = Buffer.from(`{"id":1,"result":"\xe9"}`, "latin1")
    const { octets } = decodeLine(line)
    line.fill(0)
    expect(latin1(octets)).toBe(`{"id":1,"result":"\xe9"}`)
  })

  it("are kept of deep replies too, garbage included, with their padding", () => {
    const asked = { probe: "garbage", method: "server.ping", params: [], sentMs: 0 }
    const heard = (text: string) =>
      deepObservation(replyOfLine(asked, { atMs: 1, crlf: false, line: decodeLine(Buffer.from(text, "latin1")) }))
    expect(latin1(heard("g\xe4rbage").replyOctets)).toBe("g\xe4rbage")
    expect(latin1(heard(`{"id":1,"result":"\xe4"    }`).replyOctets)).toBe(`{"id":1,"result":"\xe4"    }`)
    expect(heard("garbage").replyOctets).toBeNull()
  })
})
