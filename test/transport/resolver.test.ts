import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import type { ResolverOptions } from "../../src/transport/live-resolver.ts"
import { Resolver } from "../../src/transport/resolver.ts"
import { type DnsAnswer, dnsResponder } from "../support/dns-responder.ts"
import { closedPort } from "../support/loopback-server.ts"
import { contractNames, resolverContract } from "../support/resolver-contract.ts"

resolverContract(
  "table",
  Resolver.layerTable({
    "one.test": ["192.0.2.1"],
    "dual.test": ["192.0.2.1", "192.0.2.2", "2001:db8::1"],
    "six.test": ["2001:db8::6"],
    "empty.test": [],
    "broken.test": "ESERVFAIL",
    "1.2.0.192.in-addr.arpa": ["host.example.org"],
    "text.test": ["64500 | 192.0.2.0/24", "größer"]
  })
)

resolverContract(
  "live, against a real name server",
  Layer.unwrap(Effect.map(dnsResponder(contractNames), (server) => Resolver.layer({ server, loopbackOnly: true })))
)

/** Resolves one name by a live resolver. */
const resolve = (name: string, options: ResolverOptions) =>
  Effect.flatMap(Resolver, (resolver) => resolver.addresses(name)).pipe(Effect.provide(Resolver.layer(options)))

const failureOf = (name: string, options: ResolverOptions) =>
  Effect.map(Effect.flip(resolve(name, options)), ({ detail, phase, reason }) => ({ detail, phase, reason }))

const live = (table: Readonly<Record<string, DnsAnswer>>, timeoutMs?: number) =>
  Effect.map(dnsResponder(table), (server) => ({
    server,
    options: { server, loopbackOnly: true, ...(timeoutMs === undefined ? {} : { timeoutMs }) }
  }))

describe("live resolver", () => {
  it.live("keeps no more than sixteen addresses, of both families", () =>
    Effect.gen(function*() {
      const { options } = yield* live({
        "many.test": {
          A: Array.from({ length: 20 }, (_, i) => `192.0.2.${i}`),
          AAAA: Array.from({ length: 12 }, (_, i) => `2001:db8::${i + 1}`)
        }
      })
      const found = yield* resolve("many.test", options)
      expect(found.length).toBe(16)
      expect(found.filter((address) => address.includes(":")).length).toBe(8)
    }))

  it.live("does not wait long for one family when the other has answered", () =>
    Effect.gen(function*() {
      const { options } = yield* live({ "half.test": { A: ["192.0.2.1"], AAAA: "silence" } })
      const started = performance.now()
      expect(yield* resolve("half.test", options)).toEqual(["192.0.2.1"])
      expect(performance.now() - started).toBeLessThan(4_000)
    }))

  it.live("calls silence about one name a timeout of that name while others are answered", () =>
    Effect.gen(function*() {
      const { options, server } = yield* live({ "tarpit.test": "silence", ".": { NS: ["a.root.test"] } }, 300)
      expect(yield* failureOf("tarpit.test", options)).toEqual({ reason: "dns", phase: "resolve", detail: "ETIMEOUT" })
      expect(server.questions).toContain("A tarpit.test")
      expect(server.questions.filter((question) => question.startsWith("NS"))).not.toEqual([])
    }))

  it.live("calls silence about everything our own trouble", () =>
    Effect.gen(function*() {
      const { options, server } = yield* live({ "a.test": "silence", ".": "silence" }, 300)
      expect(yield* failureOf("a.test", options)).toEqual({
        reason: "us",
        phase: "resolve",
        detail: `name server 127.0.0.1:${server.port} unreachable (ETIMEOUT)`
      })
    }))

  it.live("says so when the name server is not there", () =>
    Effect.gen(function*() {
      const port = yield* closedPort()
      const server = { address: "127.0.0.1", port }
      expect(yield* failureOf("a.test", { server, loopbackOnly: true })).toEqual({
        reason: "us",
        phase: "resolve",
        detail: `name server 127.0.0.1:${port} unreachable (ECONNREFUSED)`
      })
    }))

  it.live("asks nobody beyond loopback in loopback-only mode, the system's servers included", () =>
    Effect.gen(function*() {
      expect(yield* failureOf("a.test", { server: { address: "192.0.2.53", port: 53 }, loopbackOnly: true }))
        .toEqual({ reason: "policy", phase: "policy", detail: "OBSERVATORY_LOOPBACK_ONLY forbids name server 192.0.2.53" })
      expect(yield* failureOf("a.test", { server: null, loopbackOnly: true })).toEqual({
        reason: "policy",
        phase: "policy",
        detail: "OBSERVATORY_LOOPBACK_ONLY forbids the system's name servers"
      })
    }))

  it.live("survives a name no resolver could ask for", () =>
    Effect.gen(function*() {
      const { options } = yield* live({})
      for (const name of ["", ".", "a..b", "x".repeat(300), "bad name", "\u0000"]) {
        expect((yield* failureOf(name, options)).reason).toBe("dns")
      }
    }))

  it.live("cancels its questions when interrupted", () =>
    Effect.gen(function*() {
      const { options, server } = yield* live({ "tarpit.test": "silence" })
      const fiber = yield* Effect.forkChild(resolve("tarpit.test", options))
      while (server.questions.length < 2) yield* Effect.sleep(1)
      const started = performance.now()
      yield* Fiber.interrupt(fiber)
      expect(performance.now() - started).toBeLessThan(500)
      // c-ares would ask again after a third of its ten seconds, were the question still open.
      expect(process.getActiveResourcesInfo().filter((what) => /DNS|QUERY|CARES/i.test(what))).toEqual([])
    }))
})
