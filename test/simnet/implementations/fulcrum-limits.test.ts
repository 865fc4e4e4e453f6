import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { NodeThrottle, SubscriptionBudget } from "../../../src/simnet/implementations/fulcrum/limits.ts"
import { clientAt } from "../../../src/simnet/model/client.ts"
import { plainTcp, request } from "../../support/plain-client.ts"
import { startServer } from "../../support/start-server.ts"

describe("a simulated Fulcrum", () => {
  it("reads nothing more from who asks its node too much, until most of it is forgotten", () => {
    const throttle = new NodeThrottle()
    for (let i = 0; i < 50; i++) throttle.ask("blockchain.estimatefee", 0)
    for (let i = 0; i < 500; i++) throttle.ask("server.ping", 0)
    expect(throttle.wait(0)).toBe(0)
    throttle.ask("blockchain.transaction.get", 0)
    // From 51 to 20 at five a second.
    expect(throttle.wait(0)).toBe(6200)
    expect(throttle.wait(6000)).toBeCloseTo(200, 6)
    expect(throttle.wait(6200)).toBe(0)
    // 25 on the books again are fewer than 50.
    for (let i = 0; i < 5; i++) throttle.ask("blockchain.estimatefee", 6200)
    expect(throttle.wait(6200)).toBe(0)
  })

  it("counts subscriptions of all connections of an address", () => {
    const budget = new SubscriptionBudget(3)
    const [one, other] = [clientAt("198.51.100.7"), clientAt("198.51.100.8")]
    expect([1, 2, 3, 4].map(() => budget.take(one))).toEqual([true, true, true, false])
    expect(budget.take(other)).toBe(true)
    expect(budget.take(null)).toBe(true)
    budget.give(one, 2)
    expect([1, 2, 3].map(() => budget.take(one))).toEqual([true, true, false])
  })

  it.live("goes silent in the middle of many requests to its node, and refuses a batch of 346", () =>
    Effect.gen(function*() {
      const server = yield* startServer({ software: "Fulcrum 1.12.0" })
      yield* Effect.promise(async () => {
        const client = plainTcp(server.tcpPort)
        client.send(Array.from({ length: 60 }, (_, id) => request(id, "blockchain.estimatefee", [2])).join(""))
        await client.until((c) => c.lines().length === 51)
        await expect(client.until((c) => c.lines().length > 51, 300)).rejects.toThrow("not within")
        client.destroy()

        const pings = (count: number): string =>
          `[${Array.from({ length: count }, (_, id) => request(id, "server.ping").trim()).join(",")}]\n`
        const batches = plainTcp(server.tcpPort)
        batches.send(pings(345) + pings(346))
        await batches.until((c) => c.lines().length === 2)
        expect(JSON.parse(batches.lines()[0]!)).toHaveLength(345)
        expect(JSON.parse(batches.lines()[1]!)).toMatchObject({ id: null, error: { code: 4, message: "Batch limit exceeded" } })
        batches.destroy()
      })
    }).pipe(Effect.scoped)
  )
})
