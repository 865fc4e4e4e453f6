import { describe, expect, it } from "vitest"
import { withShortList } from "../../src/probe/list-text.ts"
import { observationOf } from "../support/store-facts.ts"

const method = "server.peers.subscribe"
const reply = `{"id":1,"result":[${Array.from({ length: 60 }, (_, i) => `["34.90.1.${i}","host${i}.example.org",["s"]]`).join(",")}]}`

describe("the beginning of a peer list's text", () => {
  it("ends with a whole entry, so that no half of a host's name is left of it", () => {
    for (let before = 0; before < 50; before++) {
      const text = " ".repeat(before) + reply
      const octets = new Uint8Array(Buffer.from(text))
      const { replyOctets, replyRaw } = withShortList(observationOf("peers#1", { method, replyRaw: text, replyOctets: octets }))
      expect(replyRaw!.length).toBeGreaterThan(900)
      expect(replyRaw!.length).toBeLessThanOrEqual(1000)
      expect(text.startsWith(replyRaw!)).toBe(true)
      expect(replyRaw).toMatch(/"s"\]\]?$/)
      expect(Buffer.from(replyOctets!).toString()).toBe(replyRaw)
    }
  })

  it("is as long as is kept where there is no entry, and all of a short one, and of what is no list", () => {
    const lengthOf = (replyRaw: string, more = {}) => withShortList(observationOf("peers#1", { method, replyRaw, ...more })).replyRaw!.length
    expect([lengthOf("x".repeat(5000)), lengthOf("[]"), lengthOf("x".repeat(5000), { method: "server.banner" })]).toEqual([1000, 2, 5000])
  })
})
