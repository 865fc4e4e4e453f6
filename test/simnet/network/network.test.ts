import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { roundTripBetween } from "../../../src/simnet/network/distance.ts"
import type { RunningSimnet } from "../../../src/simnet/simnet.ts"
import { plainTcp } from "../../support/plain-client.ts"
import { askAll, refusal, runScenario, through } from "../../support/through-front.ts"

const onion = `${"abcd".repeat(14)}.onion`

const named = (id: string, host: string, address: string, rest: Readonly<Record<string, unknown>> = {}) => ({
  id,
  operator: id,
  software: "Fulcrum 2.1.0",
  names: [{ host, addresses: [address], tcp: 50001 }],
  ...rest
})

/** Milliseconds until the first answer. */
const timed = (net: RunningSimnet, host: string, user?: string, circuit?: string) =>
  Effect.promise(async () => {
    const client = await through(net, host, 50001, user, circuit)
    const began = performance.now()
    await askAll(client, [])
    return performance.now() - began
  })

const banner = (net: RunningSimnet, host: string) =>
  Effect.promise(async () => (await askAll(await through(net, host, 50001), [["server.banner"]]))[0] as string)

describe("the simulated internet", () => {
  it.live("is as wide as the world: far servers answer later, by where one looks from, and onions later still", () =>
    Effect.gen(function*() {
      const net = yield* runScenario({
        seeds: ["de.test:50001:t"],
        network: {
          vantages: [
            { name: "berlin", address: "198.51.100.7", country: "DE" },
            { name: "tokyo", address: "192.0.2.7", country: "JP" }
          ],
          onion_ms: [400, 500]
        },
        servers: [
          named("de", "de.test", "240.1.1.1", { country: "DE" }),
          named("jp", "jp.test", "240.2.1.1", { country: "JP" }),
          { ...named("hidden", "hidden.test", "240.3.1.1", { country: "DE" }), names: [{ host: onion, tcp: 50001 }] }
        ]
      })
      const far = roundTripBetween("DE", "JP")
      expect(far).toBeGreaterThan(120)
      // The machine may be busy: the best of three counts.
      const best = (host: string, user?: string) =>
        Effect.forEach([1, 2, 3], () => timed(net, host, user)).pipe(Effect.map((times) => Math.min(...times)))
      expect(yield* best("de.test")).toBeLessThan(far / 2)
      expect(yield* best("jp.test")).toBeGreaterThan(far - 2)
      expect(yield* best("jp.test", "tokyo")).toBeLessThan(far / 2)
      expect(yield* best("de.test", "tokyo")).toBeGreaterThan(far - 2)
      const circuits = yield* Effect.forEach(["a", "b", "c"], (circuit) => timed(net, onion, "user", circuit), {
        concurrency: 3
      })
      for (const time of circuits) expect(time).toBeGreaterThan(398)
    }).pipe(Effect.scoped)
  )

  it.live("draws who answers behind a balanced name for each connection, and names the one behind an address", () =>
    Effect.gen(function*() {
      const net = yield* runScenario({
        seeds: ["pool.test:50001:t"],
        servers: [
          named("one", "pool.test", "240.1.1.1", { banner: "one" }),
          named("two", "pool.test", "240.2.1.1", { banner: "two" }),
          // Two ports of one address, two servers.
          { ...named("three", "pool.test", "240.1.1.1", { banner: "three" }), names: [
            { host: "240.1.1.1", tcp: 50011 }
          ] }
        ]
      })
      const answers = yield* Effect.forEach(Array.from({ length: 30 }), () => banner(net, "pool.test"), { concurrency: 6 })
      expect(new Set(answers)).toEqual(new Set(["one", "two"]))
      expect(yield* Effect.forEach(["240.1.1.1", "240.2.1.1"], (address) => banner(net, address))).toEqual(["one", "two"])
      const other = yield* Effect.promise(async () => askAll(await through(net, "240.1.1.1", 50011), [["server.banner"]]))
      expect(other).toEqual(["three"])
    }).pipe(Effect.scoped)
  )

  it.live("has names whose IPv6 address leads nowhere while IPv4 works", () =>
    Effect.gen(function*() {
      const host = { host: "half.test", addresses: ["240.1.1.1", "2001:db8::1"], dead_addresses: ["2001:db8::1"], tcp: 50001 }
      const net = yield* runScenario({
        seeds: ["half.test:50001:t"],
        servers: [{ ...named("half", "half.test", "240.1.1.1"), names: [host] }]
      })
      expect(yield* Effect.promise(() => refusal(net, "240.1.1.1", 50001))).toBe("connected")
      expect(yield* Effect.promise(() => refusal(net, "2001:db8::1", 50001))).toBe("HostUnreachable")
    }).pipe(Effect.scoped)
  )

  it.live("tells two circuits of one user apart by their passwords, as Tor does", () =>
    Effect.gen(function*() {
      // Fulcrum takes twelve connections of one address.
      const net = yield* runScenario({
        seeds: ["a.test:50001:t"],
        servers: [{ ...named("a", "a.test", "240.1.1.1"), names: [
          { host: "a.test", addresses: ["240.1.1.1"], tcp: 50001 },
          { host: onion, tcp: 50001 }
        ] }]
      })
      const taken = async (host: string, circuit: (i: number) => string): Promise<number> => {
        const clients = await Promise.all(
          Array.from({ length: 14 }, (_, i) => through(net, host, 50001, "electrum-observatory", circuit(i)))
        )
        for (const client of clients) client.send('{"id":0,"method":"server.ping"}\n')
        await Promise.all(clients.map((client) => client.until((c) => c.lines().length === 1 || c.closed() !== null)))
        for (const client of clients) client.destroy()
        return clients.filter((client) => client.lines().length === 1).length
      }
      expect(yield* Effect.promise(() => taken(onion, (i) => `circuit ${i}`))).toBe(14)
      expect(yield* Effect.promise(() => taken("a.test", (i) => `circuit ${i}`))).toBe(12)
    }).pipe(Effect.scoped)
  )

  it.live("has servers that refuse while they are full, ElectrumX until a twentieth of its clients is gone", () =>
    Effect.gen(function*() {
      const net = yield* runScenario({
        seeds: ["full.test:50001:t"],
        servers: [named("full", "full.test", "240.1.1.1", { software: "ElectrumX 1.17.0", max_sessions: 20 })]
      })
      const clients = yield* Effect.promise(() =>
        Promise.all(Array.from({ length: 20 }, () => through(net, "full.test", 50001)))
      )
      expect(yield* Effect.promise(() => refusal(net, "full.test", 50001))).toBe("ConnectionRefused")
      const direct = net.listeners.get("full.test:50001:t")!
      const knock = async (): Promise<string | null> => {
        const client = plainTcp(direct)
        client.send('{"id":0,"method":"server.ping"}\n')
        await client.until((c) => c.lines().length === 1 || c.closed() !== null)
        client.destroy()
        return client.closed() ?? "answered"
      }
      expect(yield* Effect.promise(knock)).toBe("reset")
      clients[0]!.destroy()
      clients[1]!.destroy()
      const again = Effect.promise(() => refusal(net, "full.test", 50001))
      yield* again.pipe(Effect.delay("20 millis"), Effect.repeat({ until: (answer) => answer === "connected", times: 100 }))
      expect(yield* again).toBe("connected")
      expect(yield* Effect.promise(knock)).toBe("answered")
      for (const client of clients) client.destroy()
    }).pipe(Effect.scoped)
  )

  it.live("exempts nobody on loopback: who connects past the proxy is one client too", () =>
    Effect.gen(function*() {
      const net = yield* runScenario({ seeds: ["a.test:50001:t"], servers: [named("a", "a.test", "240.1.1.1")] })
      const clients = Array.from({ length: 13 }, () => plainTcp(net.listeners.get("a.test:50001:t")!))
      for (const client of clients) client.send('{"id":0,"method":"server.ping"}\n')
      yield* Effect.promise(() =>
        Promise.all(clients.map((client) => client.until((c) => c.lines().length === 1 || c.closed() !== null)))
      )
      expect(clients.filter((client) => client.closed() === "reset")).toHaveLength(1)
      for (const client of clients) client.destroy()
    }).pipe(Effect.scoped)
  )
})
