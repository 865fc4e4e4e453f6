import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { CostGroups } from "../../../src/simnet/implementations/electrumx/cost-groups.ts"
import { clientAt } from "../../../src/simnet/model/client.ts"
import { hello, plainTcp, plainTls, request } from "../../support/plain-client.ts"
import { startServer } from "../../support/start-server.ts"

describe("ElectrumX's padding and pacing", () => {
  it.live("1.18.0 holds even its first reply back for a second, 1.19.0 answers at once; both pad to 1,024", () =>
    Effect.gen(function*() {
      const times = yield* Effect.forEach(
        ["ElectrumX 1.18.0", "ElectrumX 1.19.0"],
        (software) =>
          Effect.gen(function*() {
            const server = yield* startServer({ software })
            return yield* Effect.promise(async () => {
              const client = plainTcp(server.tcpPort)
              const began = performance.now()
              client.send(hello)
              await client.until((c) => c.lines().length === 1)
              expect(client.received().length).toBe(1024)
              client.destroy()
              return performance.now() - began
            })
          }),
        { concurrency: 2 }
      )
      expect(times[0]).toBeGreaterThan(950)
      expect(times[1]).toBeLessThan(500)
    }).pipe(Effect.scoped)
  )

  it.live("puts pipelined replies into few blocks, only the last padded, each a power of two", () =>
    Effect.gen(function*() {
      const server = yield* startServer({ software: "ElectrumX 1.18.0" })
      const bytes = yield* Effect.promise(async () => {
        const client = plainTcp(server.tcpPort)
        client.send(hello + Array.from({ length: 40 }, (_, i) => request(i + 1, "server.ping")).join(""))
        await client.until((c) => c.lines().length === 41)
        client.destroy()
        return client.received()
      })
      expect(bytes.length % 1024).toBe(0)
      const padded = bytes
        .toString("utf8")
        .split("\n")
        .filter((line) => / {3,}\}$/.test(line))
      expect(padded.length).toBeLessThan(10)
    }).pipe(Effect.scoped)
  )

  it.live("1.18.0 loses its refusal in the buffer: a refused version is an empty close", () =>
    Effect.gen(function*() {
      const [old, later] = yield* Effect.all([
        startServer({ software: "ElectrumX 1.18.0" }),
        startServer({ software: "ElectrumX 1.20.0" })
      ])
      const outcome = (port: number): Promise<string> => {
        const client = plainTcp(port)
        client.send(request(0, "server.version", ["test", "9.9"]))
        return client
          .until((c) => c.closed() !== null)
          .then(() => client.received().toString("utf8").replace(/ +/g, " "))
      }
      expect(yield* Effect.promise(() => outcome(old.tcpPort))).toBe("")
      expect(yield* Effect.promise(() => outcome(later.tcpPort))).toContain("unsupported protocol version: 9.9")
    }).pipe(Effect.scoped)
  )
})

describe("limits per client", () => {
  it.live("Fulcrum resets the thirteenth connection of one client and takes one again when another ended", () =>
    Effect.gen(function*() {
      const server = yield* startServer({ software: "Fulcrum 2.1.0", client: clientAt("127.0.0.1") })
      yield* Effect.promise(async () => {
        const clients = Array.from({ length: 12 }, () => plainTls(server.tlsPort))
        for (const client of clients) {
          client.send(hello)
          await client.until((c) => c.lines().length === 1)
        }
        const thirteenth = plainTcp(server.tcpPort)
        thirteenth.send(hello)
        await thirteenth.until((c) => c.closed() === "reset")
        clients[0]!.destroy()
        let taken = false
        for (let i = 0; i < 20 && !taken; i++) {
          const next = plainTcp(server.tcpPort)
          next.send(hello)
          await next.until((c) => c.lines().length === 1 || c.closed() !== null)
          taken = next.lines().length === 1
          next.destroy()
        }
        expect(taken).toBe(true)
        for (const client of clients) client.destroy()
      })
    }).pipe(Effect.scoped)
  )

  it.live("ElectrumX throws out who spent its allowance, and remembers the client", () =>
    Effect.gen(function*() {
      const server = yield* startServer({ software: "ElectrumX 1.17.0", client: clientAt("127.0.0.1") })
      yield* Effect.promise(async () => {
        const client = plainTcp(server.tcpPort)
        client.send(hello + "no json\n".repeat(10) + request(1, "server.ping"))
        await client.until((c) => c.closed() !== null)
        expect(client.lines().at(-1)).toContain("-101")
        const again = plainTcp(server.tcpPort)
        again.send(hello)
        await again.until((c) => c.closed() !== null)
        expect(again.lines()).toEqual([
          '{"jsonrpc":"2.0","error":{"code":-101,"message":"excessive resource usage"},"id":0}'
        ])
      })
    }).pipe(Effect.scoped)
  )

  it.effect("ElectrumX's cost decays by one a second in a session, by two after it, and is shared by the group", () =>
    Effect.sync(() => {
      let now = 0
      const groups = new CostGroups(() => now, false)
      const one = groups.enter("a")
      one.add(5495)
      expect(one.fraction()).toBeCloseTo(0.5, 2)
      expect(groups.enter("b").fraction()).toBe(0)
      now += 900_000
      expect(one.fraction()).toBeCloseTo(0.4, 2)
      one.leave()
      expect(groups.enter("a").fraction()).toBeCloseTo(0.4, 2)
      now += 900_000
      expect(groups.enter("a").fraction()).toBeCloseTo(0.2, 2)
    })
  )
})

describe("TLS ends", () => {
  it.live("ElectrumX answers a TLS close, Fulcrum never does", () =>
    Effect.gen(function*() {
      const [electrumx, fulcrum] = yield* Effect.all([
        startServer({ software: "ElectrumX 1.17.0" }),
        startServer({ software: "Fulcrum 2.1.0" })
      ])
      const endsWithin = async (port: number, ms: number): Promise<boolean> => {
        const client = plainTls(port)
        client.send(hello)
        await client.until((c) => c.lines().length === 1)
        client.socket.end()
        const ended = await client
          .until((c) => c.closed() !== null, ms)
          .then(
            () => true,
            () => false
          )
        client.destroy()
        return ended
      }
      expect(yield* Effect.promise(() => endsWithin(electrumx.tlsPort, 2000))).toBe(true)
      expect(yield* Effect.promise(() => endsWithin(fulcrum.tlsPort, 400))).toBe(false)
    }).pipe(Effect.scoped)
  )
})
