import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Worker } from "node:worker_threads"
import { Dialer } from "../../src/transport/dialer.ts"
import { Resolver } from "../../src/transport/resolver.ts"
import { dial, dialerLayer, dialFailure, endpointOf, nextText, planOf } from "../support/dialing.ts"
import { closedPort, tcpServer } from "../support/loopback-server.ts"

const onion = "a".repeat(56) + ".onion"

/** A listener whose queue is full: the kernel drops further connection attempts, as a filtered port would. */
const unansweringPort = Effect.acquireRelease(
  Effect.callback<{ readonly worker: Worker; readonly port: number }>((resume) => {
    const worker = new Worker(
      `const net = require("node:net"), { parentPort } = require("node:worker_threads")
       const server = net.createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
         parentPort.postMessage(server.address().port)
         setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
       })`,
      { eval: true }
    )
    worker.once("message", (port: number) => resume(Effect.succeed({ worker, port })))
  }),
  ({ worker }) => Effect.promise(() => worker.terminate())
).pipe(Effect.map(({ port }) => port))

describe("direct dial", () => {
  it.effect("connects to an address literal and reads what the server says", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer((socket) => socket.write("hello"))
      const connection = yield* dial(`127.0.0.1:${server.port}:t`)
      expect(connection.dial).toEqual({ address: "127.0.0.1", resolvedBy: "literal", addresses: ["127.0.0.1"], via: "direct" })
      expect(connection.tls).toBeNull()
      expect(connection.tlsMs).toBeNull()
      expect(yield* nextText(connection)).toBe("hello")
    }))

  it.effect("connects over IPv6", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer((socket) => socket.write("six"), "::1")
      const connection = yield* dial(`[::1]:${server.port}:t`)
      expect(connection.dial.address).toBe("::1")
      expect(yield* nextText(connection)).toBe("six")
    }))

  it.effect("connects to the checked address of a name, and keeps all it was told", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer((socket) => socket.write("x"), "127.0.0.7")
      const connection = yield* dial(`a.test:${server.port}:t`, { dns: { "a.test": ["10.1.2.3", "127.0.0.7"] } })
      expect(connection.dial).toEqual({
        address: "127.0.0.7",
        resolvedBy: "dns",
        addresses: ["10.1.2.3", "127.0.0.7"],
        via: "direct"
      })
    }))

  it.effect("never tries the forbidden ones among a name's addresses, not even first or when the allowed one fails", () =>
    Effect.gen(function*() {
      const dns = { "a.test": ["10.1.2.3", "127.0.0.7"] }
      expect((yield* planOf("a.test:50001:t", { dns })).dial.address).toBe("127.0.0.7")
      // Of several attempts the detail would name the addresses.
      expect(yield* dialFailure(`a.test:${yield* closedPort("127.0.0.7")}:t`, { dns }))
        .toEqual({ reason: "refused", phase: "connect", detail: "ECONNREFUSED" })
    }))

  it.effect("never resolves a second time, so that an answer cannot change after it was checked", () =>
    Effect.gen(function*() {
      const checked = yield* tcpServer(() => {}, "127.0.0.9")
      let asked = 0
      const rebinding = Layer.succeed(Resolver, {
        addresses: () => Effect.sync(() => asked++ === 0 ? ["127.0.0.9"] : ["10.0.0.1"]),
        names: () => Effect.succeed([]),
        texts: () => Effect.succeed([])
      })
      const options = { proxy: null, tor: "off", allowPrivate: true, simulated: false, loopbackOnly: true } as const
      yield* Effect.gen(function*() {
        const dialer = yield* Dialer
        const plan = yield* dialer.plan(endpointOf(`a.test:${checked.port}:t`))
        const connection = yield* dialer.connect(plan)
        expect(connection.dial.address).toBe("127.0.0.9")
      }).pipe(Effect.provide(Dialer.layer(options).pipe(Layer.provide(rebinding))))
      expect(asked).toBe(1)
    }))

  // Of 127.8.3.0/24 nobody else listens: a port that is free here is free at all of its addresses.
  it.effect("tries the next address when the first refuses", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer(() => {}, "127.8.3.3")
      const dns = { "a.test": ["127.8.3.1", "127.8.3.2", "127.8.3.3"] }
      const connection = yield* dial(`a.test:${server.port}:t`, { dns })
      expect(connection.dial.address).toBe("127.8.3.3")
    }))

  it.effect("plans all addresses that it may lead to, and waits for the pace of new connections before each but the first", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer(() => {}, "127.8.3.3")
      const options = { dns: { "a.test": ["10.1.2.3", "127.8.3.1", "127.8.3.2", "127.8.3.3", "127.8.3.4"] } }
      const plan = yield* planOf(`a.test:${server.port}:t`, options)
      expect([plan.dial.address, plan.others]).toEqual(["127.8.3.1", ["127.8.3.2", "127.8.3.3"]])
      let waits = 0
      const pace = Effect.sync(() => void waits++)
      const connection = yield* Effect.flatMap(Dialer, (dialer) => dialer.connect(plan, pace)).pipe(Effect.provide(dialerLayer(options)))
      expect([connection.dial.address, waits]).toEqual(["127.8.3.3", 2])
      // None of the others was ever the plan's.
      const lost = yield* Effect.flip(Effect.flatMap(Dialer, (dialer) => dialer.connect({ ...plan, others: [] })).pipe(Effect.provide(dialerLayer(options))))
      expect(lost.detail).toBe("ECONNREFUSED")
    }))

  it.effect("tries no more than three addresses", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer(() => {}, "127.8.3.4")
      const dns = { "a.test": ["127.8.3.1", "127.8.3.2", "127.8.3.3", "127.8.3.4"] }
      expect(yield* dialFailure(`a.test:${server.port}:t`, { dns })).toEqual({
        reason: "refused",
        phase: "connect",
        detail: "ECONNREFUSED 127.8.3.1, ECONNREFUSED 127.8.3.2, ECONNREFUSED 127.8.3.3"
      })
      expect(server.accepted()).toBe(0)
    }))

  it.effect("names a refused connection", () =>
    Effect.gen(function*() {
      const port = yield* closedPort()
      expect(yield* dialFailure(`127.0.0.1:${port}:t`))
        .toEqual({ reason: "refused", phase: "connect", detail: "ECONNREFUSED" })
    }))

  it.live("gives up on silence within the connect timeout, sharing it between addresses", () =>
    Effect.gen(function*() {
      const port = yield* unansweringPort
      // The queue of the listener holds two.
      yield* dial(`127.0.0.1:${port}:t`)
      yield* dial(`127.0.0.1:${port}:t`)
      const timeouts = { direct: { connectMs: 200, tlsMs: 200 } }
      expect(yield* dialFailure(`127.0.0.1:${port}:t`, { timeouts }))
        .toEqual({ reason: "connect timeout", phase: "connect", detail: "no answer in 200 ms" })
      const both = yield* dialFailure(`a.test:${port}:t`, { timeouts, dns: { "a.test": ["127.0.0.1", "127.0.0.2"] } })
      expect(both.reason).toBe("connect timeout")
      expect(both.detail).toMatch(/^no answer in \d+ ms 127\.0\.0\.1, ECONNREFUSED 127\.0\.0\.2$/)
    }))

  it.live("times TCP to the address that answered, without those tried before", () =>
    Effect.gen(function*() {
      const port = yield* unansweringPort
      yield* dial(`127.0.0.1:${port}:t`)
      yield* dial(`127.0.0.1:${port}:t`)
      yield* tcpServer(() => {}, "127.0.0.2", port)
      const dns = { "a.test": ["127.0.0.1", "127.0.0.2"] }
      const connection = yield* dial(`a.test:${port}:t`, { dns, timeouts: { direct: { connectMs: 600, tlsMs: 200 } } })
      expect(connection.dial.address).toBe("127.0.0.2")
      // The first address had half of the time.
      expect(connection.tcpConnectMs).toBeGreaterThan(0)
      expect(connection.connectedMs - connection.tcpConnectMs!).toBeGreaterThan(290)
    }))

  it.effect("refuses private addresses, saying which", () =>
    Effect.gen(function*() {
      const strict = { allowPrivate: false, loopbackOnly: false }
      expect(yield* dialFailure("10.0.0.1:50002:s", strict))
        .toEqual({ reason: "policy", phase: "policy", detail: "private address 10.0.0.1" })
      expect(yield* dialFailure("[::1]:50002:s", strict)).toMatchObject({ detail: "loopback address ::1" })
      expect(yield* dialFailure("a.test:50002:s", { ...strict, dns: { "a.test": ["10.0.0.1", "fe80::1"] } }))
        .toEqual({ reason: "policy", phase: "policy", detail: "private address 10.0.0.1, link-local address fe80::1" })
    }))

  it.effect("sends nothing beyond loopback in loopback-only mode", () =>
    Effect.gen(function*() {
      expect(yield* dialFailure("8.8.8.8:50002:s"))
        .toEqual({ reason: "policy", phase: "policy", detail: "OBSERVATORY_LOOPBACK_ONLY forbids address 8.8.8.8" })
      expect(yield* dialFailure("a.test:50002:s", { dns: { "a.test": ["8.8.8.8"] } }))
        .toMatchObject({ reason: "policy", detail: "OBSERVATORY_LOOPBACK_ONLY forbids address 8.8.8.8" })
    }))

  it.effect("says that it is us who have no IPv6, and prefers what we have", () =>
    Effect.gen(function*() {
      const ipv4Only = { loopbackOnly: false, vantage: { ipv4: true, ipv6: false } }
      const dns = { "six.test": ["2a01:4f8::1"], "dual.test": ["2a01:4f8::1", "34.90.1.2"] }
      expect(yield* dialFailure("[2a01:4f8::1]:50002:s", ipv4Only))
        .toEqual({ reason: "us", phase: "connect", detail: "no IPv6" })
      expect(yield* dialFailure("six.test:50002:s", { ...ipv4Only, dns })).toMatchObject({ reason: "us", detail: "no IPv6" })
      const plan = yield* planOf("dual.test:50002:s", { ...ipv4Only, dns })
      expect(plan.dial.address).toBe("34.90.1.2")
      const six = yield* planOf("dual.test:50002:s", { ...ipv4Only, dns, vantage: { ipv4: false, ipv6: true } })
      expect(six.dial.address).toBe("2a01:4f8::1")
      const none = { ...ipv4Only, vantage: { ipv4: false, ipv6: false } }
      expect(yield* dialFailure("34.90.1.2:50002:s", none)).toMatchObject({ reason: "us", detail: "no network" })
    }))

  it.effect("passes on what the resolver says", () =>
    Effect.gen(function*() {
      expect(yield* dialFailure("gone.test:50002:s")).toEqual({ reason: "dns", phase: "resolve", detail: "ENOTFOUND" })
    }))

  it.effect("has no Tor for onions when it is off", () =>
    Effect.gen(function*() {
      expect(yield* dialFailure(`${onion}:50001:t`)).toEqual({ reason: "us", phase: "connect", detail: "no Tor" })
    }))

  it.live("keeps a late reset from ending the process, and tells of it", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer((socket) => socket.once("data", () => socket.resetAndDestroy()))
      const { socket } = yield* dial(`127.0.0.1:${server.port}:t`)
      yield* Effect.callback<void>((resume) => {
        socket.once("close", () => resume(Effect.void))
        socket.write("x")
        socket.resume()
      })
      expect(socket.errored).toMatchObject({ code: "ECONNRESET" })
    }))
})
