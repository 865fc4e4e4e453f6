import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { runCli, says, startCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { writeFixedScenario } from "../support/small-scenario.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-watch-retention-"))
const [db, archive] = [join(folder, "watched.duckdb"), join(folder, "archive")]
const scale = 2000
let running: Awaited<ReturnType<typeof runSimnet>>

beforeAll(async () => {
  running = await runSimnet({ scenario: writeFixedScenario(folder, 6), randomSeed: 1, timeScale: scale })
})

afterAll(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Watches from so many hours after the first time on, for three seconds (100 minutes of the stamps) after a crawl. */
const watchFrom = async (hours: number, words: string): Promise<string> => {
  const { child, result } = await startCli([
    "watch", "--network", "mainnet-sim", "--db", db, "--proxy", `socks5://127.0.0.1:${running.simnet.socksPort}`,
    ...running.simnet.seeds.flatMap((seed) => ["--seed", seed]),
    "--no-analyze", "--rate", "0", "--fingerprint", "off", "--peer-rounds", "1", "--asn", "off", "--no-ptr",
    "--time-scale", String(scale), "--sentinels", "2", "--archive", archive, "--drop-older-than", "96h"
  ], { laterMs: hours * 3_600_000 / scale, timeoutMs: 200_000 })
  await says(child, words)
  setTimeout(() => child.kill("SIGINT"), 3000)
  const { code, stderr } = await result
  expect(code, stderr).toBe(130)
  return stderr
}

const rowsWith = async (...args: ReadonlyArray<string>): Promise<ReadonlyArray<Record<string, unknown>>> => {
  const { code, stderr, stdout } = await runCli(["query", "--db", db, "--format", "json", ...args])
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as ReadonlyArray<Record<string, unknown>>
}

const looksOf = "SELECT crawl_id, count(*)::INTEGER AS looks FROM sighting GROUP BY ALL ORDER BY crawl_id"
const sum = (rows: ReadonlyArray<Record<string, unknown>>, column: string) => rows.reduce((total, row) => total + Number(row[column]), 0)
const concluded = `
  SELECT (SELECT list(DISTINCT day::VARCHAR ORDER BY day::VARCHAR) FROM reliability) AS days,
    (SELECT max(evidence) FROM reliability WHERE time_window = '1 month') AS evidence,
    (SELECT min(first_seen)::VARCHAR FROM identity_interval) AS seen_since, (SELECT count(*)::INTEGER FROM watch_run) AS runs`

it("a watch that keeps four days drops what it archived while it goes on, and queries, reliability and identities lose nothing of it", async () => {
  await watchFrom(0, "crawl 1: written")
  await watchFrom(30, "crawl 2: written")
  const before = await queryFile(db, looksOf)
  const [known] = await queryFile(db, concluded)
  expect(before.map((row) => row["crawl_id"])).toEqual([1, 2])

  const said = await watchFrom(144, "left the database")
  expect(said).toMatch(/crawl 1: .*left the database/)
  // The third run counted its looks with the second crawl until the third was over.
  expect(said).not.toMatch(/crawl 2: .*left the database/)
  const after = await queryFile(db, looksOf)
  expect(after.map((row) => row["crawl_id"])).toEqual([2, 3])
  expect(await queryFile(db, "SELECT DISTINCT crawl_id FROM visit ORDER BY crawl_id")).toEqual([{ crawl_id: 2 }, { crawl_id: 3 }])

  const both = await rowsWith("--archive", archive, "--sql", looksOf)
  expect(both).toEqual([before[0], ...after])
  const [short, long] = [await rowsWith("watched-uptime"), await rowsWith("watched-uptime", "--archive", archive)]
  expect(sum(short, "looks_at_server")).toBe(sum(after, "looks"))
  expect(sum(long, "looks_at_server")).toBe(sum(both, "looks"))
  expect(sum(long, "observed_hours")).toBeGreaterThan(sum(short, "observed_hours"))

  const [now] = await queryFile(db, concluded)
  expect(now!["days"]).toEqual(expect.arrayContaining(known!["days"] as Array<string>))
  expect(Number(now!["evidence"])).toBeGreaterThan(Number(known!["evidence"]))
  expect(now!["seen_since"]).toBe(known!["seen_since"])
  expect(now!["runs"]).toBe(3)
}, 240_000)

it("a watch whose archive cannot be written says so before it crawls, and one whose archive is away later goes on", async () => {
  const away = join(folder, "bucket")
  const watch = (name: string) => startCli([
    "watch", "--network", "mainnet-sim", "--db", join(folder, name), "--proxy", `socks5://127.0.0.1:${running.simnet.socksPort}`,
    ...running.simnet.seeds.flatMap((seed) => ["--seed", seed]),
    "--no-analyze", "--rate", "0", "--fingerprint", "off", "--peer-rounds", "1", "--asn", "off", "--no-ptr", "--archive", away
  ], { timeoutMs: 200_000 })
  writeFileSync(away, "")
  const refused = await (await watch("refused.duckdb")).result
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`Cannot write to ${away}: `)])
  expect(existsSync(join(folder, "refused.duckdb"))).toBe(false)
  rmSync(away)
  const { child, result } = await watch("away.duckdb")
  await says(child, "Watching mainnet-sim")
  rmSync(away, { recursive: true })
  writeFileSync(away, "")
  await says(child, "not archived, and tried again after the next crawl: ")
  setTimeout(() => child.kill("SIGINT"), 1000)
  const { code, stderr } = await result
  expect([code, stderr]).toEqual([130, expect.stringContaining("6 servers answered")])
})
