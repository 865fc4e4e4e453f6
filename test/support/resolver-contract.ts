import { describe, expect, it } from "@effect/vitest"
import { Effect, type Layer, type Scope } from "effect"
import { Resolver } from "../../src/transport/resolver.ts"

/** Names every resolver under contract must know. */
export const contractNames = {
  "one.test": { A: ["192.0.2.1"] },
  "dual.test": { A: ["192.0.2.1", "192.0.2.2"], AAAA: ["2001:db8::1"] },
  "six.test": { AAAA: ["2001:db8::6"] },
  "empty.test": {},
  "broken.test": "SERVFAIL",
  "1.2.0.192.in-addr.arpa": { PTR: ["host.example.org"] },
  "text.test": { TXT: ["64500 | 192.0.2.0/24", "größer"] }
} as const

/** What every Resolver promises, whoever answers. */
export const resolverContract = (name: string, layer: Layer.Layer<Resolver, never, Scope.Scope>): void => {
  const addresses = (host: string) => Effect.flatMap(Resolver, (resolver) => resolver.addresses(host)).pipe(Effect.provide(layer))
  const names = (address: string) => Effect.flatMap(Resolver, (resolver) => resolver.names(address)).pipe(Effect.provide(layer))
  const texts = (host: string) => Effect.flatMap(Resolver, (resolver) => resolver.texts(host)).pipe(Effect.provide(layer))
  const failure = (host: string) => Effect.map(Effect.flip(addresses(host)), ({ detail, phase, reason }) => ({ detail, phase, reason }))

  describe(`Resolver contract: ${name}`, () => {
    it.live("gives the addresses of both families, IPv4 first", () =>
      Effect.gen(function*() {
        expect(yield* addresses("one.test")).toEqual(["192.0.2.1"])
        expect((yield* addresses("dual.test")).toSorted()).toEqual(["192.0.2.1", "192.0.2.2", "2001:db8::1"])
        expect((yield* addresses("dual.test")).at(-1)).toBe("2001:db8::1")
        expect(yield* addresses("six.test")).toEqual(["2001:db8::6"])
      }))

    it.live("fails with the resolver's code", () =>
      Effect.gen(function*() {
        expect(yield* failure("gone.test")).toEqual({ reason: "dns", phase: "resolve", detail: "ENOTFOUND" })
        expect(yield* failure("empty.test")).toEqual({ reason: "dns", phase: "resolve", detail: "ENODATA" })
        expect(yield* failure("broken.test")).toEqual({ reason: "dns", phase: "resolve", detail: "ESERVFAIL" })
      }))

    it.live("gives the names of an address", () =>
      Effect.gen(function*() {
        expect(yield* names("192.0.2.1")).toEqual(["host.example.org"])
        expect((yield* Effect.flip(names("192.0.2.9"))).detail).toBe("ENOTFOUND")
      }))

    it.live("gives the texts of a name", () =>
      Effect.gen(function*() {
        expect((yield* texts("text.test")).toSorted()).toEqual(["64500 | 192.0.2.0/24", "größer"])
        expect((yield* Effect.flip(texts("gone.test"))).detail).toBe("ENOTFOUND")
        expect((yield* Effect.flip(texts("broken.test"))).detail).toBe("ESERVFAIL")
      }))
  })
}
