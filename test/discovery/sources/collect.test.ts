import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { strangersRules } from "../../../src/discovery/claim.ts"
import { DiscoveryError } from "../../../src/discovery/discovery-error.ts"
import { maxSeeds, parseSeedLine } from "../../../src/discovery/seed-grammar.ts"
import { collectSource, collectSources, maxSpeakers } from "../../../src/discovery/sources/collect.ts"
import { type Heard, saidBy, type SeedSource } from "../../../src/discovery/sources/seed-source.ts"
import { shippedChains } from "../../../src/domain/chain.ts"

const ports = shippedChains[0]!.default_ports
const named = (host: string) => parseSeedLine(`${host}:50002:s`, ports, strangersRules)
const from = { kind: "list", name: "a list", detail: null } as const
const source = (heard: SeedSource["heard"], timeoutMs = 1_000): SeedSource => ({ source: from, timeoutMs, heard })
const broken = new DiscoveryError({ reason: "cannot read", subject: "a list", message: "The list broke off." })

describe("a source that is collected", () => {
  it.effect("keeps what it said, who said it and when", () =>
    Effect.gen(function*() {
      const heard: ReadonlyArray<Heard> = [
        { _tag: "origin", dated: 5, sha256: "ab", notes: ["a note"] },
        saidBy(from, [named("a.example.org")]),
        saidBy({ ...from, detail: "somebody" }, [named("b.example.org"), named("c.example.org")], 3)
      ]
      const fiber = yield* Effect.forkChild(collectSource(source(
        Stream.fromIterable(heard).pipe(Stream.mapEffect((item) => Effect.delay(Effect.succeed(item), "100 millis")))
      )))
      yield* TestClock.adjust("1 second")
      const collection = yield* Fiber.join(fiber)
      assert.deepInclude(collection, { outcome: "complete", reason: null, detail: null, dated: 5, sha256: "ab", notes: ["a note"], startedAt: 0, endedAt: 300 })
      assert.deepStrictEqual(
        collection.said.map(({ advertisements, at, by, dropped }) => [by.detail, at, advertisements.map((a) => a.host), dropped]),
        [[null, 200, ["a.example.org"], 0], ["somebody", 300, ["b.example.org", "c.example.org"], 3]]
      )
    }))

  it.effect("is partial when it breaks off, and failed when it said nothing before", () =>
    Effect.gen(function*() {
      const before = Stream.make<ReadonlyArray<Heard>>(saidBy(from, [named("a.example.org")]))
      const partial = yield* collectSource(source(Stream.concat(before, Stream.fail(broken))))
      assert.deepInclude(partial, { outcome: "partial", reason: "cannot read", detail: "The list broke off." })
      assert.lengthOf(partial.said, 1)
      assert.deepInclude(yield* collectSource(source(Stream.fail(broken))), { outcome: "failed", reason: "cannot read", said: [] })
    }))

  it.effect("is left when its time is over, with what it said by then", () =>
    Effect.gen(function*() {
      const before = Stream.make<ReadonlyArray<Heard>>(saidBy(from, [named("a.example.org")]))
      const fiber = yield* Effect.forkChild(collectSources([source(Stream.concat(before, Stream.never)), source(Stream.never, 2_000)]))
      yield* TestClock.adjust("2 seconds")
      const [said, silent] = yield* Fiber.join(fiber)
      assert.deepInclude(said, { outcome: "partial", reason: "timeout", endedAt: 1_000 })
      assert.deepInclude(silent, { outcome: "failed", reason: "timeout", endedAt: 2_000 })
    }))

  it.effect("is bounded in announcements and in who speaks, and the rest is counted", () =>
    Effect.gen(function*() {
      const one = named("a.example.org")
      const long = Array.from({ length: maxSeeds - 1 }, () => one)
      const collection = yield* collectSource(source(Stream.make<ReadonlyArray<Heard>>(saidBy(from, long), saidBy(from, [one, one, one]), saidBy(from, [one]))))
      assert.deepStrictEqual(collection.said.map(({ advertisements, dropped }) => [advertisements.length, dropped]), [[maxSeeds - 1, 0], [1, 2]])
      assert.deepStrictEqual(collection.notes, ["1 more not read"])
      const many = Array.from({ length: maxSpeakers + 7 }, (_, i): Heard => saidBy({ ...from, detail: `nick ${i}` }, [one]))
      const crowd = yield* collectSource(source(Stream.fromIterable(many)))
      assert.lengthOf(crowd.said, maxSpeakers)
      assert.deepStrictEqual(crowd.notes, ["7 more not read"])
    }))
})
