import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { encodingFor } from "../../src/api/encoding.ts"
import { serveForTest } from "../support/api-server.ts"
import { recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"

const servedCrawl = Effect.gen(function*() {
  const db = `${yield* temporaryFolder}/observatory.duckdb`
  yield* withStore(db, (store) => recordSmallCrawl(store, "mainnet"))
  return { ...(yield* serveForTest({ db })), db }
})

layer(NodeServices.layer, { excludeTestServices: true })("answers", (it) => {
  it.effect("come compressed as the client likes, with a strong tag for each form, and the same when unpacked", () =>
    Effect.gen(function*() {
      const { ask } = yield* servedCrawl
      const get = (encoding?: string) =>
        Effect.promise(() => ask("/api/v1/crawls/1/servers", { headers: encoding === undefined ? {} : { "accept-encoding": encoding } }))
      const plain = yield* get()
      assert.isUndefined(plain.headers["content-encoding"])
      const [brotli, zip] = [yield* get("gzip, deflate, br"), yield* get("gzip;q=1.0, br;q=0")]
      assert.deepStrictEqual([brotli.headers["content-encoding"], zip.headers["content-encoding"]], ["br", "gzip"])
      assert.deepStrictEqual(brotliDecompressSync(brotli.body), plain.body)
      assert.deepStrictEqual(gunzipSync(zip.body), plain.body)
      assert.isBelow(brotli.body.length, plain.body.length / 2)
      const tags = [plain, brotli, zip].map(({ headers }) => String(headers["etag"]))
      assert.strictEqual(new Set(tags).size, 3)
      for (const tag of tags) assert.match(tag, /^"[^"]+"$/)
      for (const { headers } of [plain, brotli, zip]) {
        assert.deepStrictEqual([headers["vary"], headers["cache-control"]], ["Accept-Encoding", "private, no-cache"])
      }
    }))

  it.effect("are not sent again to who has them, in whichever form, until the data changes", () =>
    Effect.gen(function*() {
      const { ask, db } = yield* servedCrawl
      const get = (path: string, headers: Record<string, string> = {}) => Effect.promise(() => ask(path, { headers }))
      for (const path of ["/api/v1/crawls", "/api/v1/crawls/1/graph.bin", "/", "/openapi.json", "/assets/app.js"]) {
        const tag = String((yield* get(path, { "accept-encoding": "br" })).headers["etag"])
        for (const known of [tag, `"other", ${tag}`, `W/${tag}`, "*"]) {
          const again = yield* get(path, { "if-none-match": known })
          assert.deepStrictEqual([again.status, again.body.length], [304, 0], path)
          assert.strictEqual(String(again.headers["etag"]).replaceAll("\"", ""), tag.replaceAll("\"", "").replace(/\.br$/, ""))
        }
        assert.strictEqual((yield* get(path, { "if-none-match": "\"other\"" })).status, 200)
      }
      assert.strictEqual((yield* get("/api/v1/crawls/99", { "if-none-match": "*" })).status, 404, "what is not there cannot be unchanged")
      const before = yield* get("/api/v1/crawls")
      yield* withStore(db, (store) => Effect.andThen(recordSmallCrawl(store, "mainnet"), store.publishSnapshot))
      let after = before
      while (after.headers["etag"] === before.headers["etag"]) {
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
        after = yield* get("/api/v1/crawls", { "if-none-match": String(before.headers["etag"]) })
      }
      assert.deepStrictEqual([after.status, (JSON.parse(after.text) as Array<unknown>).length], [200, 2])
    }))

  it.effect("of errors and of queries have no tag and are not kept", () =>
    Effect.gen(function*() {
      const { ask } = yield* servedCrawl
      for (const path of ["/api/v1/crawls/99", "/api/v1/queries/software", "/nothing"]) {
        const { headers } = yield* Effect.promise(() => ask(path))
        assert.deepStrictEqual([headers["etag"], headers["cache-control"]], [undefined, "no-store"], path)
      }
    }))

  it.effect("to HEAD have the headers and no body", () =>
    Effect.gen(function*() {
      const { ask } = yield* servedCrawl
      const [get, head] = yield* Effect.promise(() => Promise.all([ask("/api/v1/crawls"), ask("/api/v1/crawls", { method: "HEAD" })]))
      assert.deepStrictEqual([head.status, head.body.length, head.headers["etag"]], [200, 0, get.headers["etag"]])
    }))

  it("are compressed only where it is worth it and wanted", () => {
    const accept = "gzip, br"
    assert.strictEqual(encodingFor(accept, "application/json", 5_000), "br")
    assert.strictEqual(encodingFor("gzip", "application/octet-stream", 5_000), "gzip")
    assert.strictEqual(encodingFor("br;q=0.0, gzip; q=0", "application/json", 5_000), "identity")
    assert.strictEqual(encodingFor(accept, "application/json", 100), "identity")
    assert.strictEqual(encodingFor(accept, "image/png", 5_000), "identity")
    assert.strictEqual(encodingFor(undefined, "application/json", 5_000), "identity")
  })
})
