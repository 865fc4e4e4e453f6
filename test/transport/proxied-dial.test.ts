import { connect } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import type { ProxyTarget } from "../../src/transport/proxy-target.ts"
import { Dialer } from "../../src/transport/dialer.ts"
import { dial, dialerLayer, dialFailure, endpointOf, nextText, planOf } from "../support/dialing.ts"
import { closedPort, tcpServer, tlsServer } from "../support/loopback-server.ts"
import { type SocksServerOptions, socksServer } from "../support/socks-server.ts"
import { makeTestCertificate } from "../support/test-certificate.ts"

const onion = "expyuzz4wqqyqhjn".padEnd(56, "a") + ".onion"
const otherOnion = "b".repeat(56) + ".onion"

const proxyAt = (port: number, credentials: ProxyTarget["credentials"] = null): ProxyTarget => ({
  host: "127.0.0.1",
  port,
  credentials
})

/** A dialer's options for a proxy that gives this answer; private targets refused as in a real crawl. */
const through = (answer: SocksServerOptions["answer"], more: Partial<SocksServerOptions> = {}) =>
  Effect.map(socksServer({ answer, ...more }), (server) => ({
    server,
    options: { proxy: proxyAt(server.port), allowPrivate: false }
  }))

describe("proxied dial", () => {
  it.effect("hands a name to the proxy unresolved and claims no address", () =>
    Effect.gen(function*() {
      const target = yield* tcpServer((socket) => socket.write("hello"))
      const { options, server } = yield* through(() => ({ port: target.port }))
      const connection = yield* dial("electrum.example.org:50001:t", options)
      expect(connection.dial).toEqual({ address: null, resolvedBy: "proxy", addresses: [], via: "proxy" })
      expect(yield* nextText(connection)).toBe("hello")
      expect(server.requests).toMatchObject([{ addressType: 3, host: "electrum.example.org", port: 50001, username: null }])
    }))

  it.effect("hands over literals as addresses", () =>
    Effect.gen(function*() {
      const target = yield* tcpServer(() => {})
      const { options, server } = yield* through(() => ({ port: target.port }))
      const four = yield* dial("34.90.1.2:50001:t", options)
      yield* dial("[2a01:4f8::1]:50001:t", options)
      expect(four.dial).toEqual({ address: null, resolvedBy: "literal", addresses: [], via: "proxy" })
      expect(server.requests).toMatchObject([
        { addressType: 1, host: "34.90.1.2" },
        { addressType: 4, host: "2a01:04f8:0000:0000:0000:0000:0000:0001" }
      ])
    }))

  it.effect("leaves it to the proxy whether there is IPv6", () =>
    Effect.gen(function*() {
      const { options } = yield* through(() => ({ code: 8 }))
      expect(yield* dialFailure("[2a01:4f8::1]:50001:t", { ...options, vantage: { ipv4: true, ipv6: false } }))
        .toEqual({ reason: "proxy", phase: "connect", detail: "SOCKS 0x08 address type not supported" })
    }))

  it.live("shakes hands in TLS through the tunnel, with the announced name", () =>
    Effect.gen(function*() {
      const certificate = makeTestCertificate({ commonName: "x" })
      const names: Array<unknown> = []
      const target = yield* tlsServer(certificate, (socket) => names.push(socket.servername) && socket.write("secret"))
      const { options } = yield* through(() => ({ port: target.port }), { pieceBytes: 1 })
      const connection = yield* dial("electrum.example.org:50002:s", options)
      expect(yield* nextText(connection)).toBe("secret")
      expect(connection.tls).toMatchObject({ sni: "electrum.example.org", certificate: { sha256: certificate.sha256 } })
      expect(connection.tlsMs).toBeGreaterThan(connection.connectedMs)
      // The proxy answers in the server's place.
      expect(connection.tcpConnectMs).toBeNull()
      expect(names).toEqual(["electrum.example.org"])
    }))

  it.effect("loses no byte that came with the proxy's reply", () =>
    Effect.gen(function*() {
      const reply = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
      const { options } = yield* through(() => ({ raw: Buffer.concat([reply, Buffer.from("early bird")]) }))
      const connection = yield* dial("a.example:50001:t", options)
      expect(yield* nextText(connection)).toBe("early bird")
    }))

  it.effect("gives TLS the bytes that came with the proxy's reply", () =>
    Effect.gen(function*() {
      const reply = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
      const alert = Buffer.from([21, 3, 3, 0, 2, 2, 40])
      const { options } = yield* through(() => ({ raw: Buffer.concat([reply, alert]) }))
      expect(yield* dialFailure("a.example:50002:s", options)).toMatchObject({ reason: "tls", phase: "tls" })
    }))

  it.effect("refuses to name private addresses and local names to a proxy", () =>
    Effect.gen(function*() {
      const { options, server } = yield* through(() => ({ code: 1 }))
      const detailOf = (text: string) => Effect.map(dialFailure(text, options), ({ detail, reason }) => `${reason}: ${detail}`)
      expect(yield* detailOf("10.0.0.1:50001:t")).toBe("policy: private address 10.0.0.1")
      expect(yield* detailOf("[fd00::1]:50001:t")).toBe("policy: unique local address fd00::1")
      expect(yield* detailOf("printer:50001:t")).toBe("policy: single-label name printer")
      expect(yield* detailOf("nas.local:50001:t")).toBe("policy: local-use name nas.local")
      expect(server.accepted()).toBe(0)
    }))

  it.effect("lets simulated addresses pass only on simulated chains", () =>
    Effect.gen(function*() {
      const { options } = yield* through(() => ({ code: 5 }))
      expect(yield* dialFailure("240.1.2.3:50001:t", options)).toMatchObject({ reason: "policy" })
      expect(yield* dialFailure("240.1.2.3:50001:t", { ...options, simulated: true })).toMatchObject({ reason: "refused" })
    }))

  it.effect("sends nothing to a proxy beyond loopback in loopback-only mode", () =>
    Effect.gen(function*() {
      const proxy = { host: "10.9.8.7", port: 1080, credentials: null }
      expect(yield* dialFailure("a.example:50001:t", { proxy }))
        .toEqual({ reason: "policy", phase: "policy", detail: "OBSERVATORY_LOOPBACK_ONLY forbids proxy 10.9.8.7" })
      expect(yield* dialFailure("a.example:50001:t", { proxy: { ...proxy, host: "proxy.example" } }))
        .toMatchObject({ reason: "policy", detail: "OBSERVATORY_LOOPBACK_ONLY forbids proxy proxy.example" })
    }))

  it.effect.each([
    [1, "proxy"],
    [3, "unreachable"],
    [4, "unreachable"],
    [5, "refused"],
    [6, "connect timeout"],
    [0xf0, "unreachable"]
  ] as const)("takes reply code %i of a real socket for %s", ([code, reason]) =>
    Effect.gen(function*() {
      const { options } = yield* through(() => ({ code }))
      expect(yield* dialFailure("a.example:50001:t", options)).toMatchObject({ reason, phase: "connect" })
    }))

  it.effect("calls it the proxy's failure when the proxy is not there, hangs up or is none", () =>
    Effect.gen(function*() {
      const port = yield* closedPort()
      expect(yield* dialFailure("a.example:50001:t", { proxy: proxyAt(port) }))
        .toEqual({ reason: "proxy", phase: "connect", detail: `127.0.0.1:${port} ECONNREFUSED` })
      const hangsUp = yield* tcpServer((socket) => socket.end())
      expect(yield* dialFailure("a.example:50001:t", { proxy: proxyAt(hangsUp.port) }))
        .toEqual({ reason: "proxy", phase: "connect", detail: "closed before its reply" })
      const web = yield* tcpServer((socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")))
      expect(yield* dialFailure("a.example:50001:t", { proxy: proxyAt(web.port) }))
        .toEqual({ reason: "proxy", phase: "connect", detail: "not a SOCKS5 proxy (answered 0x48)" })
    }))

  it.effect("gives the user's credentials to a proxy that asks", () =>
    Effect.gen(function*() {
      const target = yield* tcpServer(() => {})
      const server = yield* socksServer({
        answer: () => ({ port: target.port }),
        credentials: true,
        accepts: (_, password) => password === "right"
      })
      yield* dial("a.example:50001:t", { proxy: proxyAt(server.port, { username: "me", password: "right" }) })
      expect(server.requests).toMatchObject([{ username: "me", password: "right" }])
      expect(yield* dialFailure("a.example:50001:t", { proxy: proxyAt(server.port, { username: "me", password: "wrong" }) }))
        .toEqual({ reason: "proxy", phase: "connect", detail: "credentials refused" })
    }))

  it.effect("waits twenty seconds, and tells the proxy's silence from the peer's", () =>
    Effect.gen(function*() {
      const asked: Array<() => void> = []
      const silent = yield* socksServer({
        answer: () => {
          asked.forEach((tell) => tell())
          return "silence"
        }
      })
      const mute = yield* tcpServer((socket) => socket.once("data", () => asked.forEach((tell) => tell())))
      const wasAsked = Effect.callback<void>((resume) => {
        asked.push(() => resume(Effect.void))
      })
      const failureOf = Effect.fnUntraced(function*(port: number) {
        const told = yield* Effect.forkChild(wasAsked, { startImmediately: true })
        const fiber = yield* Effect.forkChild(dialFailure("a.example:50001:t", { proxy: proxyAt(port) }))
        yield* Fiber.join(told)
        yield* TestClock.adjust("20 seconds")
        return yield* Fiber.join(fiber)
      })
      expect(yield* failureOf(silent.port))
        .toEqual({ reason: "connect timeout", phase: "connect", detail: "no answer in 20000 ms" })
      expect(yield* failureOf(mute.port))
        .toEqual({ reason: "proxy", phase: "connect", detail: `127.0.0.1:${mute.port} no answer in 20000 ms` })
    }))
})

describe("onion dial", () => {
  it.effect("goes through Tor, each endpoint by credentials of its own, even where a proxy is set", () =>
    Effect.gen(function*() {
      const target = yield* tcpServer(() => {})
      const tor = yield* socksServer({ answer: () => ({ port: target.port }), credentials: true })
      const proxy = yield* socksServer({ answer: () => ({ code: 1 }) })
      const options = { tor: proxyAt(tor.port), proxy: proxyAt(proxy.port) }
      const first = yield* dial(`${onion}:50001:t`, options)
      yield* dial(`${otherOnion}:50001:t`, options)
      yield* dial(`${onion}:50002:t`, options)
      yield* dial(`${onion}:50001:t`, options)
      expect(first.dial).toEqual({ address: null, resolvedBy: "proxy", addresses: [], via: "tor" })
      expect(tor.requests.map((r) => r.host)).toEqual([onion, otherOnion, onion, onion])
      const passwords = tor.requests.map((r) => r.password)
      expect(new Set(passwords).size).toBe(3)
      expect(passwords[3]).toBe(passwords[0])
      expect(proxy.accepted()).toBe(0)
    }))

  it.effect("sends the onion's name in TLS", () =>
    Effect.gen(function*() {
      const target = yield* tlsServer(makeTestCertificate(), (socket) => socket.write(String(socket.servername)))
      const tor = yield* socksServer({ answer: () => ({ port: target.port }) })
      const connection = yield* dial(`${onion}:50002:s`, { tor: proxyAt(tor.port) })
      expect(yield* nextText(connection)).toBe(onion)
    }))

  it.effect("looks for a local Tor once, passing by what is none", () =>
    Effect.gen(function*() {
      const target = yield* tcpServer(() => {})
      const web = yield* tcpServer((socket) => socket.once("data", () => socket.end("HTTP/1.1 400\r\n\r\n")))
      const tor = yield* socksServer({ answer: () => ({ port: target.port }) })
      // Where any SOCKS proxy may be, one that does not say that it is Tor is none.
      const other = yield* tcpServer((socket) => socket.once("data", (asked: Buffer) => asked[0] === 5 ? socket.write(Buffer.from([5, 0])) : socket.end("HTTP/1.1 400\r\n\r\n")))
      const torCandidates = [proxyAt(yield* closedPort()), proxyAt(web.port), { ...proxyAt(other.port), hasToSay: true }, proxyAt(tor.port)]
      yield* Effect.gen(function*() {
        const dialer = yield* Dialer
        for (let i = 0; i < 3; i++) {
          yield* Effect.scoped(Effect.flatMap(dialer.plan(endpointOf(`${onion}:50001:t`)), dialer.connect))
        }
      }).pipe(Effect.provide(dialerLayer({ tor: "auto", torCandidates })))
      expect(web.accepted()).toBe(1)
      expect(tor.requests.length).toBe(3)
      expect(other.accepted()).toBe(2)
    }))

  it.effect("says that it is us who have no Tor", () =>
    Effect.gen(function*() {
      const torCandidates = [proxyAt(yield* closedPort())]
      const failure = yield* dialFailure(`${onion}:50001:t`, { tor: "auto", torCandidates })
      expect(failure).toEqual({ reason: "us", phase: "connect", detail: "no Tor" })
    }))

  it.effect("finds a Tor that was started later, and looks for it once a minute at the most", () =>
    Effect.gen(function*() {
      const target = yield* tcpServer(() => {})
      const tor = yield* socksServer({ answer: () => ({ port: target.port }) })
      let isThere = false
      const candidate = yield* tcpServer((socket) => {
        if (isThere) socket.pipe(connect(tor.port, "127.0.0.1")).pipe(socket)
        else socket.once("data", () => socket.end("HTTP/1.1 400\r\n\r\n"))
      })
      const connecting = Effect.flatMap(Dialer, (dialer) => Effect.scoped(Effect.flatMap(dialer.plan(endpointOf(`${onion}:50001:t`)), dialer.connect)))
      yield* Effect.gen(function*() {
        for (let i = 0; i < 2; i++) expect(yield* Effect.flip(connecting)).toMatchObject({ reason: "us", detail: "no Tor" })
        expect(candidate.accepted()).toBe(1)
        isThere = true
        expect(yield* Effect.flip(connecting)).toMatchObject({ reason: "us", detail: "no Tor" })
        yield* TestClock.adjust("61 seconds")
        yield* connecting
        yield* TestClock.adjust("1 day")
        yield* connecting
      }).pipe(Effect.provide(dialerLayer({ tor: "auto", torCandidates: [proxyAt(candidate.port)] })))
      // Found once: asked twice, each time to connect.
      expect(tor.requests.length).toBe(2)
      expect(candidate.accepted()).toBe(4)
    }))

  it.effect("never takes a simulated onion to a real Tor", () =>
    Effect.gen(function*() {
      const realTor = yield* socksServer({ answer: () => ({ code: 1 }) })
      const front = yield* socksServer({ answer: () => ({ code: 5 }) })
      const options = { tor: "auto" as const, torCandidates: [proxyAt(realTor.port)], simulated: true }
      expect((yield* planOf(`${onion}:50001:t`, { ...options, proxy: proxyAt(front.port) })).dial.via).toBe("proxy")
      expect(yield* dialFailure(`${onion}:50001:t`, options)).toMatchObject({ reason: "us", detail: "no Tor" })
      expect(realTor.accepted()).toBe(0)
    }))
})
