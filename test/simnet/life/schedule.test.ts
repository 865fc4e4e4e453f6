import { Resolver } from "node:dns/promises"
import type { TLSSocket } from "node:tls"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import type { RunningSimnet } from "../../../src/simnet/simnet.ts"
import { plainTls } from "../../support/plain-client.ts"
import { askAll, refusal, runScenario, through } from "../../support/through-front.ts"

const [minute, hour] = [60_000, 3_600_000]

const server = (id: string, address: string, rest: Readonly<Record<string, unknown>> = {}) => ({
  id,
  operator: id,
  software: "Fulcrum 2.1.0",
  names: [{ host: `${id}.test`, addresses: [address], tcp: 50001, tls: 50002 }],
  ...rest
})

const world = (servers: ReadonlyArray<unknown>, rest: Readonly<Record<string, unknown>> = {}) =>
  runScenario({ seeds: ["watcher.test:50001:t"], servers: [server("watcher", "240.9.9.9"), ...servers], ...rest })

const reach = (net: RunningSimnet, host: string) => Effect.promise(() => refusal(net, host, 50001))

const ask = (net: RunningSimnet, host: string, method: string) =>
  Effect.promise(async () => (await askAll(await through(net, host, 50001), [[method]]))[0])

/** What the watcher, who lists everyone, says about one host. */
const listed = (net: RunningSimnet, host: string) =>
  ask(net, "watcher.test", "server.peers.subscribe").pipe(
    Effect.map((peers) => (peers as ReadonlyArray<ReadonlyArray<unknown>>).find((entry) => entry[1] === host))
  )

const resolve = (net: RunningSimnet, host: string) =>
  Effect.promise(async () => {
    const resolver = new Resolver({ timeout: 200, tries: 1 })
    resolver.setServers([`127.0.0.1:${net.dnsPort}`])
    return resolver.resolve4(host).catch((error: NodeJS.ErrnoException) => [error.code ?? ""])
  })

describe("while the simulated world goes on", () => {
  it.live("servers go down and come back, those of one machine together, about as long as the file says", () =>
    Effect.gen(function*() {
      const schedule = { uptime: { up: "3h", down: "1h", fails: "unreachable" } }
      const net = yield* world([
        server("a", "240.1.1.1", { machine: "box", schedule }),
        server("b", "240.1.1.1", { machine: "box", schedule, names: [{ host: "b.test", addresses: ["240.1.1.1"], tcp: 50011 }] }),
        server("c", "240.2.1.1", { schedule })
      ])
      const days = 40
      net.clock.advance(days * 24 * hour)
      const times = (id: string) => net.happenings().filter((h) => h.server === id).map(({ at, what }) => [at, what] as const)
      expect(times("a")).toEqual(times("b"))
      expect(times("a")).not.toEqual(times("c"))
      let down = 0
      for (const [i, [at, what]] of times("c").entries()) {
        if (what === "down") down += (times("c")[i + 1]?.[0] ?? net.clock.now()) - at
      }
      // About 240 periods of each kind: a quarter of the time, sd some 2 %.
      expect(Math.abs(down / (days * 24 * hour) - 0.25)).toBeLessThan(0.08)
      const last = times("c").at(-1)![1]
      expect(yield* reach(net, "c.test")).toBe(last === "up" ? "connected" : "HostUnreachable")
    }).pipe(Effect.scoped)
  )

  it.live("a restart cuts connections and is over in minutes; who is away for hours leaves the lists", () =>
    Effect.gen(function*() {
      const net = yield* world([
        server("a", "240.1.1.1", { schedule: { restarts: "5h" } }),
        server("gone", "240.2.1.1", { asn: 64500 })
      ], { outages: [{ asn: 64500, at: "1h", for: "8h" }] })
      const client = yield* Effect.promise(() => through(net, "a.test", 50001))
      const first = () => net.happenings().find((h) => h.what === "restart")
      while (first() === undefined) net.clock.advance(minute)
      yield* Effect.promise(() => client.until((c) => c.closed() !== null))
      net.clock.advance(5 * minute)
      expect(yield* reach(net, "a.test")).toBe("connected")
      expect(net.happenings().filter((h) => h.server === "a").map((h) => h.what)).toEqual(["down", "restart", "up"])

      net.clock.advance(hour - (net.clock.now() - net.clock.epoch) + 2 * hour)
      expect(yield* listed(net, "gone.test")).toBeDefined()
      expect(yield* reach(net, "gone.test")).toBe("HostUnreachable")
      net.clock.advance(2 * hour)
      expect(yield* listed(net, "gone.test")).toBeUndefined()
      net.clock.advance(5 * hour)
      expect(yield* listed(net, "gone.test")).toBeDefined()
      expect(yield* reach(net, "gone.test")).toBe("connected")
    }).pipe(Effect.scoped)
  )

  it.live("an upgrade changes what it is and what others say of it", () =>
    Effect.gen(function*() {
      const upgrades = [{ at: "2h", software: "ElectrumX 1.20.0" }]
      const net = yield* world([server("a", "240.1.1.1", { software: "ElectrumX 1.16.0", schedule: { upgrades } })])
      const version = ask(net, "a.test", "server.features").pipe(
        Effect.map((features) => (features as { readonly server_version: string }).server_version)
      )
      expect(yield* version).toBe("ElectrumX 1.16.0")
      expect((yield* listed(net, "a.test"))?.[2]).toContain("v1.4.2")
      net.clock.advance(2 * hour + 10 * minute)
      expect(yield* version).toBe("ElectrumX 1.20.0")
      // Fulcrum drops the last zero.
      expect((yield* listed(net, "a.test"))?.[2]).toContain("v1.6")
    }).pipe(Effect.scoped)
  )

  it.live("an address change takes names, routes, reverse names and lists along", () =>
    Effect.gen(function*() {
      const net = yield* world([server("a", "240.1.1.1", { schedule: { moves: [{ at: "1d" }] } })])
      expect(yield* resolve(net, "a.test")).toEqual(["240.1.1.1"])
      net.clock.advance(25 * hour)
      const [address] = yield* resolve(net, "a.test")
      expect(address).toMatch(/^240\.1\.\d+\.\d+$/)
      expect(address).not.toBe("240.1.1.1")
      expect(yield* reach(net, address!)).toBe("connected")
      expect(yield* reach(net, "a.test")).toBe("connected")
      expect(yield* reach(net, "240.1.1.1")).toBe("HostUnreachable")
      expect((yield* listed(net, "a.test"))?.[0]).toBe(address)
    }).pipe(Effect.scoped)
  )

  it.live("a certificate is renewed with the same key or another", () =>
    Effect.gen(function*() {
      const renewals = [{ at: "1d", key: "same" }, { at: "2d", key: "new" }]
      const net = yield* world([server("a", "240.1.1.1", { schedule: { renewals } })])
      const shown = Effect.promise(async () => {
        const client = plainTls(net.listeners.get("a.test:50002:s")!)
        await new Promise((done) => client.socket.once("secureConnect", done))
        const certificate = (client.socket as TLSSocket).getPeerX509Certificate()!
        client.destroy()
        return { certificate: certificate.fingerprint256, key: certificate.publicKey.export({ type: "spki", format: "pem" }) }
      })
      const first = yield* shown
      net.clock.advance(25 * hour)
      const second = yield* shown
      net.clock.advance(24 * hour)
      const third = yield* shown
      expect(second.certificate).not.toBe(first.certificate)
      expect(second.key).toBe(first.key)
      expect(third.key).not.toBe(second.key)
    }).pipe(Effect.scoped)
  )

  it.live("one hoster's outage takes all of its servers at once, our own takes everybody and names too", () =>
    Effect.gen(function*() {
      const net = yield* world(
        [server("a", "240.1.1.1", { asn: 64500 }), server("b", "240.2.1.1", { asn: 64500 }), server("c", "240.3.1.1", { asn: 64501 })],
        {
          outages: [{ asn: 64500, at: "1h", for: "30m", fails: "refused" }],
          our_outages: [{ at: "3h", for: "30m" }]
        }
      )
      const all = () => Effect.forEach(["a.test", "b.test", "c.test"], (host) => reach(net, host))
      const open = yield* Effect.promise(() => through(net, "c.test", 50001))
      net.clock.advance(hour + minute)
      expect(yield* all()).toEqual(["ConnectionRefused", "ConnectionRefused", "connected"])
      const hit = net.happenings().filter((h) => h.what === "down")
      expect(new Set(hit.map((h) => h.at)).size).toBe(1)
      net.clock.advance(hour)
      expect(yield* all()).toEqual(["connected", "connected", "connected"])
      expect(open.closed()).toBeNull()
      net.clock.advance(hour)
      expect(yield* all()).toEqual(["NetworkUnreachable", "NetworkUnreachable", "NetworkUnreachable"])
      expect(yield* resolve(net, "a.test")).not.toEqual(["240.1.1.1"])
      yield* Effect.promise(() => open.until((c) => c.closed() !== null))
      net.clock.advance(hour)
      expect(yield* all()).toEqual(["connected", "connected", "connected"])
      expect(yield* resolve(net, "a.test")).toEqual(["240.1.1.1"])
    }).pipe(Effect.scoped)
  )
})
