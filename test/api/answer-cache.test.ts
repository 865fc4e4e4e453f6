import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { type Made, makeAnswerCache } from "../../src/api/answer-cache.ts"
import { contentOf } from "../../src/api/content.ts"

const content = (text: string) => contentOf(new TextEncoder().encode(text), "text/plain", text, "no-cache")

const textOf = (made: Made): string | null => "content" in made ? new TextDecoder().decode(made.content.bytes) : null

const cacheOf = (limit?: number) => Effect.map(Effect.scope, (scope) => makeAnswerCache(scope, limit))

describe("answers that are kept", () => {
  it.effect("are made once, also when many ask at a time, and by no one who goes away", () =>
    Effect.gen(function*() {
      const cache = yield* cacheOf()
      const gate = yield* Deferred.make<void>()
      let times = 0
      const answer = Effect.andThen(Deferred.await(gate), Effect.sync((): Made => ({ content: content(`made ${++times}`) })))
      const first = yield* Effect.forkChild(cache.answer("e", "/a", answer))
      const second = yield* Effect.forkChild(cache.answer("e", "/a", answer))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(first)
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual(textOf(yield* Fiber.join(second)), "made 1")
      assert.strictEqual(textOf(yield* cache.answer("e", "/a", answer)), "made 1")
      assert.strictEqual(textOf(yield* cache.answer("later", "/a", answer)), "made 2")
    }))

  it.effect("are no errors: who asks again gets it made again", () =>
    Effect.gen(function*() {
      const cache = yield* cacheOf()
      let times = 0
      const failing = Effect.sync((): Made => ({ response: { status: 500 + times++ } as never }))
      yield* cache.answer("e", "/a", failing)
      yield* cache.answer("e", "/a", failing)
      assert.strictEqual(times, 2)
      assert.deepStrictEqual(yield* cache.popular("e"), [])
    }))

  it.effect("leave when there is no room, the least lately used first, and with their edition", () =>
    Effect.gen(function*() {
      const cache = yield* cacheOf(2_500)
      const ask = (url: string, edition = "e") => cache.answer(edition, url, Effect.succeed({ content: content("x".repeat(500)) }))
      yield* ask("/a")
      yield* ask("/b")
      yield* ask("/a")
      yield* ask("/c")
      const urls = (edition = "e") => Effect.map(cache.popular(edition), (all) => all.map(({ url }) => url))
      assert.deepStrictEqual(yield* urls(), ["/a", "/c"])
      yield* ask("/d", "next")
      assert.deepStrictEqual([yield* urls(), yield* urls("next")], [["/c"], ["/d"]])
      cache.forgetAllBut("next")
      assert.deepStrictEqual([yield* urls(), yield* urls("next")], [[], ["/d"]])
    }))
})
