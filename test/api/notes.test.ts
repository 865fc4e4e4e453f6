import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { Analysis } from "../../src/analysis/analysis.ts"
import { NoteRow } from "../../src/atlas/shapes/note.ts"
import { ServerDetail } from "../../src/atlas/shapes/server-detail.ts"
import { ServerPage } from "../../src/atlas/shapes/server-row.ts"
import { AnalysisStore } from "../../src/store/database.ts"
import { openForWriting } from "../../src/store/duckdb.ts"
import { serveForTest } from "../support/api-server.ts"
import { recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"

const json = { "content-type": "application/json" }
const decodeNotes = Schema.decodeUnknownSync(Schema.Array(NoteRow))
const decodePage = Schema.decodeUnknownSync(ServerPage)

const served = Effect.fnUntraced(function*(isPublic = false) {
  const db = `${yield* temporaryFolder}/observatory.duckdb`
  yield* withStore(db, (store) => recordSmallCrawl(store, "mainnet"))
  const server = yield* serveForTest({ db, isPublic })
  const ask = (...asked: Parameters<typeof server.ask>) => Effect.promise(() => server.ask(...asked))
  const page = decodePage(yield* Effect.promise(() => server.json("/api/v1/crawls/1/servers?search=alpha")))
  const path = `/api/v1/crawls/1/servers/${page.rows[0]!.serverId}/notes`
  return {
    db,
    ask,
    path,
    write: (body: unknown, headers: Record<string, string> = json) => ask(path, { method: "POST", headers, body: JSON.stringify(body) }),
    read: (crawl = 1) => Effect.map(ask(path.replace("/1/", `/${crawl}/`)), ({ text }) => decodeNotes(JSON.parse(text)))
  }
})

const hostile = "<img src=x onerror=alert(1)> =1+1 \u202e\u001b[31m 'quoted' \"too\""

layer(NodeServices.layer, { excludeTestServices: true })("notes", (it) => {
  it.effect("are written, read at once as they were written, counted at the server, and removed", () =>
    Effect.gen(function*() {
      const { ask, path, read, write } = yield* served()
      assert.deepStrictEqual(yield* read(), [])
      const written = yield* write({ text: hostile, author: "me" })
      assert.strictEqual(written.status, 201, written.text)
      yield* write({ text: "second" })
      const notes = yield* read()
      assert.deepStrictEqual(
        notes.map(({ author, host, network, noteId, text }) => [noteId, network, host, author, text]),
        [[1, "mainnet", "alpha.example.org", "me", hostile], [2, "mainnet", "alpha.example.org", "viewer", "second"]]
      )
      const { notes: shown, server } = Schema.decodeUnknownSync(ServerDetail)(JSON.parse((yield* ask(path.replace("/notes", ""))).text))
      assert.deepStrictEqual([server.notes, shown], [2, notes])
      assert.strictEqual((yield* ask("/api/v1/notes/1", { method: "DELETE" })).status, 204)
      assert.strictEqual((yield* ask("/api/v1/notes/1", { method: "DELETE" })).status, 404)
      assert.deepStrictEqual((yield* read()).map(({ noteId }) => noteId), [2])
    }))

  it.effect("outlive a later crawl and an analysis", () =>
    Effect.gen(function*() {
      const { db, read, write } = yield* served()
      yield* write({ text: "remember" })
      const [note] = yield* read()
      yield* withStore(db, (store) => recordSmallCrawl(store, "mainnet"))
      yield* Effect.flatMap(Analysis, (analysis) => analysis.analyze({ network: "mainnet" }, {})).pipe(
        Effect.provide(Layer.provide(Analysis.layer, AnalysisStore.layer(db)))
      )
      yield* withStore(db, (store) => store.publishSnapshot)
      let seen: ReadonlyArray<NoteRow> = []
      while (seen.length === 0) {
        yield* Effect.sleep(20)
        seen = yield* Effect.orElseSucceed(Effect.sandbox(read(2)), () => [])
      }
      assert.deepStrictEqual(seen, [note!])
    }))

  it.effect("are refused with a sentence while somebody else writes to the database", () =>
    Effect.gen(function*() {
      const { db, read, write } = yield* served()
      const busy = yield* Effect.scoped(Effect.andThen(openForWriting(db), write({ text: "later" })))
      assert.deepStrictEqual([busy.status, (JSON.parse(busy.text) as { _tag: string })._tag], [409, "Conflict"])
      assert.deepStrictEqual(yield* read(), [])
      assert.strictEqual((yield* write({ text: "later" })).status, 201)
    }))

  it.effect("are not taken from pages of others, of the wrong form, or about nobody", () =>
    Effect.gen(function*() {
      const { ask, path, read, write } = yield* served()
      assert.strictEqual((yield* write({ text: "x" }, { ...json, origin: "http://evil.example" })).status, 403)
      assert.strictEqual((yield* write({ text: "x" }, { "content-type": "text/plain" })).status, 400)
      for (const body of [{ text: "" }, { text: " \n\t\u00a0 " }, { text: 1 }, {}, { text: "x".repeat(10_001) }, { text: "x", author: "y".repeat(201) }]) {
        assert.strictEqual((yield* write(body)).status, 400, JSON.stringify(body).slice(0, 50))
      }
      const nobody = yield* ask(path.replace(/servers\/\d+/, "servers/99999"), { method: "POST", headers: json, body: "{\"text\":\"x\"}" })
      assert.strictEqual(nobody.status, 404)
      assert.strictEqual((yield* ask("/api/v1/notes/1", { method: "DELETE", headers: { origin: "http://evil.example" } })).status, 403)
      assert.deepStrictEqual(yield* read(), [])
    }))
})

layer(NodeServices.layer, { excludeTestServices: true })("a public server", (it) => {
  it.effect("runs no free SQL, and neither shows nor takes notes", () =>
    Effect.gen(function*() {
      const { ask, path, write } = yield* served(true)
      const about = JSON.parse((yield* ask("/api/v1/about")).text) as Record<string, unknown>
      assert.deepStrictEqual([about["public"], about["sql"], about["notes"]], [true, false, false])
      const refusals = [
        yield* ask("/api/v1/sql", { method: "POST", headers: json, body: "{\"sql\":\"SELECT 1\"}" }),
        yield* ask(path),
        yield* write({ text: "x" }),
        yield* ask("/api/v1/notes/1", { method: "DELETE" })
      ]
      for (const { status, text } of refusals) {
        assert.deepStrictEqual([status, (JSON.parse(text) as { _tag: string })._tag], [403, "Forbidden"], text)
      }
      assert.strictEqual((yield* ask("/api/v1/crawls")).status, 200)
    }))
})
