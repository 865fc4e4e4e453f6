import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { says, startCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { writeFixedScenario } from "../support/small-scenario.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-watch-killed-"))
const scale = 200
let running: Awaited<ReturnType<typeof runSimnet>>

beforeAll(async () => {
  running = await runSimnet({ scenario: writeFixedScenario(folder, 14), randomSeed: 1, timeScale: scale })
})

afterAll(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

const watchArgs = (db: string): Array<string> => [
  "watch", "--network", "mainnet-sim", "--db", db,
  "--proxy", `socks5://127.0.0.1:${running.simnet.socksPort}`,
  ...running.simnet.seeds.flatMap((seed) => ["--seed", seed]),
  "--no-analyze", "--rate", "0", "--fingerprint", "off", "--peer-rounds", "1", "--asn", "off", "--no-ptr",
  "--time-scale", String(scale), "--sentinels", "5", "--crawl-every", "2h", "--log-level", "debug", "--log-format", "json"
]

/** All that was flushed, each row as a text; those of tables that are worked out anew left out. */
const flushed = async (db: string): Promise<ReadonlyMap<string, ReadonlyArray<string>>> => {
  const tables = ["sighting", "held_session", "tip_arrival", "visit", "crawl"]
  const rows = await Promise.all(tables.map(async (table) =>
    // A crawl's end is written over its beginning.
    [table, (await queryFile(db, table === "crawl" ? "SELECT crawl_id, started_at, kind FROM crawl" : `SELECT * FROM ${table}`)).map((row) => JSON.stringify(row))] as const))
  return new Map(rows)
}

/** Tables to which rows are only ever added. */
const grown = ["sighting", "held_session", "tip_arrival", "visit"] as const
type Counts = Readonly<Record<(typeof grown)[number], number>>

const plus = (a: Counts, b: Partial<Counts>): Counts =>
  Object.fromEntries(grown.map((table) => [table, a[table] + (b[table] ?? 0)])) as unknown as Counts

/**
 * What the file has to hold by the journal that a watch keeps beside it, its log: all
 * that was committed by then, or that and the whole of the commit during which it was killed.
 */
const heldBy = (log: string, before: Counts): ReadonlyArray<Counts> => {
  const said = log.split("\n").flatMap((line) => line.startsWith("{") ? [(JSON.parse(line) as { message: unknown }).message] : [])
  const begun: Array<Partial<Counts>> = []
  let done = 0
  for (const message of said) {
    const [, number, rows] = /^committing (\d+): (.*)$/.exec(String(message)) ?? []
    if (rows !== undefined) expect(begun.push(JSON.parse(rows) as Partial<Counts>)).toBe(Number(number))
    if (/^committed \d+$/.test(String(message))) expect(++done).toBe(begun.length)
  }
  const committed = begun.slice(0, done).reduce(plus, before)
  return [committed, ...begun.slice(done).map((rows) => plus(committed, rows))]
}

/** Rows of these tables, none of them twice. */
const countsOf = async (db: string): Promise<Counts> => {
  expect(await queryFile(db, `
    SELECT endpoint_id, seen_at, state, way, count(*) FROM sighting GROUP BY ALL HAVING count(*) > 1
    UNION ALL SELECT endpoint_id, arrived_at, block_hash, NULL, count(*) FROM tip_arrival GROUP BY ALL HAVING count(*) > 1`)).toEqual([])
  expect(await queryFile(db, "SELECT visit_id FROM visit GROUP BY visit_id HAVING count(*) > 1")).toEqual([])
  expect(await queryFile(db, "SELECT sequence FROM held_session GROUP BY sequence HAVING count(*) > 1")).toEqual([])
  const [row] = await queryFile(db, `SELECT ${grown.map((table) => `(SELECT count(*)::INTEGER FROM ${table}) AS ${table}`).join(", ")}`)
  return row as unknown as Counts
}

/** Kills a watch five times at random moments, then lets it end; what it said to have flushed has to be there, then and ever after. How many looks there are. */
const killAndGoOn = async (number: number): Promise<number> => {
  const db = join(folder, `killed-${number}.duckdb`)
  let before: ReadonlyMap<string, ReadonlyArray<string>> = new Map()
  let counts: Counts = { sighting: 0, held_session: 0, tip_arrival: 0, visit: 0 }
  for (let kill = 0; kill < 5; kill++) {
    const { child, result } = await startCli(watchArgs(db), { timeoutMs: 200_000 })
    // The first time after its crawl, so that there is something to go on from.
    await says(child, kill === 0 ? "Crawl 1:" : "Watching")
    await new Promise((resolve) => setTimeout(resolve, (kill === 0 ? 2000 : 0) + Math.random() * 3000))
    child.kill("SIGKILL")
    const { signal, stderr } = await result
    expect(signal, stderr).toBe("SIGKILL")
    const held = heldBy(stderr, counts)
    counts = await countsOf(db)
    expect(held, `kill ${kill}`).toContainEqual(counts)
    // The first time something was committed; on a busy machine later kills may come before that.
    if (kill === 0) expect(counts.visit).toBeGreaterThan(0)
    const after = await flushed(db)
    for (const [table, rows] of before) {
      const now = new Set(after.get(table))
      expect(rows.filter((row) => !now.has(row)), `${table} after kill ${kill}`).toEqual([])
    }
    before = after
  }
  const { child, result } = await startCli(watchArgs(db), { timeoutMs: 200_000 })
  await says(child, "Watching")
  setTimeout(() => child.kill("SIGINT"), 2000)
  const last = await result
  expect(last.code, last.stderr).toBe(130)
  expect(heldBy(last.stderr, counts)).toEqual([await countsOf(db)])
  // No visit begins before the look before it allows that.
  expect(await queryFile(db, `
    SELECT * FROM (
      SELECT s.endpoint_id, v.started_at, lag(s.due_at) OVER (PARTITION BY s.endpoint_id ORDER BY s.seen_at, s.rowid) AS due_before
      FROM sighting s LEFT JOIN visit v USING (visit_id)
    ) WHERE started_at < due_before`)).toEqual([])
  expect(await queryFile(db, "SELECT state, count(*)::INTEGER AS n FROM watch_run GROUP BY ALL ORDER BY state"))
    .toEqual([{ state: "ended", n: 1 }, { state: "killed", n: 5 }])
  const [looks] = await queryFile(db, "SELECT count(*)::INTEGER AS n FROM sighting")
  return Number(looks!["n"])
}

describe("a watch that is killed", () => {
  it("goes on from what was flushed, at 20 random moments: no row is lost, none is there twice, no look comes before it is due", async () => {
    // They mostly wait.
    const looks = await Promise.all([0, 1, 2, 3].map(killAndGoOn))
    expect(Math.min(...looks)).toBeGreaterThan(0)
  }, 600_000)
})
