import { Resolver } from "node:dns/promises"
import { connect } from "node:net"
import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { streamDecode, streamEncode } from "dns-packet"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { startFree } from "../../support/running-simnet.ts"
import { planOf } from "../../support/simnet-plan.ts"

const start = Effect.gen(function*() {
  const net = yield* startFree({ scenario: "mixed" })
  const resolver = new Resolver({ timeout: 2000, tries: 1 })
  resolver.setServers([`127.0.0.1:${net.dnsPort}`])
  const { servers } = yield* Effect.promise(() => planOf("mixed", 1))
  const fir = servers.find((server) => server.id === "fir")!.names[0]!
  return { net, resolver, fir }
})

const codeOf = (promise: Promise<unknown>): Effect.Effect<string> =>
  Effect.promise(() =>
    promise.then(
      () => "resolved",
      (error: NodeJS.ErrnoException) => error.code ?? "none"
    )
  )

describe("the DNS responder", () => {
  it.effect("answers A, AAAA and PTR of the scenario's names", () =>
    Effect.gen(function*() {
      const { resolver, fir } = yield* start
      const [v4, v6] = fir.addresses as [string, string]
      expect(yield* Effect.promise(() => resolver.resolve4("fir.test"))).toEqual([v4])
      expect(yield* Effect.promise(() => resolver.resolve4("FIR.test"))).toEqual([v4])
      expect(yield* Effect.promise(() => resolver.resolve6("fir.test"))).toEqual([v6])
      expect(yield* Effect.promise(() => resolver.reverse(v4))).toEqual(["fir.test"])
      expect(yield* Effect.promise(() => resolver.reverse(v6))).toEqual(["fir.test"])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("has no data of other types for its names, and no other names", () =>
    Effect.gen(function*() {
      const { resolver } = yield* start
      expect(yield* codeOf(resolver.resolve6("oak.test"))).toBe("ENODATA")
      expect(yield* codeOf(resolver.resolveMx("oak.test"))).toBe("ENODATA")
      expect(yield* codeOf(resolver.resolve4("no-name.gone.test"))).toBe("ENOTFOUND")
      expect(yield* codeOf(resolver.resolve4("example.org"))).toBe("ENOTFOUND")
      expect(yield* codeOf(resolver.reverse("240.250.250.250"))).toBe("ENOTFOUND")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("answers who announces an address and whose that system is, and of others that there is none", () =>
    Effect.gen(function*() {
      const { resolver } = yield* start
      const texts = (name: string) => Effect.promise(() => resolver.resolveTxt(name))
      expect(yield* texts("213.115.149.240.origin.asn.cymru.com")).toEqual([["64502 | 240.149.115.213/32 | FR | simnic | 2020-01-01"]])
      const six = ["6", ...Array.from({ length: 19 }, () => "0"), "6", "6", "0", "0", "8", "b", "d", "0", "1", "0", "0", "2"].join(".")
      expect(yield* texts(`${six}.ORIGIN6.asn.cymru.com`)).toEqual([["64511 | 2001:db8:66::6/128 | JP | simnic | 2020-01-01"]])
      for (const name of ["1.1.1.1.origin.asn.cymru.com", "999.1.1.1.origin.asn.cymru.com", "1.1.1.origin.asn.cymru.com", "x.origin6.asn.cymru.com", "AS64502.asn.cymru.com", "AS1.asn.cymru.com"]) {
        expect([name, yield* codeOf(resolver.resolveTxt(name))]).toEqual([name, "ENOTFOUND"])
      }
      expect(yield* codeOf(resolver.resolve4("213.115.149.240.origin.asn.cymru.com"))).toBe("ENODATA")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("answers over TCP too", () =>
    Effect.gen(function*() {
      const { net, fir } = yield* start
      const reply = yield* Effect.promise(
        () =>
          new Promise<Buffer>((resolve, reject) => {
            const socket = connect(net.dnsPort, "127.0.0.1")
            socket.on("error", reject)
            socket.once("data", (bytes: Buffer) => {
              socket.destroy()
              resolve(bytes)
            })
            socket.write(streamEncode({ type: "query", id: 7, questions: [{ type: "A", name: "fir.test" }] }))
          })
      )
      const packet = streamDecode(reply)
      expect(packet.id).toBe(7)
      expect(packet.answers).toMatchObject([{ type: "A", name: "fir.test", data: fir.addresses[0] }])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
