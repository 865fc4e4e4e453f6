import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import { dial, type DialingOptions } from "../support/dialing.ts"
import { type LoopbackServer, tcpServer, tlsServer } from "../support/loopback-server.ts"
import { socksServer } from "../support/socks-server.ts"
import { makeTestCertificate } from "../support/test-certificate.ts"

/** One turn of the event loop; unlike a sleep it leaves no timer of the test's own in the count below. */
const turn = Effect.callback<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

const until = (condition: () => boolean): Effect.Effect<void> =>
  Effect.gen(function*() {
    while (!condition()) yield* turn
  })

/** Sockets and timers this process holds, beside listeners. */
const held = (): number =>
  process.getActiveResourcesInfo().filter((what) => /^(TCPSocketWrap|TLSWrap|Timeout|TCPConnectWrap|UDPWRAP)$/.test(what)).length

/** Starts dialling, interrupts when the server has been reached, and expects both sides to be rid of it. */
const leavesNothing = (endpoint: string, server: LoopbackServer, options?: DialingOptions) =>
  Effect.gen(function*() {
    yield* turn
    const before = held()
    const fiber = yield* Effect.forkChild(Effect.scoped(Effect.andThen(dial(endpoint, options), Effect.never)))
    yield* until(() => server.open() > 0)
    yield* Effect.sleep(20)
    yield* Fiber.interrupt(fiber)
    yield* until(() => server.open() === 0)
    // The server's own half closes a moment later.
    yield* until(() => held() <= before)
    expect(held()).toBeLessThanOrEqual(before)
  })

describe("interruption", () => {
  it.live("of a TLS handshake that never ends leaves no socket and no timer", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer((socket) => socket.resume())
      yield* leavesNothing(`127.0.0.1:${server.port}:s`, server)
    }))

  it.live("of a proxy's silence leaves no socket and no timer", () =>
    Effect.gen(function*() {
      const mute = yield* tcpServer((socket) => socket.resume())
      yield* leavesNothing("a.example:50002:s", mute, { proxy: { host: "127.0.0.1", port: mute.port, credentials: null } })
      const silent = yield* socksServer({ answer: () => "silence" })
      yield* leavesNothing("a.example:50002:s", silent, { proxy: { host: "127.0.0.1", port: silent.port, credentials: null } })
    }))

  it.live("of a look for Tor leaves no socket and no timer", () =>
    Effect.gen(function*() {
      const mute = yield* tcpServer((socket) => socket.resume())
      yield* leavesNothing(`${"a".repeat(56)}.onion:50002:s`, mute, {
        tor: "auto",
        torCandidates: [{ host: "127.0.0.1", port: mute.port, credentials: null }]
      })
    }))

  it.live("of an open connection destroys it without waiting for the peer", () =>
    Effect.gen(function*() {
      const plain = yield* tcpServer((socket) => socket.resume())
      yield* leavesNothing(`127.0.0.1:${plain.port}:t`, plain)
      const secure = yield* tlsServer(makeTestCertificate(), (socket) => socket.resume())
      yield* leavesNothing(`127.0.0.1:${secure.port}:s`, secure)
    }))

  it.live("at any moment leaves no socket", () =>
    Effect.gen(function*() {
      const server = yield* tlsServer(makeTestCertificate(), (socket) => socket.resume())
      yield* turn
      const before = held()
      for (let turns = 0; turns < 60; turns++) {
        const fiber = yield* Effect.forkChild(Effect.scoped(dial(`127.0.0.1:${server.port}:s`)), { startImmediately: true })
        for (let i = 0; i < turns; i++) yield* turn
        yield* Fiber.interrupt(fiber)
      }
      yield* until(() => server.open() === 0 && held() <= before)
      expect(server.accepted()).toBeGreaterThan(0)
    }))

  it.live("is not needed: the scope's end destroys the socket and what it still does is swallowed", () =>
    Effect.gen(function*() {
      const server = yield* tlsServer(makeTestCertificate(), (socket) => socket.write("x".repeat(1_000_000)))
      const scope = yield* Scope.make()
      const { socket } = yield* Scope.provide(dial(`127.0.0.1:${server.port}:s`), scope)
      const started = performance.now()
      yield* Scope.close(scope, Exit.void)
      expect(socket.destroyed).toBe(true)
      expect(performance.now() - started).toBeLessThan(100)
      socket.emit("error", new Error("late"))
      yield* until(() => server.open() === 0)
    }))
})
