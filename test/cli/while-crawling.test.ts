import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { shippedChains } from "../../src/domain/chain.ts"
import { Store } from "../../src/store/store.ts"
import { runCli } from "../support/cli.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-while-"))
const db = join(folder, "observatory.duckdb")
const scope = Scope.makeUnsafe()
let store: Store["Service"]

beforeAll(async () => {
  const context = await Effect.runPromise(
    Layer.buildWithScope(Store.layer(db).pipe(Layer.provide(NodeServices.layer)), scope)
  )
  store = Context.get(context, Store)
  await Effect.runPromise(store.startCrawl({
    kind: "crawl",
    chain: shippedChains.find((c) => c.name === "mainnet-sim")!,
    vantage: { name: "test", ipv4: true, ipv6: false, tor: false, proxy: false },
    settings: {},
    codeVersion: "test",
    startedAt: Date.now()
  }))
})

afterAll(async () => {
  await Effect.runPromise(Scope.close(scope, Exit.void))
  rmSync(folder, { recursive: true, force: true })
})

describe("while a crawl holds the database", () => {
  it("query says that there is no snapshot yet, then answers from it and says how old it is", async () => {
    const early = await runCli(["query", "--sql", "SELECT 1 AS one", "--db", db])
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining("has no snapshot yet")])
    await Effect.runPromise(store.publishSnapshot)
    const run = await runCli(["query", "--sql", "SELECT state FROM crawl", "--db", db, "--format", "json"])
    expect(run.code, run.stderr).toBe(0)
    expect(JSON.parse(run.stdout)).toEqual([{ state: "running" }])
    expect(run.stderr).toMatch(/^A crawl is writing to the database: answering from its snapshot, [0-9.]+ s old\.\n/)
  })

  it("analyze and a second crawl refuse with a sentence", async () => {
    for (const args of [["analyze", "--network", "mainnet-sim"], ["crawl", "--network", "mainnet-sim", "--seed", "a.test:1:s"]]) {
      const run = await runCli([...args, "--db", db])
      expect(run.code).toBe(1)
      expect(run.stderr).toMatch(/^observatory: .*(?:crawl|process|written).*\.\n$/i)
    }
  })
})
