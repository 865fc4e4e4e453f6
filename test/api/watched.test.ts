import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { HappenedPage, LatenessPage, WatchedPage, WatchedServer } from "../../src/atlas/shapes/watched.ts"
import { type ApiServer, serveForTest } from "../support/api-server.ts"
import { WatchedDatabase } from "../support/watched-database.ts"

class Served extends Context.Service<Served, ApiServer>()("test/Served") {
  static readonly layer = Layer.effect(Served, Effect.flatMap(WatchedDatabase, (db) => serveForTest({ db }))).pipe(
    Layer.provide(Layer.merge(WatchedDatabase.layer, NodeServices.layer))
  )
}

const ask = (path: string, headers: Readonly<Record<string, string>> = {}) => Effect.flatMap(Served, ({ ask }) => Effect.promise(() => ask(path, { headers })))

layer(Served.layer, { excludeTestServices: true, timeout: 120_000 })("the watched time in the API", (it) => {
  it.effect("comes in its shapes, a week where nothing is said, and is known again by its tag", () =>
    Effect.gen(function*() {
      const shaped = Effect.fnUntraced(function*<A>(schema: Schema.ConstraintDecoder<A>, path: string) {
        const told = yield* ask(path)
        assert.strictEqual(told.status, 200, told.text)
        assert.strictEqual((yield* ask(path, { "if-none-match": String(told.headers["etag"]) })).status, 304)
        return yield* Schema.decodeUnknownEffect(schema)(JSON.parse(told.text))
      })
      const root = "/api/v1/crawls/latest"
      const page = yield* shaped(WatchedPage, `${root}/watched`)
      assert.strictEqual(page.window, "week")
      assert.isNotEmpty(page.rows)
      for (const window of ["day", "month", "all"]) assert.strictEqual((yield* shaped(WatchedPage, `${root}/watched?window=${window}`)).window, window)
      assert.isNotEmpty((yield* shaped(HappenedPage, `${root}/watched/events`)).joint)
      assert.isNotEmpty((yield* shaped(LatenessPage, `${root}/watched/lateness`)).rows)
      const detail = yield* shaped(WatchedServer, `${root}/servers/${page.rows[0]!.serverId}/watched?window=day`)
      assert.deepStrictEqual(detail.endpoints.map(({ host }) => host), [page.rows[0]!.host])
    }))

  it.effect("refuses a window that is none, and a server that is none", () =>
    Effect.gen(function*() {
      for (const path of ["watched?window=year", "watched/events?window=", "watched/lateness?window=1", "servers/1/watched?window=hour"]) {
        assert.strictEqual((yield* ask(`/api/v1/crawls/latest/${path}`)).status, 400, path)
      }
      assert.strictEqual((yield* ask("/api/v1/crawls/latest/servers/999/watched")).status, 404)
    }))

  it.effect("stands in openapi.json with what its window means", () =>
    Effect.gen(function*() {
      const spec = JSON.parse((yield* ask("/openapi.json")).text) as { readonly paths: Readonly<Record<string, { readonly get: { readonly parameters: ReadonlyArray<{ readonly name: string; readonly description?: string }> } }>> }
      for (const path of ["watched", "watched/events", "watched/lateness", "servers/{server}/watched"]) {
        const parameters = spec.paths[`/api/v1/crawls/{crawl}/${path}`]!.get.parameters
        assert.match(parameters.find(({ name }) => name === "window")?.description ?? "", /last look/, path)
      }
    }))
})
