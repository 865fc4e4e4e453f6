import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { shippedIndicators } from "../../src/analysis/suspicion/indicator-table.ts"
import { runCli } from "../support/cli.ts"
import { type CrawledScenario, keptCrawl } from "../support/crawled-scenario.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-suspicion-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Row = Readonly<Record<string, unknown>>

const query = async (db: string, ...args: ReadonlyArray<string>): Promise<ReadonlyArray<Row>> => {
  const { stdout } = await runCli(["query", "--db", db, "--format", "jsonl", ...args])
  return stdout.trimEnd().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Row)
}

describe("suspicion in a network where most lie", () => {
  let crawled: CrawledScenario

  beforeAll(async () => {
    crawled = await keptCrawl("lying-majority", 11, folder)
    const { code, stderr } = await runCli(["analyze", "--db", crawled.db, "--network", "mainnet-sim"], { timeoutMs: 120_000 })
    expect([code, stderr]).toEqual([0, ""])
  }, 240_000)

  it("falls on every liar that answered, by its work or its missing history, and on no honest or foreign server", async () => {
    const rows = await query(crawled.db, "--sql", "SELECT host, port, chain, honeypot_score, untested FROM server_metadata WHERE server_version IS NOT NULL")
    const lineOf = new Map(crawled.truth.map((line) => [`${line.host} ${line.port}`, line]))
    const seen = { liars: 0, honest: 0, foreign: 0 }
    for (const row of rows) {
      const truth = lineOf.get(`${row["host"]} ${row["port"]}`)!
      const [score, what] = [row["honeypot_score"], `${truth.server}: ${row["honeypot_score"]}`]
      if (row["chain"] !== "mainnet-sim") {
        seen.foreign++
        expect(score, what).toBeNull()
        expect((row["untested"] as Row)["honeypot_score"], what).toBe("of another chain than its crawl: not judged")
      } else if (truth.traits.length > 0) {
        seen.liars++
        expect(score, what).toBeGreaterThanOrEqual(shippedIndicators.threshold)
      } else {
        seen.honest++
        expect(score, what).toBe(0)
      }
    }
    expect(seen.liars).toBeGreaterThan(seen.honest)
    expect(Math.min(seen.honest, seen.foreign)).toBeGreaterThan(2)
  })

  it("is explained by the rows behind it", async () => {
    const liar = crawled.truth.find((line) => line.alive && line.transport === "tls" && line.traits.some((it) => it.startsWith("hides history")))!
    const rows = await query(crawled.db, "suspicion-of-a-server", "--param", `host=${liar.host}`)
    expect(rows.map((row) => row["indicator"]).toSorted()).toEqual(shippedIndicators.indicators.map(({ name }) => name).toSorted())
    const [first] = rows
    expect([first!["indicator"], first!["points"], first!["share"]]).toEqual(["known histories", 60, 1])
    expect(JSON.stringify(first!["detail"])).toContain("P2WPKH")
    expect(String(first!["explanation"])).toMatch(/^SIMULATED: /)
    for (const row of rows) expect(row["untested"] === null, String(row["indicator"])).toBe(row["points"] !== null)
    const summary = await query(crawled.db, "suspicion-by-indicator")
    expect(summary.find((row) => row["indicator"] === "logging")).toMatchObject({ servers_tested: 0, most_points: null })
  })

  it("follows the table given with --indicators, and refuses one that is none", async () => {
    const own = join(folder, "own.json")
    const [first] = shippedIndicators.indicators
    writeFileSync(own, JSON.stringify({ ...shippedIndicators, indicators: [{ ...first, weight: 12 }] }))
    const { code } = await runCli(["analyze", "--db", crawled.db, "--network", "mainnet-sim", "--indicators", own], { timeoutMs: 120_000 })
    expect(code).toBe(0)
    const scores = await query(crawled.db, "--sql", "SELECT DISTINCT score FROM suspicion WHERE score IS NOT NULL ORDER BY score")
    expect(scores.map((row) => row["score"])).toEqual([0, 12])
    writeFileSync(own, "{}")
    const refused = await runCli(["analyze", "--db", crawled.db, "--network", "mainnet-sim", "--indicators", own])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/is no table of indicators/)
  }, 240_000)
})
