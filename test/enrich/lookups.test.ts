import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Resolver } from "../../src/transport/resolver.ts"
import { TransportError } from "../../src/transport/transport-error.ts"
import { lookUp, said } from "../support/enriching.ts"

const origin = (address: string): string => `${address.split(".").toReversed().join(".")}.origin.asn.cymru.com`
const reverse = (address: string): string => `${address.split(".").toReversed().join(".")}.in-addr.arpa`

const one = "34.90.1.2"
const other = "34.90.9.9"

const records = {
  [origin(one)]: ["64500 | 34.90.0.0/16 | DE | ripencc | 2001-01-01"],
  [origin(other)]: ["64500 | 34.90.0.0/16 | DE | ripencc | 2001-01-01"],
  "AS64500.asn.cymru.com": ["64500 | DE | ripencc | 2001-01-01 | EXAMPLE-AS, DE"],
  [reverse(one)]: ["one.example.org", "also.example.org"]
}

/** A resolver that notes each question with the time it was asked at. */
const noting = (inner: Layer.Layer<Resolver>) => {
  const asked: Array<readonly [at: number, question: string]> = []
  const layer = Layer.effect(
    Resolver,
    Effect.gen(function*() {
      const resolver = yield* Resolver
      const note = <A, E>(question: string, answer: Effect.Effect<A, E>) =>
        Effect.andThen(Effect.map(Clock.currentTimeMillis, (at) => void asked.push([at, question])), answer)
      return Resolver.of({
        addresses: (name) => note(`A ${name}`, resolver.addresses(name)),
        names: (address) => note(`PTR ${address}`, resolver.names(address)),
        texts: (name) => note(`TXT ${name}`, resolver.texts(name))
      })
    })
  ).pipe(Layer.provide(inner))
  return { layer, asked }
}

const all = { asn: "cymru", ptr: true } as const

describe("lookups", () => {
  it.effect("ask who announces an address, once whose that system is, and for reverse names", () =>
    Effect.gen(function*() {
      const { asked, layer } = noting(Resolver.layerTable(records))
      const { facts, report } = yield* lookUp([one, other], all, layer)
      expect(said(facts, one)).toEqual([
        "asn origin.asn.cymru.com: 64500",
        "cloud_provider cloud-asns.json: (no data)",
        "country_registered origin.asn.cymru.com: DE",
        "org origin.asn.cymru.com: EXAMPLE-AS",
        "ptr PTR: one.example.org, also.example.org"
      ])
      expect(said(facts, other)).toContain("ptr PTR: (no data)")
      expect(facts.find(({ fact }) => fact === "asn")).toMatchObject({ block: "34.90.0.0/16", detail: "ripencc, allocated 2001-01-01" })
      expect(asked.map(([, question]) => question).toSorted()).toEqual([
        `PTR ${one}`,
        `PTR ${other}`,
        "TXT AS64500.asn.cymru.com",
        `TXT ${origin(one)}`,
        `TXT ${origin(other)}`
      ].toSorted())
      expect(report).toMatchObject({ addresses: 2, answered: 7 })
    }))

  it.effect("keep to their rate", () =>
    Effect.gen(function*() {
      const { asked, layer } = noting(Resolver.layerTable({}))
      const addresses = Array.from({ length: 40 }, (_, i) => `34.90.2.${i}`)
      const fiber = yield* Effect.forkChild(lookUp(addresses, { ...all, rate: 20 }, layer))
      yield* TestClock.adjust("1 second")
      expect(asked.length).toBeGreaterThan(10)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(fiber)
      const times = asked.map(([at]) => at).toSorted((a, b) => a - b)
      expect(times).toHaveLength(80)
      for (const [i, at] of times.entries()) expect(times.filter((t) => t >= at && t < at + 1000).length, String(i)).toBeLessThanOrEqual(20)
      expect(times.at(-1)! - times[0]!).toBeGreaterThanOrEqual(3_900)
    }))

  it.effect("leave out what is known and fresh, and use it", () =>
    Effect.gen(function*() {
      const before = yield* lookUp([one], { ...all, asn: "cymru" }, Resolver.layerTable({ ...records, [origin(one)]: ["24940 | 34.90.0.0/16 | DE | ripencc | 2001-01-01"], "AS24940.asn.cymru.com": ["24940 | DE | x | x | HETZNER, DE"] }))
      const { asked, layer } = noting(Resolver.layerTable({}))
      const known = before.facts.filter(({ source }) => source.kind !== "cloud table")
      const again = yield* lookUp([{ address: one, known }], all, layer)
      expect(asked).toEqual([])
      expect(said(again.facts, one)).toEqual(["cloud_provider cloud-asns.json: Hetzner"])
      const withoutHolder = known.filter(({ fact }) => fact !== "org")
      yield* lookUp([{ address: one, known: withoutHolder }], all, layer)
      expect(asked.map(([, question]) => question)).toEqual([`TXT ${origin(one)}`])
    }))

  it.effect("say why they asked nobody: private addresses, and where no name server may be asked", () =>
    Effect.gen(function*() {
      const { asked, layer } = noting(Resolver.layerTable(records))
      const odd = ["10.1.2.3", "240.1.2.3", "2001:db8::1", "127.0.0.1"]
      const { facts } = yield* lookUp(odd, all, layer)
      expect(facts.map(({ address, reason }) => `${address} ${reason}`).filter((line) => !line.endsWith("policy"))).toEqual([])
      expect(facts.find(({ address }) => address === "10.1.2.3")!.detail).toBe("private address 10.1.2.3")
      expect(asked).toEqual([])
      yield* lookUp(["240.1.2.3"], { ...all, simulated: true }, layer)
      expect(asked.map(([, question]) => question).toSorted()).toEqual(["PTR 240.1.2.3", "TXT 3.2.1.240.origin.asn.cymru.com"])
      const refused = yield* lookUp([one], { ...all, refusal: "through a proxy only --resolver is asked", rate: 0.001 }, layer)
      expect(new Set(refused.facts.map(({ detail, reason }) => `${reason}: ${detail}`))).toEqual(new Set(["policy: through a proxy only --resolver is asked"]))
      expect(asked).toHaveLength(2)
    }))

  it.effect("tell no data from trouble of theirs, trouble of ours, and answers that are none", () =>
    Effect.gen(function*() {
      const fail = (reason: "dns" | "us", detail: string) => Effect.fail(new TransportError({ reason, phase: "resolve", detail }))
      const answers: Record<string, Effect.Effect<ReadonlyArray<string>, TransportError>> = {
        [origin("34.90.3.1")]: fail("dns", "ESERVFAIL"),
        [origin("34.90.3.2")]: fail("us", "no network"),
        [origin("34.90.3.3")]: Effect.succeed(["64500 | 8.8.8.0/24 | US | arin | 2000-01-01", `x${"\u001b[31m".repeat(100)}`]),
        [origin("34.90.3.4")]: fail("dns", "ENODATA"),
        [origin("34.90.3.5")]: Effect.succeed(["64501 | 34.90.3.0/24 | | arin | "]),
        "AS64501.asn.cymru.com": fail("dns", "ESERVFAIL")
      }
      const layer = Layer.succeed(Resolver, {
        addresses: () => Effect.succeed([]),
        names: () => Effect.succeed([]),
        texts: (name) => answers[name] ?? fail("dns", "ENOTFOUND")
      })
      const { facts } = yield* lookUp([1, 2, 3, 4, 5].map((n) => `34.90.3.${n}`), { asn: "cymru" }, layer)
      const reasons = (fact: string) => facts.filter((one) => one.fact === fact).map(({ reason }) => reason)
      expect(reasons("asn")).toEqual(["dns", "us", "malformed", "no data", null])
      expect(reasons("org")).toEqual(["dns", "us", "malformed", "no data", "dns"])
      expect(reasons("country_registered")).toEqual(["dns", "us", "malformed", "no data", "no data"])
      expect(facts.find(({ reason }) => reason === "malformed")!.detail!.length).toBeLessThanOrEqual(200)
    }))

  it.effect("give up when no name server answers, rather than wait for each address", () =>
    Effect.gen(function*() {
      let asked = 0
      const dead = () => Effect.suspend(() => {
        asked++
        return Effect.delay(Effect.fail(new TransportError({ reason: "us", phase: "resolve", detail: "no network" })), "10 seconds")
      })
      const layer = Layer.succeed(Resolver, { addresses: dead, names: dead, texts: dead })
      const fiber = yield* Effect.forkChild(lookUp(Array.from({ length: 200 }, (_, i) => `34.90.4.${i}`), all, layer))
      yield* TestClock.adjust("1 minute")
      const { facts } = yield* Fiber.join(fiber)
      expect(asked).toBeLessThan(20)
      expect(facts.filter(({ reason }) => reason !== "us")).toEqual([])
      expect(facts.at(-1)!.detail).toBe("not asked after 5 failures in a row")
    }))
})
