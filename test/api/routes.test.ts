import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { decodeGraph } from "../../src/atlas/shapes/graph-bytes.ts"
import { CrawlRow } from "../../src/atlas/shapes/crawl.ts"
import { GraphHead } from "../../src/atlas/shapes/graph.ts"
import { Overview } from "../../src/atlas/shapes/overview.ts"
import { QueryAnswer, QueryRow } from "../../src/atlas/shapes/query.ts"
import { ServerDetail } from "../../src/atlas/shapes/server-detail.ts"
import { ServerPage } from "../../src/atlas/shapes/server-row.ts"
import { About } from "../../src/api/observatory-api.ts"
import { type ApiServer, type Asking, serveForTest } from "../support/api-server.ts"
import { recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"

class Served extends Context.Service<Served, ApiServer>()("test/Served") {
  static readonly layer = Layer.effect(Served, Effect.gen(function*() {
    const db = `${yield* temporaryFolder}/observatory.duckdb`
    yield* withStore(db, (store) => recordSmallCrawl(store, "mainnet"))
    return yield* serveForTest({ db })
  })).pipe(Layer.provide(NodeServices.layer))
}

const ask = (path: string, asking?: Asking) => Effect.flatMap(Served, ({ ask }) => Effect.promise(() => ask(path, asking)))

/** The answer in its shape; anything else fails. */
const shaped = Effect.fnUntraced(function*<A>(schema: Schema.ConstraintDecoder<A>, path: string) {
  const { headers, status, text } = yield* ask(path)
  assert.deepStrictEqual([status, headers["content-type"]], [200, "application/json"], `${path}: ${text}`)
  return yield* Schema.decodeUnknownEffect(schema)(JSON.parse(text))
})

const hosts = ({ rows }: ServerPage): ReadonlyArray<string> => rows.map(({ host }) => host.slice(0, 5))

layer(Served.layer, { excludeTestServices: true })("the API", (it) => {
  it.effect("says what it is, and shows crawls by number and the latest", () =>
    Effect.gen(function*() {
      const about = yield* shaped(About, "/api/v1/about")
      assert.deepStrictEqual([about.public, about.sql, about.notes], [false, true, true])
      const crawls = yield* shaped(Schema.Array(CrawlRow), "/api/v1/crawls")
      assert.deepStrictEqual(crawls.map(({ crawlId }) => crawlId), [1])
      assert.deepStrictEqual(yield* shaped(CrawlRow, "/api/v1/crawls/latest"), yield* shaped(CrawlRow, "/api/v1/crawls/1"))
    }))

  it.effect("shows the overview, a server and the graph, whose nodes and bytes agree", () =>
    Effect.gen(function*() {
      const { crawl } = yield* shaped(Overview, "/api/v1/crawls/1/overview")
      const page = yield* shaped(ServerPage, "/api/v1/crawls/1/servers")
      assert.deepStrictEqual([crawl.counts.servers, page.total, page.rows.length], [5, 5, 5])
      const { server } = yield* shaped(ServerDetail, `/api/v1/crawls/1/servers/${page.rows[0]!.serverId}`)
      assert.deepStrictEqual(server, page.rows[0])
      const head = yield* shaped(GraphHead, "/api/v1/crawls/1/graph")
      const bytes = yield* ask("/api/v1/crawls/1/graph.bin")
      assert.deepStrictEqual([bytes.status, bytes.headers["content-type"]], [200, "application/octet-stream"])
      const edges = decodeGraph(new Uint8Array(bytes.body).buffer)!
      assert.deepStrictEqual([edges.offsets.length - 1, edges.targets.length], [head.servers.length, head.announcements])
    }))

  it.effect("filters, sorts and pages servers by the words of the filter", () =>
    Effect.gen(function*() {
      const servers = (query: string) => shaped(ServerPage, `/api/v1/crawls/1/servers?${query}`)
      const found = yield* servers("search=EXAMPLE&reachable=yes")
      assert.deepStrictEqual([found.total, found.matching, hosts(found)], [5, 3, ["alpha", "beta.", "stran"]])
      assert.deepStrictEqual(hosts(yield* servers("networkClass=onion,ipv6")), ["aaaaa"])
      assert.deepStrictEqual(hosts(yield* servers("reachable=yes&sort=host&direction=descending")), ["stran", "beta.", "alpha"])
      // What is not known comes last in either direction.
      for (const direction of ["ascending", "descending"]) {
        const { rows } = yield* servers(`sort=software&direction=${direction}`)
        const software = rows.map((row) => row.software)
        assert.deepStrictEqual(software.slice(-2), [null, null])
        assert.isNotNull(software[0])
      }
      const second = yield* servers("sort=host&limit=2&offset=2")
      assert.deepStrictEqual([second.matching, second.offset, hosts(second)], [5, 2, ["beta.", "gamma"]])
      assert.deepStrictEqual(hosts(yield* servers("degreeMin=1000000")), [])
      // What is not known can be asked for, alone or with values of the same field.
      const all = (yield* servers("")).rows
      for (const [query, wanted] of [
        ["unknown=tls", all.filter(({ tls }) => tls === null)],
        ["unknown=tls&tls=TLSv1.3", all.filter(({ tls }) => tls === null || tls === "TLSv1.3")],
        ["walletAccepts=unknown&networkClasses=name", all.filter(({ networkClasses, walletAccepts }) => walletAccepts === null && networkClasses.join() === "name")]
      ] as const) {
        assert.isNotEmpty(wanted, query)
        assert.deepStrictEqual(hosts(yield* servers(query)), wanted.map(({ host }) => host.slice(0, 5)), query)
      }
      assert.strictEqual((yield* ask("/api/v1/crawls/1/servers?unknown=host")).status, 400)
    }))

  it.effect("lists the named queries and runs one, with its parameters", () =>
    Effect.gen(function*() {
      const queries = yield* shaped(Schema.Array(QueryRow), "/api/v1/queries")
      assert.include(queries.map(({ name }) => name), "software")
      const answer = yield* shaped(QueryAnswer, "/api/v1/queries/software?network=mainnet")
      assert.deepStrictEqual([answer.rows.length > 0, answer.truncated], [true, false])
      const nobody = yield* shaped(QueryAnswer, "/api/v1/queries/software?network=elsewhere")
      assert.deepStrictEqual([nobody.rows, nobody.columns.length], [[], answer.columns.length])
    }))

  it.effect("tells a refusal by its status, and as an answer to who prefers that", () =>
    Effect.gen(function*() {
      const path = "/api/v1/crawls/1/servers/999999"
      const usual = yield* ask(path)
      assert.deepStrictEqual([usual.status, usual.headers["refusal-status"]], [404, undefined])
      const preferring = (prefer: string, path: string) => ask(path, { headers: { prefer } })
      for (const prefer of ["refusals=ok", "respond-async, Refusals=\"ok\""]) {
        const told = yield* preferring(prefer, path)
        assert.deepStrictEqual([told.status, told.headers["refusal-status"], told.headers["preference-applied"]], [200, "404", "refusals=ok"])
        assert.deepStrictEqual([told.text, told.headers["cache-control"]], [usual.text, "no-store"])
      }
      assert.strictEqual((yield* preferring("refusals=no", path)).status, 404)
      // An answer stays as it is, also where it is known already.
      const whole = yield* preferring("refusals=ok", "/api/v1/crawls")
      assert.deepStrictEqual([whole.status, whole.headers["refusal-status"]], [200, undefined])
      const known = yield* ask("/api/v1/crawls", { headers: { prefer: "refusals=ok", "if-none-match": String(whole.headers["etag"]) } })
      assert.deepStrictEqual([known.status, known.text], [304, ""])
    }))

  it.effect("describes itself: every route is in openapi.json and on the docs page, which needs no script", () =>
    Effect.gen(function*() {
      const spec = JSON.parse((yield* ask("/openapi.json")).text) as { openapi: string; paths: Record<string, object> }
      assert.match(spec.openapi, /^3\.1/)
      const paths = Object.keys(spec.paths)
      for (const path of ["/api/v1/crawls/{crawl}/servers", "/api/v1/crawls/{crawl}/graph.bin", "/api/v1/sql", "/api/v1/events"]) {
        assert.include(paths, path)
      }
      const docs = yield* ask("/docs")
      assert.deepStrictEqual([docs.status, docs.headers["content-type"]], [200, "text/html; charset=utf-8"])
      assert.notMatch(docs.text, /<script|<style|https?:\/\/(?!creativecommons)[^"]*\.(?:js|css)/)
      for (const path of paths) assert.include(docs.text, path)
    }))

  it.effect("says of every parameter of an address what it means, and of lists that commas part them", () =>
    Effect.gen(function*() {
      interface Parameter { readonly name: string; readonly in: string; readonly description?: string; readonly explode?: boolean; readonly schema: { readonly type?: string; readonly items?: object } }
      const { paths } = JSON.parse((yield* ask("/openapi.json")).text) as { paths: Record<string, Record<string, { parameters: ReadonlyArray<Parameter> }>> }
      for (const [path, item] of Object.entries(paths)) {
        for (const { parameters } of Object.values(item)) {
          for (const { description = "", name } of parameters) assert.isAbove(description.length, 10, `${path}: ${name}`)
        }
      }
      const ofServers = new Map(paths["/api/v1/crawls/{crawl}/servers"]!["get"]!.parameters.map((one) => [one.name, one]))
      for (const [name, type] of [["country", "string"], ["asn", "integer"]] as const) {
        const { explode, schema } = ofServers.get(name)!
        assert.deepStrictEqual([explode, schema.type, (schema.items as { type: string }).type], [false, "array", type])
      }
      assert.deepStrictEqual([ofServers.get("limit")!.schema.type, ofServers.get("scoreMin")!.schema.type], ["integer", "number"])
      assert.include((yield* ask("/docs")).text, "with commas between them")
    }))

  it.effect("answers what is not there or not understood with a sentence as JSON, never with a stack", () =>
    Effect.gen(function*() {
      const cases: ReadonlyArray<readonly [path: string, status: number, tag: string]> = [
        ["/api/v1/crawls/99", 404, "NotFound"],
        ["/api/v1/crawls/99/overview", 404, "NotFound"],
        ["/api/v1/crawls/abc", 400, "BadRequest"],
        ["/api/v1/crawls/-1", 400, "BadRequest"],
        ["/api/v1/crawls/1e400", 400, "BadRequest"],
        ["/api/v1/crawls/9007199254740993", 400, "BadRequest"],
        ["/api/v1/crawls/1/servers/99999", 404, "NotFound"],
        ["/api/v1/crawls/1/pairs/1/99999", 404, "NotFound"],
        ["/api/v1/crawls/1/servers?sort=nothing", 400, "BadRequest"],
        ["/api/v1/crawls/1/servers?limit=0", 400, "BadRequest"],
        ["/api/v1/crawls/1/servers?limit=1&limit=2", 400, "BadRequest"],
        ["/api/v1/crawls/1/servers?asn=x", 400, "BadRequest"],
        ["/api/v1/crawls/1/suspicion", 409, "NotAnalysed"],
        ["/api/v1/queries/nothing", 404, "NotFound"],
        ["/api/v1/queries/software?nothing=1", 400, "BadRequest"],
        ["/api/v1/nothing", 404, "NotFound"],
        ["/api/v1/%ff", 404, "NotFound"],
        ["/nothing.js", 404, "NotFound"],
        ["/../package.json", 404, "NotFound"],
        ["/assets/%2e%2e/%2e%2e/package.json", 404, "NotFound"]
      ]
      for (const [path, status, tag] of cases) {
        const told = yield* ask(path)
        assert.deepStrictEqual([told.status, told.headers["content-type"]], [status, "application/json"], `${path}: ${told.text}`)
        const body = JSON.parse(told.text) as { _tag: string; message: string }
        assert.deepStrictEqual([Object.keys(body), body._tag], [["_tag", "message"], tag], path)
        assert.isAbove(body.message.length, 10, path)
        assert.notMatch(told.text, /\bat [^ ]+ \(|node_modules|src\//, path)
      }
    }))
})
