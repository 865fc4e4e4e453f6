import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { recordSmallCrawl, withStore } from "../support/small-database.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-exposure-"))
const db = join(folder, "small.duckdb")
const list = join(folder, "servers.txt")

beforeAll(async () => {
  writeFileSync(list, "alpha.example.org:50002:s\nbeta.example.org:50002:s\n")
  await Effect.runPromise(
    withStore(db, (store) => Effect.andThen(recordSmallCrawl(store, "mainnet"), recordSmallCrawl(store, "mainnet-sim")))
  )
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Shown {
  readonly basis: string
  readonly simulated: boolean
  readonly notes: ReadonlyArray<string>
  readonly exposure: ReadonlyArray<{ readonly wallet: string; readonly saved_server: boolean; readonly route: string; readonly starts: number; readonly owner: string; readonly main_probability: number }>
  readonly selection_policy: ReadonlyArray<{ readonly policy: string; readonly recommendation: string }>
  readonly concentration: ReadonlyArray<{ readonly level: string; readonly dimension: string; readonly counted: number }>
}

describe("observatory exposure", () => {
  it("says for people what it is, and a recommendation under every figure", async () => {
    const { code, stderr, stdout } = await runCli(["exposure", "--network", "mainnet-sim", "--db", db, "--lives", "50"])
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/^SIMULATED: mainnet-sim/)
    expect(stdout).toMatch(/^Model output: 50 simulated wallets of each kind/m)
    expect(stdout).toMatch(/it accuses nobody/)
    const paragraphs = stdout.trimEnd().split("\n\n").slice(2)
    // Eight kinds of wallets, the rules, concentration.
    expect(paragraphs).toHaveLength(10)
    for (const paragraph of paragraphs) expect(paragraph).toMatch(/^ {2}-> [A-Z]?.*\.$/m)
  })

  it("gives programs the rows of the tables, by the list that a file names", async () => {
    const { code, stderr, stdout } = await runCli(["exposure", "--db", db, "--wallet-list", list, "--lives", "50", "--format", "json"])
    expect(code, stderr).toBe(0)
    const shown = JSON.parse(stdout) as Shown
    expect([shown.basis, shown.simulated]).toEqual(["model output", false])
    expect(shown.notes[0]).toBe(`List: ${list}.`)
    // Two usable servers: each is main with a half, whichever is saved.
    const single = shown.exposure.filter(({ saved_server, starts, wallet }) => wallet === "one server" && saved_server && starts === 1)
    expect(single.map(({ main_probability }) => main_probability)).toEqual([0.5, 0.5, 0.5, 0.5])
    expect(shown.selection_policy.map(({ policy }) => policy)).toContain("own server")
    expect(shown.concentration.find(({ dimension, level }) => dimension === "operator" && level === "server")!.counted).toBe(2)
  })

  it("is also what analyze stores, by the list that ships", async () => {
    const analysed = await runCli(["analyze", "--db", db])
    expect(analysed.code, analysed.stderr).toBe(0)
    const [row] = await queryFile(db, "SELECT count(DISTINCT starts)::INTEGER AS starts, max(lives)::INTEGER AS lives, any_value(basis) AS basis FROM exposure")
    expect(row).toEqual({ starts: 3, lives: 250, basis: "model output" })
    const [owners] = await queryFile(db, "SELECT count(DISTINCT owner)::INTEGER AS owners FROM exposure WHERE wallet = 'one server' AND server_id IS NULL")
    // Of the list that ships the small crawl knows nobody.
    expect(owners!["owners"]).toBeGreaterThan(50)
    const shown = await runCli(["query", "exposure", "--db", db, "--param", "starts=100", "--format", "json"])
    expect(shown.code, shown.stderr).toBe(0)
  })

  it("fails with one sentence where there is nothing to look at", async () => {
    const none = await runCli(["exposure", "--db", db, "--crawl", "77"])
    expect([none.code, none.stderr]).toEqual([1, "observatory: There is no crawl 77 in the database.\n"])
    const usage = await runCli(["exposure", "--db", db, "--switches", "1000"])
    expect([usage.code, usage.stderr]).toEqual([2, expect.stringContaining("a number from 0 to 100")])
  })
})
