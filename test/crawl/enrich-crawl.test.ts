import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { enrichCrawl, type EnrichRun } from "../../src/crawl/enrich-crawl.ts"
import { makeExclusions, noExclusions } from "../../src/domain/exclusions.ts"
import type { AddressFact, HostAddresses } from "../../src/domain/address-fact.ts"
import { Enricher, type Subject } from "../../src/enrich/enricher.ts"
import { MemoryStore } from "../support/memory-store.ts"
import { onion } from "../support/small-database.ts"
import { answeredVisit } from "../support/store-facts.ts"

const direct = (key: string, address: string) => ({
  _tag: "visit" as const,
  visit: answeredVisit(key, { dial: { address, resolvedBy: "dns", addresses: [address], via: "direct" } })
})

const byProxy = (key: string) => ({
  _tag: "visit" as const,
  visit: answeredVisit(key, { dial: { address: null, resolvedBy: "proxy", addresses: [], via: "proxy" } })
})

const hostOf = (host: string, addresses: ReadonlyArray<string>): HostAddresses => ({
  host,
  addresses,
  reason: addresses.length > 0 ? null : "policy",
  detail: addresses.length > 0 ? null : "through a proxy only --resolver is asked",
  resolvedAt: 0
})

const factOf = (address: string, lookedUpAt = 0): AddressFact => ({
  address,
  fact: "asn",
  source: { kind: "cymru", name: "origin.asn.cymru.com", rank: 0, dataAt: null },
  answers: ["64500"],
  reason: null,
  detail: null,
  block: null,
  lookedUpAt
})

/** Runs over what a memory store was given, and notes whom the enricher is asked about. */
const run = Effect.fnUntraced(function*(
  memory: MemoryStore,
  options: Partial<EnrichRun> = {},
  hosts: ReadonlyArray<HostAddresses> = [],
  more: ReadonlyArray<AddressFact> = []
) {
  const subjects: Array<Subject> = []
  const resolved: Array<string> = []
  const inner = Enricher.layerFacts([...["34.90.1.1", "34.90.1.2", "34.90.1.9"].map((address) => factOf(address)), ...more], hosts)
  const layer = Layer.effect(
    Enricher,
    Effect.map(Enricher, (enricher) =>
      Enricher.of({
        lookUp: (asked, save) => {
          subjects.push(...asked)
          return enricher.lookUp(asked, save)
        },
        addressesOf: (host) => {
          resolved.push(host)
          return enricher.addressesOf(host)
        }
      }))
  ).pipe(Layer.provide(inner))
  const summary = yield* enrichCrawl({
    crawlId: 1,
    network: "mainnet",
    simulated: false,
    exclusions: noExclusions,
    freshMs: 1_000,
    onStart: () => Effect.void,
    ...options
  }).pipe(Effect.provide(Layer.merge(layer, memory.layer)))
  return { summary, asked: subjects.map(({ address }) => address), subjects, resolved: resolved.toSorted() }
})

describe("looking up a crawl's addresses", () => {
  it.effect("is about those dialled, each once, and about what names have that a proxy resolved; onions have none", () =>
    Effect.gen(function*() {
      const memory = new MemoryStore()
      memory.units.push([
        direct("a.example.org:50002:s", "34.90.1.2"),
        direct("a.example.org:50001:t", "34.90.1.2"),
        direct("b.example.org:50002:s", "34.90.1.1"),
        byProxy("c.example.org:50002:s"),
        byProxy("d.example.org:50002:s"),
        byProxy(`${onion}:50002:s`)
      ])
      const hosts = [hostOf("c.example.org", ["34.90.1.1", "34.90.1.9"]), hostOf("d.example.org", [])]
      const { asked, resolved, summary } = yield* run(memory, {}, hosts)
      expect(resolved).toEqual(["c.example.org", "d.example.org"])
      expect(asked).toEqual(["34.90.1.1", "34.90.1.2", "34.90.1.9"])
      expect(memory.hosts).toEqual(hosts)
      expect(memory.enriched.map(({ address }) => address)).toEqual(asked)
      expect(summary).toEqual({
        addresses: 3,
        answered: 3,
        notes: [],
        hostsWithoutAddress: 1,
        lack: "through a proxy only --resolver is asked"
      })
    }))

  it.effect("leaves out who opted out: by name, by the address dialled, by the address a name turns out to have", () =>
    Effect.gen(function*() {
      const memory = new MemoryStore()
      memory.units.push([
        direct("named.example.org:50002:s", "34.90.1.1"),
        direct("located.example.org:50002:s", "34.90.7.7"),
        byProxy("hidden.example.org:50002:s"),
        byProxy("proxied.named.example.org:50002:s"),
        direct("kept.example.org:50002:s", "34.90.1.2")
      ])
      const exclusions = makeExclusions(["named.example.org", "*.named.example.org", "34.90.7.0/24"])
      const { asked, resolved } = yield* run(memory, { exclusions }, [hostOf("hidden.example.org", ["34.90.7.8"])])
      expect(resolved).toEqual(["hidden.example.org"])
      expect(asked).toEqual(["34.90.1.2"])
      expect(memory.hosts).toEqual([])
    }))

  it.effect("does not keep reverse names of who opted out, though others have the same address", () =>
    Effect.gen(function*() {
      const memory = new MemoryStore()
      memory.units.push([direct("a.example.org:50002:s", "34.90.1.1"), direct("b.example.org:50002:s", "34.90.1.2")])
      const names = (address: string, answers: ReadonlyArray<string>): AddressFact => ({ ...factOf(address), fact: "ptr", answers })
      const more = [names("34.90.1.1", ["A.Opted.example", "kept.example"]), names("34.90.1.2", ["opted.example."])]
      yield* run(memory, { exclusions: makeExclusions(["opted.example", "*.opted.example"]) }, [], more)
      const kept = memory.enriched.filter(({ fact }) => fact === "ptr").map(({ answers, detail, reason }) => [answers, reason, detail])
      expect(kept).toEqual([[["kept.example"], null, null], [[], "policy", "excluded"]])
    }))

  it.effect("tells what is known and fresh, but nothing of a simulated network, which may be another one by now", () =>
    Effect.gen(function*() {
      const memory = new MemoryStore()
      memory.units.push([direct("a.example.org:50002:s", "34.90.1.1"), direct("b.example.org:50002:s", "34.90.1.2")])
      memory.enriched.push(factOf("34.90.1.1", 5_000), factOf("34.90.1.2", 3_000))
      yield* TestClock.setTime(5_500)
      const real = yield* run(memory)
      expect(real.subjects.map(({ known }) => known.length)).toEqual([1, 0])
      const simulated = yield* run(memory, { simulated: true })
      expect(simulated.subjects.map(({ known }) => known.length)).toEqual([0, 0])
    }))

  it.effect("does not ask again for addresses of a host that are fresh, and looks them up all the same", () =>
    Effect.gen(function*() {
      const memory = new MemoryStore()
      memory.units.push([byProxy("c.example.org:50002:s"), byProxy("d.example.org:50002:s"), byProxy("e.example.org:50002:s")])
      memory.hosts.push(
        { ...hostOf("c.example.org", ["34.90.1.1"]), resolvedAt: 5_000 },
        { ...hostOf("d.example.org", ["34.90.1.2"]), resolvedAt: 3_000 },
        // A refusal is never fresh, and another crawl's host nothing to this one.
        { ...hostOf("e.example.org", []), resolvedAt: 5_000 },
        { ...hostOf("other.example.org", ["34.90.1.9"]), resolvedAt: 5_000 }
      )
      yield* TestClock.setTime(5_500)
      const real = yield* run(memory)
      expect(real.resolved).toEqual(["d.example.org", "e.example.org"])
      expect(real.asked).toEqual(["34.90.1.1", "34.90.1.2"])
      const simulated = yield* run(memory, { simulated: true })
      expect(simulated.resolved).toEqual(["c.example.org", "d.example.org", "e.example.org"])
    }))
})
