import { assert, describe, it } from "vitest"
import { deepDelayMs, deepIntervalMs, deepVisitsDue } from "../../src/crawl/deep-schedule.ts"
import { endpointKey } from "../../src/domain/endpoint.ts"
import type { DueCandidate } from "../../src/domain/probe-due.ts"
import { onion } from "../support/small-database.ts"
import { endpointOf, serverOf } from "../support/store-facts.ts"

const minute = 60_000
const schedule = { crawlId: 7, network: "mainnet", at: 1_000 * minute, delayMs: deepDelayMs }

const candidate = (key: string, changes: Partial<DueCandidate> = {}): DueCandidate => ({
  endpoint: endpointOf(key),
  answeredAt: 900 * minute,
  doneAt: null,
  dueAt: null,
  ...changes
})

const [a, b] = ["a.example.org:50002:s", "b.example.org:50002:s"] as const
const hidden = `${onion}:50001:t`

const brief = (...input: Parameters<typeof deepVisitsDue>) =>
  deepVisitsDue(...input).map(({ dueAt, endpoint, state }) => [endpointKey(endpoint), state, dueAt / minute])

describe("deep visits become due", () => {
  it("half an hour after the regular visit, for one endpoint of every server that answered", () => {
    const servers = [serverOf([hidden, a]), serverOf([b])]
    assert.deepStrictEqual(brief(servers, [candidate(hidden), candidate(a), candidate(b, { answeredAt: 950 * minute })], schedule), [
      [a, "due", 930],
      [b, "due", 980]
    ])
  })

  it("for no server of another chain, without an answer, or that nobody reached", () => {
    const servers = [serverOf([a], "testnet"), serverOf([b]), serverOf([hidden], null, false)]
    assert.deepStrictEqual(brief(servers, [candidate(a), candidate(b, { answeredAt: null })], schedule), [])
  })

  it("not again while one is due, whichever of the server's endpoints that is for", () => {
    const servers = [serverOf([a, b])]
    assert.deepStrictEqual(brief(servers, [candidate(a), candidate(b, { answeredAt: null, dueAt: 905 * minute })], schedule), [])
  })

  it("once for two endpoints that turn out to be one server", () => {
    const servers = [serverOf([a, b])]
    const candidates = [candidate(a, { dueAt: 990 * minute }), candidate(b, { dueAt: 905 * minute })]
    assert.deepStrictEqual(brief(servers, candidates, schedule), [[a, "dropped", 990]])
  })

  it("a day after the last one of the same server at the earliest", () => {
    const servers = [serverOf([a, b])]
    const done = 800 * minute
    assert.deepStrictEqual(brief(servers, [candidate(a), candidate(b, { answeredAt: null, doneAt: done })], schedule), [
      [a, "due", (done + deepIntervalMs) / minute]
    ])
  })

  it("at once where there is no delay, as on simulated networks", () => {
    assert.deepStrictEqual(brief([serverOf([a])], [candidate(a)], { ...schedule, delayMs: 0 }), [[a, "due", 900]])
  })
})
