import { describe, expect, it } from "vitest"
import type { Reply } from "../../src/electrum/reply.ts"
import { featuresProbe, peersProbe } from "../../src/probe/catalogue.ts"
import { observationOf } from "../../src/probe/observation.ts"

const replyWith = (overrides: Partial<Reply>): Reply => ({
  request: peersProbe(1),
  sentMs: 1,
  latencyMs: 2,
  outcome: "ok",
  result: [],
  errorCode: null,
  errorMessage: null,
  raw: "x".repeat(5000),
  bytes: 5001,
  ...overrides
})

describe("an observation", () => {
  it("keeps of a peer list as received only the beginning, of every other reply all", () => {
    const kept = (reply: Reply) => observationOf(peersProbe(1), reply).replyRaw?.length
    expect(kept(replyWith({}))).toBe(1000)
    expect(kept(replyWith({ outcome: "malformed" }))).toBe(5000)
    expect(kept(replyWith({ request: featuresProbe }))).toBe(5000)
    expect(kept(replyWith({ outcome: "timeout", raw: null }))).toBeUndefined()
  })
})
