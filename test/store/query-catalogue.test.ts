import { cpSync, mkdirSync, readFileSync } from "node:fs"
import { fileURLToPath, pathToFileURL } from "node:url"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Option, Result } from "effect"
import { build } from "esbuild"
import * as fc from "fast-check"
import { packageFolder } from "../../src/package-folder.ts"
import { nearestName } from "../../src/store/nearest-name.ts"
import type * as PackageFiles from "../../src/store/package-files.ts"
import { packageFiles } from "../../src/store/package-files.ts"
import { QueryCatalogue } from "../../src/store/query-catalogue.ts"
import { bindParameters, hasHeader, looseParameters, parseQueryFile } from "../../src/store/query-file.ts"
import { temporaryFolder } from "../support/small-database.ts"

const text = `-- title: Title
-- question: What is it?
-- level: server
-- parameter: host text = null; a host; or none
-- parameter: limit integer = 10; rows
-- parameter: share number = 0.5; of all
-- parameter: all boolean = false; everything

SELECT 1`

const parsed = () => Result.getOrThrow(parseQueryFile("example", text))

describe("query files", () => {
  it("say title, question, level and parameters in their header", () => {
    const { sql, ...query } = parsed()
    assert.strictEqual(sql, text)
    assert.deepStrictEqual(query, {
      name: "example",
      title: "Title",
      question: "What is it?",
      level: "server",
      caveat: null,
      parameters: [
        { name: "host", type: "text", default: null, about: "a host; or none" },
        { name: "limit", type: "integer", default: 10, about: "rows" },
        { name: "share", type: "number", default: 0.5, about: "of all" },
        { name: "all", type: "boolean", default: false, about: "everything" }
      ]
    })
  })

  it("with a wrong header are refused with what is wrong", () => {
    const messageOf = (changed: string) => Result.getOrThrow(Result.flip(parseQueryFile("example", changed))).message
    assert.include(messageOf(text.replace("-- level: server\n", "")), "level")
    assert.include(messageOf(text.replace("-- level:", "-- levl:")), "levl")
    assert.include(messageOf(text.replace("integer = 10", "integer = ten")), "limit integer = ten")
    assert.include(messageOf("SELECT 1"), "title")
    assert.isTrue(hasHeader(text))
    assert.isFalse(hasHeader("-- a comment\nSELECT 1"))
  })

  it.effect("bind parameters by the types of their header", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* bindParameters(parsed(), {}), { host: null, limit: 10, share: 0.5, all: false })
      assert.deepStrictEqual(yield* bindParameters(parsed(), { host: "12", limit: "3", share: "0.25", all: "true" }), {
        host: "12",
        limit: 3,
        share: 0.25,
        all: true
      })
      const unknown = yield* Effect.flip(bindParameters(parsed(), { hots: "x" }))
      assert.strictEqual(unknown.reason, "bad parameter")
      assert.include(unknown.message, "it has host, limit, share, all")
      const wrong = yield* Effect.flip(bindParameters(parsed(), { limit: "many" }))
      assert.include(wrong.message, "takes an integer, not \"many\"")
    }))

  it("without a header take numbers, truth values and null as such", () => {
    assert.deepStrictEqual(looseParameters({ a: "1", b: "true", c: "null", d: "x", e: "1.5" }), {
      a: 1,
      b: true,
      c: null,
      d: "x",
      e: "1.5"
    })
  })
})

describe("QueryCatalogue", () => {
  it.effect("has the queries that were promised, each with a level", () =>
    Effect.gen(function*() {
      const { list } = yield* QueryCatalogue
      assert.includeMembers(list.map((q) => q.name), [
        "software",
        "protocol-versions",
        "who-announces-whom",
        "announced-but-unreachable",
        "failures-by-reason",
        "dual-stack-and-onion-twins",
        "ports",
        "announcements-only-one-server-makes",
        "certificates-on-more-than-one-server",
        "crawls-side-by-side",
        "coverage"
      ])
      assert.deepStrictEqual(list.map((q) => q.name), list.map((q) => q.name).toSorted())
    }).pipe(Effect.provide(QueryCatalogue.layer.pipe(Layer.provide(NodeServices.layer)))))

  it.effect("suggests the nearest name for one it does not have", () =>
    Effect.gen(function*() {
      const { find } = yield* QueryCatalogue
      assert.strictEqual((yield* find("ports")).name, "ports")
      const error = yield* Effect.flip(find("sofware"))
      assert.strictEqual(error.reason, "not found")
      assert.include(error.message, "did you mean software?")
      assert.notInclude((yield* Effect.flip(find("xyzzyxyzzy"))).message, "did you mean")
    }).pipe(Effect.provide(QueryCatalogue.layer.pipe(Layer.provide(NodeServices.layer)))))
})

describe("nearestName", () => {
  const names = ["software", "ports", "tips", "who-announces-whom"]

  it("finds parts of names, and names with one slip of the finger", () => {
    assert.strictEqual(nearestName("who", names), "who-announces-whom")
    assert.strictEqual(nearestName("announces", names), "who-announces-whom")
    assert.strictEqual(nearestName("prots", names), "ports")
    assert.isUndefined(nearestName("", names))
    fc.assert(fc.property(fc.constantFrom(...names), fc.nat(), fc.constantFrom("q", "-", "7"), (name, at, letter) => {
      const place = at % name.length
      assert.strictEqual(nearestName(name.slice(0, place) + letter + name.slice(place + 1), names), name)
    }))
  })
})

describe("package files", () => {
  it.effect("are found from the sources", () =>
    Effect.gen(function*() {
      const folder = Option.getOrThrow(yield* packageFolder)
      assert.include(readFileSync(`${folder}/package.json`, "utf8"), "\"electrum-observatory\"")
      assert.strictEqual((yield* packageFiles("src/store/migrations", ".sql"))[0]!.name, "0001_crawls_and_endpoints.sql")
      assert.strictEqual((yield* Effect.flip(packageFiles("nowhere", ".sql"))).reason, "not found")
    }).pipe(Effect.provide(NodeServices.layer)))

  it.live("are found from a bundle in an installed package, under another package", () =>
    Effect.gen(function*() {
      const root = fileURLToPath(new URL("../..", import.meta.url))
      const installed = `${yield* temporaryFolder}/node_modules/electrum-observatory`
      mkdirSync(`${installed}/dist`, { recursive: true })
      cpSync(`${root}/package.json`, `${installed}/package.json`)
      cpSync(`${root}/queries`, `${installed}/queries`, { recursive: true })
      const outfile = `${installed}/dist/observatory.mjs`
      yield* Effect.promise(() =>
        build({
          entryPoints: [`${root}/src/store/package-files.ts`],
          bundle: true,
          platform: "node",
          format: "esm",
          outfile,
          logLevel: "silent"
        })
      )
      const bundle = (yield* Effect.promise(() => import(pathToFileURL(outfile).href))) as typeof PackageFiles
      // The bundle has an Effect of its own; its service keys are the same.
      const files = yield* Effect.provide(bundle.packageFiles("queries", ".sql"), NodeServices.layer)
      assert.include(files.map((f) => f.name), "software.sql")
    }))
})
