import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CostLedger } from "../../../src/crawl/cost-ledger.ts"
import { Frontier } from "../../../src/crawl/frontier.ts"
import { Replica } from "../../../src/crawl/shared/replica.ts"
import type { Claim, Named, SharedEvent } from "../../../src/crawl/shared/shared-event.ts"

const replica = () => new Replica(
  new Frontier({ maxEndpoints: 1000, portsPerHost: 8, allEndpoints: false, defaultPorts: { tcp: 50_001, tls: 50_002 } }),
  new CostLedger([]),
  2
)
const named = (host: string): Named => ({ host, networkClass: "name", address: null, services: [{ transport: "tls", port: 50_002 }, { transport: "tcp", port: 50_001 }] })
const learned = (...hosts: ReadonlyArray<string>): SharedEvent => ({ _tag: "learned", bySeed: false, accepted: 100, named: hosts.map(named) })
const taken = (key: string, runner = "one"): SharedEvent => ({ _tag: "taken", key, runner, until: 1000 })
const claim = (host: string, address = "192.0.2.1"): Claim => ({ host, target: address, occupies: [address], blocks: ["192.0.2.0/24"], units: 290 })
const visited = (key: string, reachable = true): SharedEvent => ({ _tag: "visited", key, reachable, cost: 40, dialled: null, reason: null, claims: [] })

describe("what runners of a shared crawl know alike", () => {
  it("is a frontier in which an endpoint that one has is nobody else's, until its lease ends", () => {
    const one = replica()
    for (const event of [learned("a.example.org", "b.example.org"), taken("a.example.org:50002:s")]) one.apply(event, 1)
    expect(one.frontier.next()!.key).toBe("b.example.org:50002:s")
    expect(one.holderOf("a.example.org:50002:s")).toBe("one")
    one.apply({ _tag: "lapsed", key: "a.example.org:50002:s", runner: "one" }, 2000)
    expect(one.holderOf("a.example.org:50002:s")).toBeNull()
    expect(one.frontier.counts()).toMatchObject({ due: 2, inFlight: 0 })
  })

  it("has one connection an address and so many a block, whoever has them", () => {
    const one = replica()
    one.apply(learned("a.example.org", "b.example.org"), 1)
    one.apply(taken("a.example.org:50002:s"), 1)
    one.apply({ _tag: "entered", key: "a.example.org:50002:s", claim: claim("a.example.org") }, 2)
    expect(one.isBusy(claim("c.example.org"))).toBe(true)
    expect(one.isBusy(claim("c.example.org", "192.0.2.9"))).toBe(false)
    one.apply(taken("b.example.org:50002:s", "two"), 3)
    one.apply({ _tag: "entered", key: "b.example.org:50002:s", claim: claim("b.example.org", "192.0.2.2") }, 3)
    expect(one.isBusy(claim("c.example.org", "192.0.2.9"))).toBe(true)
    one.apply(visited("b.example.org:50002:s"), 4)
    expect(one.isBusy(claim("c.example.org", "192.0.2.9"))).toBe(false)
  })

  it("owes what a visit did cost, and of one that nobody tells of the most that it may have cost", () => {
    const one = replica()
    one.apply(learned("a.example.org"), 1)
    one.apply(taken("a.example.org:50002:s"), 1)
    one.apply({ _tag: "entered", key: "a.example.org:50002:s", claim: claim("a.example.org") }, 2)
    expect(one.ledger.balance("192.0.2.1", 2)).toBe(290)
    one.apply({ _tag: "lapsed", key: "a.example.org:50002:s", runner: "one" }, 3)
    expect(one.ledger.balance("192.0.2.1", 3)).toBe(290)
    one.apply(taken("a.example.org:50002:s", "two"), 3)
    one.apply({ _tag: "entered", key: "a.example.org:50002:s", claim: claim("a.example.org") }, 3)
    one.apply(visited("a.example.org:50002:s"), 4)
    expect(one.ledger.balance("192.0.2.1", 4)).toBeCloseTo(330, 0)
    expect(one.takeBookings()).toHaveLength(4)
    expect(one.takeBookings()).toHaveLength(0)
  })

  it("is the same for all who apply the same steps, though they choose in another order", () => {
    fc.assert(fc.property(fc.array(fc.nat(5), { maxLength: 60 }), (choices) => {
      const [one, two] = [replica(), replica()]
      const both = (event: SharedEvent, at: number) => expect(one.apply(event, at)).toEqual(two.apply(event, at))
      both(learned("a.example.org", "b.example.org", "c.example.org"), 0)
      const held: Array<string> = []
      for (const [at, choice] of choices.entries()) {
        // The other looks too, and takes nothing.
        two.frontier.next()
        const next = one.frontier.next()
        if (choice < 2 && next !== undefined) {
          held.push(next.key)
          both(taken(next.key), at)
        } else if (choice < 4 && held.length > 0) both(visited(held.shift()!, choice === 2), at)
        else if (choice === 4 && held.length > 0) both({ _tag: "lapsed", key: held.pop()!, runner: "one" }, at)
        else both(choice === 5 ? learned(`h${at}.example.org`) : { _tag: "advanced" }, at)
        expect(one.frontier.counts()).toEqual(two.frontier.counts())
        expect(one.underWay).toBe(held.length)
      }
    }))
  })
})
