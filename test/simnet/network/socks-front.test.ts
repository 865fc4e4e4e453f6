import { connect, createServer } from "node:net"
import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import type { RunningSimnet } from "../../../src/simnet/simnet.ts"
import { hello } from "../../support/plain-client.ts"
import { startFree } from "../../support/running-simnet.ts"
import { planOf } from "../../support/simnet-plan.ts"
import { through } from "../../support/through-front.ts"

const start = (scenario: string) => startFree({ scenario })

/** Ask for the version through the proxy; the reply line. */
const ask = async (net: RunningSimnet, host: string, port: number, user?: string): Promise<string> => {
  const client = await through(net, host, port, user)
  client.send(hello)
  await client.until((c) => c.lines().length === 1)
  client.destroy()
  return client.lines()[0]!
}

/** The reply to a CONNECT, asked byte by byte with a client of one's own: `socks` does not know Tor's codes. */
const replyTo = (net: RunningSimnet, host: string, port: number): Promise<ReadonlyArray<number>> =>
  new Promise((resolve, reject) => {
    const socket = connect(net.socksPort, "127.0.0.1")
    const bytes: Array<number> = []
    socket.on("error", reject)
    socket.on("data", (chunk: Buffer) => {
      bytes.push(...chunk)
      if (bytes.length < 2 + 10) return
      socket.destroy()
      resolve(bytes.slice(2))
    })
    const name = Buffer.from(host)
    const message = Buffer.concat([
      Buffer.from([5, 1, 0]),
      Buffer.from([5, 1, 0, 3, name.length]),
      name,
      Buffer.from([port >> 8, port & 255])
    ])
    for (const byte of message) socket.write(Buffer.from([byte]))
  })

describe("the SOCKS5 front", () => {
  it.effect(
    "reaches names, addresses of both versions and onions by their own ports, with and without credentials",
    () =>
      Effect.gen(function*() {
        const net = yield* start("mixed")
        const { servers } = yield* Effect.promise(() => planOf("mixed", 1))
        const onion = servers.find((server) => server.id === "onion-only")!.names[0]!.host
        const fir = servers.find((server) => server.id === "fir")!.names[0]!
        const answers = yield* Effect.promise(() =>
          Promise.all([
            ask(net, "e1.alpha.test", 50001),
            ask(net, "E1.Alpha.TEST.", 50001, "circuit-1"),
            ask(net, "esplora.test", 143, "circuit-2"),
            ask(net, "240.88.2.2", 50001),
            ask(net, "2001:db8:66::6", 50001),
            ask(net, fir.addresses[0]!, 50001),
            ask(net, fir.addresses[1]!, 50001),
            ask(net, onion, 50001, "circuit-3")
          ])
        )
        const software = answers.map((line) => (JSON.parse(line) as { readonly result: [string] }).result[0])
        expect(software).toEqual([
          "ElectrumX 1.18.0",
          "ElectrumX 1.18.0",
          "electrs-esplora 0.4.1",
          "ElectrumX 1.16.0",
          "ElectrumX 1.18.0",
          "Fulcrum 1.12.0",
          "Fulcrum 1.12.0",
          "ElectrumX 1.18.0"
        ])
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("says how each dead host fails", () =>
    Effect.gen(function*() {
      const net = yield* start("mixed")
      const { servers } = yield* Effect.promise(() => planOf("mixed", 1))
      const deadOnion = servers.find((server) => server.id === "dead-onion")!.names[0]!.host
      const expected = [
        ["refused.gone.test", 50002, 5],
        ["unreachable.gone.test", 50002, 4],
        ["ttl-expired.gone.test", 50002, 6],
        ["general-failure.gone.test", 50002, 1],
        ["no-name.gone.test", 50002, 4],
        [deadOnion, 50001, 0xf0],
        [`${"a".repeat(56)}.onion`, 50001, 0xf0],
        ["tooshort.onion", 50001, 0xf6],
        // A running host, a port that it does not offer.
        ["e1.alpha.test", 50003, 5],
        ["nobody.test", 50002, 4],
        ["127.0.0.1", 50002, 1]
      ] as const
      for (const [host, port, code] of expected) {
        expect([host, (yield* Effect.promise(() => replyTo(net, host, port)))[1]]).toEqual([host, code])
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("never answers for a black hole", () =>
    Effect.gen(function*() {
      const net = yield* start("mixed")
      const outcome = yield* Effect.promise(() => replyTo(net, "black-hole.gone.test", 50002)).pipe(
        Effect.timeoutOption("300 millis"),
        Effect.map((option) => option._tag)
      )
      expect(outcome).toBe("None")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("names no loopback address or port in its replies", () =>
    Effect.gen(function*() {
      const net = yield* start("mixed")
      const reply = yield* Effect.promise(() => replyTo(net, "e1.alpha.test", 50001))
      expect(reply).toEqual([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("puts running servers on loopback ports that do not follow the scenario's order", () =>
    Effect.gen(function*() {
      const net = yield* start("mixed")
      const { servers } = yield* Effect.promise(() => planOf("mixed", 1))
      const ports = servers.flatMap((server) =>
        server.names.flatMap((name) => net.listeners.get(`${name.host}:${name.tls}:s`) ?? [])
      )
      expect(ports.length).toBeGreaterThan(30)
      let agree = 0
      for (let i = 0; i < ports.length; i++)
        for (let j = i + 1; j < ports.length; j++) agree += ports[j]! > ports[i]! ? 1 : -1
      // Kendall's tau; its standard deviation is about 0.11 at n = 38.
      expect(Math.abs(agree) / ((ports.length * (ports.length - 1)) / 2)).toBeLessThan(0.6)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("stops everything when its scope closes, open connections included", () =>
    Effect.gen(function*() {
      const closed = yield* Effect.scoped(
        Effect.gen(function*() {
          const net = yield* start("mixed")
          return { client: yield* Effect.promise(() => through(net, "e1.alpha.test", 50001)), port: net.socksPort }
        })
      )
      yield* Effect.promise(() => closed.client.until((c) => c.closed() !== null))
      const refused = yield* Effect.promise(
        () =>
          new Promise<string | undefined>((resolve) => {
            const socket = connect(closed.port, "127.0.0.1", () => resolve("connected"))
            socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code))
          })
      )
      expect(refused).toBe("ECONNREFUSED")
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("says when its port is taken", () =>
    Effect.gen(function*() {
      const other = createServer()
      const port = yield* Effect.promise(
        () =>
          new Promise<number>((resolve) =>
            other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port))
          )
      )
      yield* Effect.addFinalizer(() => Effect.sync(() => other.close()))
      const error = yield* Effect.flip(startFree({ scenario: "mixed", socksPort: port }))
      expect(error.reason).toBe("port in use")
      expect(error.message).toContain(String(port))
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
