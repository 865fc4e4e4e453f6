import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Atlas } from "../../src/atlas/atlas.ts"
import type { Block, Figure, ReportDocument, Section, Table } from "../../src/report/document/document.ts"
import type { ReportOptions } from "../../src/report/facts/read-facts.ts"
import { fileHash, makeReport } from "../../src/report/report.ts"
import { pictureName } from "../../src/report/write/svg.ts"
import { researchQuestions } from "../../src/report/sections/questions.ts"
import { Database } from "../../src/store/database.ts"
import { QueryCatalogue } from "../../src/store/query-catalogue.ts"
import { bindParameters } from "../../src/store/query-file.ts"
import { version } from "../../src/version.ts"
import { AnalysedDatabase } from "../support/atlas-database.ts"
import { pageFaults, parsePage } from "../support/page-check.ts"

const usual: ReportOptions = { isLocal: true, hasOptedOut: () => false, compareWith: null, labels: null, wantsFleets: false }

const made = (changes: Partial<ReportOptions> = {}) =>
  Effect.flatMap(AnalysedDatabase, (path) =>
    Effect.flatMap(fileHash(path), (hash) => makeReport(1, hash, { ...usual, ...changes })).pipe(
      Effect.provide(Layer.mergeAll(Atlas.layer, QueryCatalogue.layer).pipe(Layer.provideMerge(Database.layer(path)))),
      Effect.provide(NodeServices.layer),
      Effect.scoped
    ))

/** The report that most tests look at, made once. */
class Made extends Context.Service<Made, Effect.Success<ReturnType<typeof made>>>()("test/Made") {
  static readonly layer = Layer.provideMerge(Layer.effect(Made, made()), AnalysedDatabase.layer)
}

const blocksOf = ({ blocks, sections = [] }: Section): ReadonlyArray<Block> => [...blocks, ...sections.flatMap(blocksOf)]

/** All figures of a document, in their order. */
const figuresOf = ({ sections }: Pick<ReportDocument, "sections">): ReadonlyArray<Figure> =>
  sections.flatMap(blocksOf).filter((block) => block.kind === "figure")

const figure = (document: ReportDocument, id: string): Figure => figuresOf(document).find((one) => one.id === id) ?? assert.fail(`there is no figure ${id}`)

const rowOf = ({ rows }: Table, first: string) => rows.find((row) => row[0] === first)

layer(Made.layer)("a report of an analysed crawl", (it) => {
  it.effect("has the five research questions word for word, in their order, then everything else that was promised", () =>
    Effect.gen(function*() {
      const { document } = yield* Made
      assert.deepStrictEqual(document.sections.slice(0, 5).map(({ title }) => title), researchQuestions.map((question, i) => `${i + 1}. ${question}?`))
      assert.deepStrictEqual(document.sections.slice(5).map(({ id }) => id), [
        "summary", "method", "coverage", "limits", "threat-model", "network", "metadata", "software", "tls", "latency", "reachability", "groups",
        "suspicion", "exposure", "recommendations", "data-dictionary", "ethics", "how-to-cite"
      ])
    }))

  it.effect("counts servers, and each once", () =>
    Effect.gen(function*() {
      const { document } = yield* Made
      assert.deepStrictEqual(figure(document, "software-claimed").table.rows.map(([, servers]) => servers), [11])
      assert.deepStrictEqual(figure(document, "reachability-by-host").table.rows[0], ["any", "answered", 11])
      assert.deepStrictEqual(figure(document, "transports").table.rows, [["TLS only", 11, 11, 0, 0]])
      assert.deepStrictEqual(rowOf(figure(document, "tls-all").table, "TLS version")?.[2], 11)
      // One key at the three servers of the fleet.
      assert.deepStrictEqual(figure(document, "keys-on-several-servers").table.rows.map(([, servers]) => servers), [3])
    }))

  it.effect("shows the fleet as one probable operator with its evidence, and the strangers as no group", () =>
    Effect.gen(function*() {
      const { document } = yield* Made
      const { chart, shows, table } = figure(document, "operators-by-share")
      assert.include(shows, "8 servers of 11 are in no group, each counted by itself.")
      assert.deepStrictEqual(table.rows.map(([label, servers]) => [label, servers]), [["one.fleet.test and 2 more", 3]])
      assert.deepStrictEqual(chart?.kind === "bars" ? chart.bars.map(({ quiet, value }) => [value, quiet ?? false]) : null, [[3, false]])
      const groups = document.sections.find(({ id }) => id === "groups")!
      assert.strictEqual(groups.sections?.length, 1)
      const evidence = figuresOf({ sections: groups.sections! })[0]!.table.rows.map(([comparison]) => comparison)
      assert.includeMembers(evidence as Array<string>, ["donation address"])
      const members = groups.sections![0]!.blocks.find((block) => block.kind === "table" && block.title === "Members")
      assert.deepStrictEqual(members?.kind === "table" ? members.table.rows.map(([host]) => host).toSorted() : null, ["one.fleet.test", "three.fleet.test", "two.fleet.test"])
    }))

  it.effect("gives for each figure a query that exists, with parameters that it has, a level, a caveat and a table, in page and Markdown", () =>
    Effect.gen(function*() {
      const { document, files } = yield* Made
      const catalogue = yield* QueryCatalogue
      for (const one of figuresOf(document)) {
        assert.isTrue([one.title, one.shows, one.level, one.caveat].every((text) => text !== null && text.length > 3), one.id)
        assert.match(one.id, /^[a-z0-9-]+$/)
        assert.isAbove(one.table.columns.length, 0, one.id)
        for (const row of one.table.rows) assert.strictEqual(row.length, one.table.columns.length, one.id)
        if (one.source.kind !== "named query") {
          yield* Effect.flatMap(Database, (database) => database.query((one.source as { readonly text: string }).text)).pipe(
            Effect.provide(Database.layer(yield* AnalysedDatabase)),
            Effect.provide(NodeServices.layer)
          )
          continue
        }
        const query = yield* catalogue.find(one.source.name)
        yield* bindParameters(query, Object.fromEntries(Object.entries(one.source.parameters).map(([name, value]) => [name, String(value)])))
      }
      const text = (name: string) => files.find((file) => file.name === name)!.text
      for (const one of parsePage(text("report.html")).querySelectorAll("figure")) {
        assert.match(one.querySelector("figcaption .level")?.textContent ?? "", /^Counted: .{4,}\. .{4,}/, one.id)
        assert.match(one.querySelector(".source")?.textContent ?? "", /^Query: observatory query ./, one.id)
      }
      const count = figuresOf(document).length
      assert.strictEqual([...text("report.md").matchAll(/^\*Counted: /gm)].length, count)
      assert.strictEqual([...text("report.md").matchAll(/^Query: `/gm)].length, count)
      for (const { caveat, level } of document.sections.flatMap(({ blocks }) => blocks).flatMap((block) => block.kind === "answer" ? block.figures : [])) {
        assert.isTrue(caveat.length > 3 && level.length > 3)
      }
      for (const { figures } of document.sections.flatMap(({ blocks }) => blocks).filter((block) => block.kind === "answer")) {
        for (const { query } of figures) if (query !== null) yield* catalogue.find(query)
      }
    }).pipe(Effect.provide(QueryCatalogue.layer.pipe(Layer.provide(NodeServices.layer)))))

  it.effect("has every figure of the site of 2025 and its notebooks", () =>
    Effect.gen(function*() {
      const { document } = yield* Made
      assert.includeMembers(figuresOf(document).map(({ id }) => id), [
        "protocols", "countries", "asns", "keys-on-several-servers", "software-claimed", "latency-ping", "sizes-of-groups", "scores", "highest-scores", "lowest-scores",
        "certificate-issuers", "certificate-cluster-sizes", "all-scores", "signals", "signals-high", "world-map", "network-map", "reachability-by-host", "transports", "latency-described", "latency-boxes", "latency-classes"
      ])
    }))

  it.effect("is one page that needs nothing else", () =>
    Effect.gen(function*() {
      const { files } = yield* Made
      const html = files.find(({ name }) => name === "report.html")!.text
      assert.deepStrictEqual(pageFaults(html), [])
      const names = [...parsePage(html).querySelectorAll("figure")].map(({ id }) => id)
      assert.strictEqual(new Set(names).size, names.length)
      // Both style sheets are in it: the tokens that the viewer shares, and the report's own.
      assert.include(html, "--group-9")
      assert.include(html, "@media print")
    }))

  it.effect("names crawl, program, database, licence and time in every file, and differs in the time only", () =>
    Effect.gen(function*() {
      const path = yield* AnalysedDatabase
      const hash = yield* Effect.provide(fileHash(path), NodeServices.layer)
      const first = yield* Made
      yield* TestClock.adjust("1 day")
      const second = yield* made()
      const pictures = first.files.filter(({ name }) => name.startsWith("figures/")).map(({ name }) => name)
      assert.deepStrictEqual(pictures, figuresOf(first.document).filter(({ chart }) => chart !== null).map(pictureName))
      assert.strictEqual(new Set(pictures).size, pictures.length)
      const markdown = first.files.find(({ name }) => name === "report.md")!.text
      for (const name of pictures) assert.include(markdown, `](${name})`)
      const texts = first.files.filter(({ name }) => !pictures.includes(name))
      assert.deepStrictEqual(texts.map(({ name }) => name), ["report.html", "report.md", "report.json", "CITATION.cff"])
      for (const { name, text } of first.files) assert.include(text, hash.slice(0, 16), name)
      texts.forEach(({ name, text }, i) => {
        for (const said of [hash, version, "CC-BY-4.0", "1970-01-01T00:00:00.000Z", "LOCAL"]) {
          if (name !== "CITATION.cff" || said !== "LOCAL") assert.include(text, said, name)
        }
        assert.match(text, /crawl"?:? ?1|crawlId": 1/, name)
        assert.strictEqual(second.files.filter((file) => !pictures.includes(file.name))[i]!.text.replaceAll("1970-01-02", "1970-01-01"), text, name)
      })
    }))

  it.effect("does not claim what was not looked at", () =>
    Effect.gen(function*() {
      const { document } = yield* Made
      const answers = document.sections.slice(0, 5).map(({ blocks }) => blocks[0]!)
      assert.deepStrictEqual(answers.map((block) => block.kind === "answer" ? block.confidence.level === "high" : null), [false, false, false, false, false])
      const [, , differently, , analytics] = answers.map((block) => block.kind === "answer" ? block.answer : "")
      assert.include(differently, "not tested in this crawl")
      assert.match(analytics!, /^None was looked for/)
      const limits = JSON.stringify(document.sections.find(({ id }) => id === "limits"))
      assert.include(limits, "was not computed")
    }))
})

describe("CITATION.cff of the program", () => {
  it("has the version of the package", () => {
    const text = readFileSync(fileURLToPath(new URL("../../CITATION.cff", import.meta.url)), "utf8")
    assert.include(text, `version: "${version}"`)
    assert.match(text, /^cff-version: 1\.2\.0$/m)
  })
})
