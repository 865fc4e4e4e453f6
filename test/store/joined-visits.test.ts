import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Store } from "../../src/store/store.ts"
import { answeredVisit, crawlStart, failedVisit, serverOf, someTime } from "../support/store-facts.ts"

const hour = 3_600_000
const day = 24 * hour

const keyOf = (host: string) => `${host}.example.org:50002:s`
const proxied = { address: null, resolvedBy: "proxy", addresses: [], via: "proxy" } as const

/** A crawl in which each of these groups of hosts was one server. Hosts in capitals failed. */
const crawlOf = (groups: ReadonlyArray<ReadonlyArray<string>>, startedAt: number, dial: Parameters<typeof answeredVisit>[1] = { dial: proxied }) =>
  Effect.flatMap(Store, (store) =>
    Effect.gen(function*() {
      const crawlId = yield* store.startCrawl(crawlStart({ startedAt }))
      for (const host of groups.flat()) {
        const visit = host === host.toLowerCase() ? answeredVisit : failedVisit
        yield* store.record(crawlId, [{ _tag: "visit", visit: visit(keyOf(host.toLowerCase()), { startedAt, ...dial }) }])
      }
      yield* store.flush
      yield* store.record(crawlId, [{ _tag: "servers", servers: groups.map((hosts) => serverOf(hosts.map((host) => keyOf(host.toLowerCase())))) }])
      yield* store.endCrawl(crawlId, "finished", startedAt)
      yield* store.flush
    }))

/** The hosts of each server, the same hosts in several crawls once. */
const joinedAt = (now: number, network = "mainnet") =>
  Effect.flatMap(Store, (store) => store.joinedVisits(network, now)).pipe(
    Effect.map((visits) => {
      const servers = Map.groupBy(visits, ({ crawlId, serverId }) => `${crawlId} ${serverId}`)
      return [...new Set([...servers.values()].map((of) => of.map(({ host }) => host.split(".")[0]).join("")))]
    })
  )

const inMemory = <A, E>(test: Effect.Effect<A, E, Store>) => test.pipe(Effect.provide(Store.layer(":memory:")), Effect.provide(NodeServices.layer))

describe("visits of joined servers", () => {
  it.effect("are those of servers with several hosts in the latest crawl, and of no other network", () =>
    inMemory(Effect.gen(function*() {
      yield* crawlOf([["a", "b"], ["c"]], someTime)
      assert.deepStrictEqual(yield* joinedAt(someTime), ["ab"])
      assert.deepStrictEqual(yield* joinedAt(someTime, "testnet"), [])
    })))

  it.effect("say on whose books they were, and what was claimed", () =>
    inMemory(Effect.gen(function*() {
      yield* crawlOf([["a"], ["b", "c"]], someTime)
      const joined = (host: string, crawlId: number, serverId: number, target = host) => ({ crawlId, serverId, host, target, claimedHosts: [host] })
      const store = yield* Store
      assert.deepStrictEqual(yield* store.joinedVisits("mainnet", someTime), [joined("b.example.org", 1, 2), joined("c.example.org", 1, 2)])
      yield* crawlOf([["d", "e"]], someTime + 2 * day, {})
      assert.deepStrictEqual((yield* store.joinedVisits("mainnet", someTime + 2 * day)).slice(2), [
        joined("d.example.org", 2, 4, "34.90.1.2"), joined("e.example.org", 2, 4, "34.90.1.2")
      ])
    })))

  it.effect("stand through crawls in which our ledger or a failure kept names from being joined", () =>
    inMemory(Effect.gen(function*() {
      yield* crawlOf([["a", "b", "c"]], someTime)
      yield* crawlOf([["a"]], someTime + 60_000)
      yield* crawlOf([["b"], ["C"]], someTime + 120_000)
      assert.deepStrictEqual(yield* joinedAt(someTime + 180_000), ["abc"])
      // Name c has not said anything since.
      assert.deepStrictEqual(yield* joinedAt(someTime + 7 * day), ["abc"])
    })))

  it.effect("are forgotten a day after all names of a server answered apart, and after a month in any case", () =>
    inMemory(Effect.gen(function*() {
      yield* crawlOf([["a", "b"], ["c", "d"]], someTime)
      yield* crawlOf([["a"], ["b"]], someTime + 60_000)
      assert.deepStrictEqual(yield* joinedAt(someTime + day), ["ab", "cd"])
      assert.deepStrictEqual(yield* joinedAt(someTime + day + 1), ["cd"])
      assert.deepStrictEqual(yield* joinedAt(someTime + 30 * day), ["cd"])
      assert.deepStrictEqual(yield* joinedAt(someTime + 30 * day + 1), [])
    })))
})

describe("what visits cost", () => {
  it.effect("is known of a vantage's visits of the last hour, with when they were over", () =>
    inMemory(Effect.gen(function*() {
      yield* crawlOf([["a"], ["b"]], someTime, { dial: proxied, cost: 45 })
      yield* crawlOf([["a"]], someTime + 60_000, { dial: proxied, cost: 30 })
      const store = yield* Store
      const of = { network: "mainnet", vantage: "home" }
      const cost = (host: string, at: number, cost: number) => ({ host, at: at + 90.5, cost })
      const later = cost("a.example.org", someTime + 60_000, 30)
      assert.deepStrictEqual(yield* store.hostCosts(of, someTime + hour), [
        cost("a.example.org", someTime, 45), cost("b.example.org", someTime, 45), later
      ])
      assert.deepStrictEqual(yield* store.hostCosts(of, someTime + hour + 1), [later])
      assert.deepStrictEqual(yield* store.hostCosts({ ...of, vantage: "elsewhere" }, someTime), [])
    })))
})
