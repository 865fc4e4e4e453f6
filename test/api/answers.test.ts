import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, PubSub } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { makeAnswers } from "../../src/api/answers.ts"
import { CurrentEdition, type Edition, Editions } from "../../src/api/editions.ts"

const editionOf = (id: string): Edition => ({ id, atlas: {} as Edition["atlas"] })

/** Editions that come when the test says so: `next` ends when the edition is shown. */
const controlled = Effect.gen(function*() {
  const published = yield* PubSub.unbounded<Edition>()
  let shown = editionOf("first")
  let prepare: (next: Edition) => Effect.Effect<void> = () => Effect.void
  const editions = Editions.of({
    lease: Effect.sync(() => shown),
    newest: () => shown,
    beforeShowing: (given) => Effect.sync(() => void (prepare = given)),
    changes: PubSub.subscribe(published),
    afterWriting: (write) => write
  })
  const next = Effect.fnUntraced(function*(id: string) {
    const edition = editionOf(id)
    yield* prepare(edition)
    shown = edition
  })
  return { editions, next }
})

/** Answers say what they were made of; those of a gated edition wait for the gate. */
const served = Effect.gen(function*() {
  const { editions, next } = yield* controlled
  const made: Array<string> = []
  const gate = yield* Deferred.make<void>()
  const app = Effect.gen(function*() {
    const { url } = yield* HttpServerRequest.HttpServerRequest
    const edition = (yield* CurrentEdition)!.id
    if (edition === "gated") yield* Deferred.await(gate)
    made.push(`${edition} ${url}`)
    return HttpServerResponse.text(`${url} of ${edition}`)
  })
  const answers = yield* makeAnswers(app).pipe(Effect.provideService(Editions, editions))
  const ask = Effect.fnUntraced(function*(path: string, headers: Record<string, string> = {}) {
    const request = HttpServerRequest.fromWeb(new Request(`http://localhost${path}`, { headers }))
    const response = yield* Effect.provideService(Effect.scoped(answers(request, path)), HttpServerRequest.HttpServerRequest, request)
    const { body, headers: said, status } = response
    return { status, edition: said["edition"], tag: said["etag"], text: body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "" }
  })
  return { ask, gate, made, next }
})

describe("readers of a new edition", () => {
  it.effect("do not wait for it: the one before answers, and says that it does, until what they ask for is ready", () =>
    Effect.gen(function*() {
      const { ask, gate, made, next } = yield* served
      const before = yield* ask("/api/v1/crawls")
      assert.deepStrictEqual([before.edition, before.text], ["first", "/api/v1/crawls of first"])
      const showing = yield* Effect.forkChild(next("gated"), { startImmediately: true })
      assert.deepStrictEqual(yield* ask("/api/v1/crawls"), before)
      // Also what nobody has asked for so far is of the edition that is shown, and then made ready too.
      assert.strictEqual((yield* ask("/api/v1/crawls/1")).edition, "first")
      assert.deepStrictEqual(
        yield* ask("/api/v1/crawls", { "if-none-match": before.tag! }),
        { status: 304, edition: "first", tag: before.tag, text: "" }
      )
      assert.isUndefined(showing.pollUnsafe())
      yield* Deferred.succeed(gate, undefined)
      while (showing.pollUnsafe() === undefined) yield* Effect.yieldNow
      assert.deepStrictEqual(made, ["first /api/v1/crawls", "first /api/v1/crawls/1", "gated /api/v1/crawls", "gated /api/v1/crawls/1"])
      const after = yield* ask("/api/v1/crawls", { "if-none-match": before.tag! })
      assert.deepStrictEqual([after.status, after.edition, after.text], [200, "gated", "/api/v1/crawls of gated"])
      assert.notStrictEqual(after.tag, before.tag)
      assert.strictEqual((yield* ask("/api/v1/crawls/1")).text, "/api/v1/crawls/1 of gated")
      assert.strictEqual(made.length, 4, "both were ready")
    }))

  it.effect("get ready what was asked for in the last five minutes, the most often first, also by who had it already", () =>
    Effect.gen(function*() {
      const { ask, made, next } = yield* served
      const { tag } = yield* ask("/api/v1/known")
      yield* ask("/api/v1/forgotten")
      yield* TestClock.adjust("4 minutes")
      yield* ask("/api/v1/known", { "if-none-match": tag! })
      yield* ask("/api/v1/rare")
      for (let i = 0; i < 4; i++) yield* ask("/api/v1/often")
      yield* TestClock.adjust("2 minutes")
      made.length = 0
      yield* next("second")
      assert.deepStrictEqual(made, ["second /api/v1/often", "second /api/v1/known", "second /api/v1/rare"])
      // What nobody comes for any more is not made for ever.
      made.length = 0
      yield* TestClock.adjust("4 minutes")
      yield* next("third")
      assert.deepStrictEqual(made, [])
    }))
})
