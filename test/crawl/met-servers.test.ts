import { describe, expect, it } from "vitest"
import { CostLedger } from "../../src/crawl/cost-ledger.ts"
import { MetServers } from "../../src/crawl/met-servers.ts"

/** How much each of these hosts is thought to have used, after 1, 10, 100, ... units were booked for each. */
const inUse = (visits: ReadonlyArray<readonly [host: string, claims: ReadonlyArray<string>]>, hosts: ReadonlyArray<string>) => {
  const ledger = new CostLedger([])
  const met = new MetServers(ledger)
  for (const [host, claims] of visits) met.meet({ host }, claims)
  for (const [i, host] of hosts.entries()) ledger.charge({ host, target: host }, 10 ** i, null, 0)
  return hosts.map((host) => Number(/^ledger: (\d+) /.exec(ledger.refusal({ host, target: host }, 0, 1_000_000)!.detail)![1]))
}

const [a, b, c, d] = ["a.example.org", "b.example.org", "c.example.org", "d.example.org"] as const

describe("servers that were met", () => {
  it("are on one budget when their hosts claim each other, in whatever order they come", () => {
    const visits = [[a, [a, b, c]], [b, [a, b, c]], [c, [c, a, b]], [d, [d]]] as const
    expect(inUse(visits, [a, b, c, d])).toEqual([111, 111, 111, 1000])
    expect(inUse(visits.toReversed(), [a, b, c, d])).toEqual([111, 111, 111, 1000])
  })

  it("are one also where two that were joined before turn out to be one", () => {
    expect(inUse([[a, [a, b]], [b, [a, b, c]], [d, [d, c]], [c, [c, d, b]]], [a, b, c, d])).toEqual([1111, 1111, 1111, 1111])
  })

  it("are not joined by one side's claim, however often it is made", () => {
    expect(inUse([[a, [a, c]], [b, [b, c]], [c, [c]], [c, [c, d]], [a, [a, c]]], [a, b, c])).toEqual([1, 10, 100])
  })

  it("are not joined because a stranger's name led to one of them and now leads elsewhere", () => {
    // By name a the honest server b was reached, which shows its own features; then the stranger's own, which claims b.
    expect(inUse([[b, [b]], [a, [b]], [a, [a, b]]], [a, b])).toEqual([1, 10])
  })

  it("are not joined by words that are no public host", () => {
    expect(inUse([[a, ["localhost", "0.0.0.0"]], [b, ["localhost", "0.0.0.0"]]], [a, b])).toEqual([1, 10])
  })
})
