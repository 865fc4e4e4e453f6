import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type CliResult, runCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { wrongReasons } from "../support/metadata-reasons.ts"
import { runSimnet } from "../support/running-simnet.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-hostile-"))
const db = join(folder, "hostile.duckdb")
let running: Awaited<ReturnType<typeof runSimnet>>
let run: CliResult

interface Truth {
  readonly host: string
  readonly traits: ReadonlyArray<string>
  readonly alive: boolean
  readonly transport: string
}
let truth: ReadonlyArray<Truth>

beforeAll(async () => {
  const truthFile = join(folder, "truth.jsonl")
  running = await runSimnet({ scenario: "hostile", truthFile, randomSeed: 7 })
  truth = readFileSync(truthFile, "utf8").trim().split("\n").map((line) => JSON.parse(line) as Truth)
  run = await runCli([
    "crawl",
    "--network",
    "mainnet-sim",
    "--db",
    db,
    "--proxy",
    `socks5://127.0.0.1:${running.simnet.socksPort}`,
    "--rate",
    "0",
    "--connect-timeout",
    "3s",
    "--reply-timeout",
    "1500ms",
    ...running.simnet.seeds.flatMap((seed) => ["--seed", seed])
  ], { timeoutMs: 240_000 })
}, 300_000)

afterAll(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe("a crawl among hostile servers", () => {
  it("goes on to the end and answers with nothing that could reach a terminal raw", () => {
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toMatch(/^Crawl 1 of mainnet-sim complete/m)
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(run.stdout + run.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  })

  it("ends every visit with a result or a reason, and every hostile server with a visit of its own", async () => {
    const wrong = await queryFile(db, `
      SELECT endpoint_id FROM visit
      WHERE (outcome = 'answered') = (reason IS NOT NULL) OR (reason IS NULL) <> (phase IS NULL)`)
    expect(wrong).toEqual([])
    const visited = new Set((await queryFile(db, "SELECT host FROM crawl_endpoint WHERE visit_id IS NOT NULL")).map((r) => r["host"]))
    const hostile = new Set(truth.filter((t) => t.traits.length > 0).map((t) => t.host))
    expect(hostile.size).toBeGreaterThanOrEqual(60)
    expect([...hostile].filter((host) => !visited.has(host))).toEqual([])
  })

  it("has a reason for everything that it does not know of them, and none for what it knows", async () => {
    // Hostile peers name thousands of hosts, and every row says of each column why it is null: of those not visited some for each reason.
    const { code, stderr, stdout } = await runCli(["query", "--db", db, "--format", "jsonl", "--sql", `
      SELECT * FROM server_metadata WHERE endpoint_id IN (
        SELECT endpoint_id FROM crawl_endpoint QUALIFY visit_id IS NOT NULL OR row_number() OVER (PARTITION BY not_visited_reason ORDER BY endpoint_id) <= 50)`])
    expect(code, stderr).toBe(0)
    const rows = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(rows.filter((row) => row["visited_at"] === null).length).toBeGreaterThanOrEqual(20)
    expect(rows.length).toBeGreaterThanOrEqual(100)
    expect(rows.map((row) => [row["host"], ...wrongReasons(row)]).filter((wrong) => wrong.length > 1)).toEqual([])
  }, 120_000)

  it("loses nothing of the honest servers among them", async () => {
    const honest = truth.filter((t) => t.traits.length === 0 && t.alive && t.transport === "tls").map((t) => t.host)
    expect(honest.length).toBeGreaterThan(0)
    const rows = await queryFile(db, `
      SELECT host, v.chain_verdict, count(o.probe) AS probes FROM crawl_endpoint c JOIN visit v USING (visit_id)
      JOIN observation o ON o.visit_id = v.visit_id AND o.outcome = 'ok'
      WHERE c.transport = 'tls' GROUP BY ALL`)
    for (const host of honest) expect(rows.find((r) => r["host"] === host)).toMatchObject({ host, chain_verdict: "same" })
  })

  it("keeps raw what they said, and bounds it", async () => {
    const [longest] = await queryFile(db, `
      SELECT max(length(reply_raw)) AS reply, (SELECT max(length(banner)) FROM visit) AS banner,
        (SELECT max(length(raw)) FROM advertisement) AS advertisement FROM observation`)
    expect(Number(longest!["reply"])).toBeLessThanOrEqual(65_536)
    expect(Number(longest!["advertisement"])).toBeLessThanOrEqual(4_096)
    const escapes = await queryFile(db, "SELECT count(*) > 0 AS kept FROM visit WHERE contains(banner, chr(27))")
    expect(escapes).toEqual([{ kept: true }])
  })

  it("keeps the bytes of what no text can hold, and of nothing else", async () => {
    const sent = "636166e9ffc080eda080"
    const banners = await queryFile(db, `
      SELECT DISTINCT host, banner, lower(hex(banner_octets)) AS octets FROM crawl_endpoint JOIN visit USING (visit_id)
      WHERE banner_octets IS NOT NULL ORDER BY host`)
    expect(banners).toEqual([
      { host: "bad-utf8.hostile.test", banner: expect.stringMatching(/^caf\ufffd+$/), octets: sent },
      {
        host: "lone-surrogates.hostile.test",
        banner: "half \ufffd and \ufffd\ufffd",
        octets: Buffer.from("half \\ud800 and \\udc00\\ud800").toString("hex")
      }
    ])
    const replies = await queryFile(db, `
      SELECT DISTINCT probe, contains(lower(hex(reply_octets)), '${sent}') AS whole FROM observation JOIN visit USING (visit_id)
      WHERE reply_octets IS NOT NULL AND banner_octets IS NOT NULL`)
    expect(replies).toEqual([{ probe: "banner", whole: true }])
    const strange = await queryFile(db, `
      SELECT count(*)::INTEGER AS wrong FROM observation
      WHERE octet_length(reply_octets) > 65536 OR (reply_octets IS NOT NULL AND NOT contains(reply_raw, chr(65533)))`)
    expect(strange).toEqual([{ wrong: 0 }])
    const { stdout } = await runCli([
      "visit", "bad-utf8.hostile.test:50002:s", "--network", "mainnet-sim", "--format", "json",
      "--proxy", `socks5://127.0.0.1:${running.simnet.socksPort}`
    ])
    expect(JSON.parse(stdout)).toMatchObject({
      bannerOctets: sent,
      observations: expect.arrayContaining([expect.objectContaining({ probe: "banner", replyOctets: expect.stringContaining(sent) })])
    })
  })
})
