import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runCli } from "../support/cli.ts"
import { crawlScenario, type CrawledScenario } from "../support/crawled-scenario.ts"
import { queryFile } from "../support/duck.ts"
import { wrongReasons } from "../support/metadata-reasons.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-topology-crawl-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const scenario = "hosted"
const unasked = [
  "latency_ms", "timing_variance", "balance_response", "history_response", "fingerprint_hash", "fee_vector", "fee_histogram", "mempool_info", "relay_fee"
]

/** The same network, crawled in both ways. */
let [topology, regular] = [] as unknown as [CrawledScenario, CrawledScenario]

const servers = (db: string) => queryFile(db, `
  SELECT host, port, ssl, reachable, chain_verdict, server_version, protocol_version, certificate_sha256, advertised_hosts, tip_height IS NOT NULL AS has_tip
  FROM server_metadata ORDER BY host, port, ssl`)

const edges = (db: string) => queryFile(db, "SELECT count(*)::INT AS edges FROM peer_edge")

beforeAll(async () => {
  [topology, regular] = await Promise.all([
    crawlScenario(scenario, 3, mkdtempSync(join(folder, "t-")), { flags: ["--visit", "topology"] }),
    crawlScenario(scenario, 3, mkdtempSync(join(folder, "r-")), { flags: ["--fingerprint", "off"] })
  ])
}, 150_000)

describe("a crawl for the topology", () => {
  it("finds the servers of a regular one, and who announces whom", async () => {
    expect(await servers(topology.db)).toEqual(await servers(regular.db))
    expect((await edges(topology.db))[0]!["edges"]).toBeGreaterThan(100)
  })

  it("asks a third of the questions, and no deep ones", async () => {
    const asked = "SELECT avg(requests)::DOUBLE AS requests, avg(cost)::DOUBLE AS cost, count(*)::INT AS visits FROM visit WHERE chain_verdict = 'same'"
    const [few, many] = [(await queryFile(topology.db, asked))[0]!, (await queryFile(regular.db, asked))[0]!]
    expect(few["visits"]).toBe(many["visits"])
    expect(few["requests"]).toBeLessThan(Number(many["requests"]) / 2)
    expect(few["cost"]).toBeLessThan(Number(many["cost"]) / 2)
    expect(await queryFile(topology.db, "SELECT kind FROM visit WHERE kind <> 'regular' UNION SELECT kind FROM probe_due")).toEqual([])
    const [{ settings }] = await queryFile(topology.db, "SELECT settings::VARCHAR AS settings FROM crawl") as [{ readonly settings: string }]
    expect(JSON.parse(settings)).toMatchObject({ visit: "topology", fingerprint: "off" })
  })

  it("says of every field it left out that it did, and leaves none without a reason", async () => {
    const { stdout } = await runCli(["query", "--db", topology.db, "--format", "jsonl", "--sql", "SELECT * FROM server_metadata"])
    const rows = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(rows.filter((row) => wrongReasons(row).length > 0).map((row) => [row["host"], ...wrongReasons(row)])).toEqual([])
    const met = rows.filter((row) => row["reachable"] === true && row["server_version"] !== null)
    expect(met.length).toBeGreaterThan(20)
    for (const { untested, ...row } of met) {
      for (const column of unasked) expect([column, row[column], (untested as Record<string, string>)[column]]).toEqual([column, null, "not asked: topology visit"])
    }
  })

  it("is analysed, reported and exported with fewer comparisons, none of them of what was not asked", async () => {
    for (const db of [topology.db, regular.db]) {
      const { code, stderr } = await runCli(["analyze", "--db", db, "--network", "mainnet-sim"], { timeoutMs: 120_000 })
      expect([code, stderr]).toEqual([0, expect.any(String)])
    }
    const kinds = async (db: string) => new Set((await queryFile(db, "SELECT DISTINCT comparison FROM evidence")).map((row) => row["comparison"]))
    const [few, many] = [await kinds(topology.db), await kinds(regular.db)]
    expect(few.size).toBeGreaterThan(0)
    expect([...few].filter((kind) => !many.has(kind))).toEqual([])
    expect(few.has("behaviour fingerprint")).toBe(false)
    const tested = (db: string) => queryFile(db, "SELECT count(*) FILTER (untested IS NULL)::INT AS tested, count(*)::INT AS n FROM indicator WHERE name = 'known histories'")
    expect((await tested(topology.db))[0]).toMatchObject({ tested: 0, n: expect.toSatisfy((n: number) => n > 20) })
    expect((await tested(regular.db))[0]!["tested"]).toBeGreaterThan(20)
    const report = join(folder, "report")
    const written = await runCli(["report", "--db", topology.db, "--network", "mainnet-sim", "--out", report, "--no-power"], { timeoutMs: 120_000 })
    expect([written.code, written.stderr]).toEqual([0, expect.stringContaining("SIMULATED")])
    expect(readFileSync(join(report, "report.md"), "utf8")).toContain("SIMULATED")
    const [first] = await queryFile(topology.db, "SELECT server_a, server_b FROM pair ORDER BY same_operator DESC LIMIT 1")
    const bundle = join(folder, "bundle")
    const claim = ["--claim", `pair:${String(first!["server_a"])},${String(first!["server_b"])}`]
    const exported = await runCli(["export", "--what", "evidence", ...claim, "--db", topology.db, "--network", "mainnet-sim", "--out", bundle, "--local"], { timeoutMs: 120_000 })
    expect([exported.code, exported.stderr]).toEqual([0, expect.any(String)])
    expect((await runCli(["verify", join(bundle, readdirSync(bundle)[0]!)], { timeoutMs: 120_000 })).code).toBe(0)
  }, 200_000)
})
