import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runCli, startCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { writeFixedScenario } from "../support/small-scenario.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-crash-"))
let running: Awaited<ReturnType<typeof runSimnet>>

beforeAll(async () => {
  running = await runSimnet({ scenario: writeFixedScenario(folder, 42), randomSeed: 1 })
})

afterAll(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Against hanging, for a test that starts the command line several times. */
const hangingMs = 600_000

const seeds = () => running.simnet.seeds.flatMap((seed) => ["--seed", seed])

const crawlArgs = (db: string, ...more: ReadonlyArray<string>): Array<string> => [
  "crawl",
  "--network",
  "mainnet-sim",
  "--db",
  db,
  "--proxy",
  `socks5://127.0.0.1:${running.simnet.socksPort}`,
  "--rate",
  "0",
  // Deep visits are runs of their own, killed in their own test.
  "--fingerprint",
  "off",
  ...more
]

const quiet = ["--progress", "off", "--concurrency", "3"]

const fresh = (db: string) => crawlArgs(db, ...seeds(), ...quiet)

const resume = (db: string) => crawlArgs(db, "--resume", ...quiet)

/** What a crawl came to, without what is bound to differ (times, order, numbers). */
const essence = async (db: string) => ({
  endpoints: await queryFile(db, `
    SELECT endpoint_key, state, not_visited_reason, reachable, outcome, reason, phase
    FROM crawl_endpoint WHERE crawl_id = (SELECT max(crawl_id) FROM crawl) ORDER BY endpoint_key`),
  servers: await queryFile(db, `
    SELECT list(e.endpoint_key ORDER BY e.endpoint_key) AS endpoints, any_value(s.chain) AS chain, any_value(s.confirmed) AS confirmed
    FROM server s JOIN server_endpoint se USING (crawl_id, server_id) JOIN endpoint e USING (endpoint_id)
    WHERE s.crawl_id = (SELECT max(crawl_id) FROM crawl)
    GROUP BY s.server_id ORDER BY 1`),
  edges: await queryFile(db, `
    SELECT from_host, to_host FROM peer_edge WHERE crawl_id = (SELECT max(crawl_id) FROM crawl) ORDER BY ALL`),
  twice: await queryFile(db, "SELECT endpoint_id FROM visit GROUP BY crawl_id, endpoint_id HAVING count(*) > 1"),
  state: await queryFile(db, "SELECT state FROM crawl ORDER BY crawl_id DESC LIMIT 1")
})

let undisturbed: Awaited<ReturnType<typeof essence>>
let tookMs: number

beforeAll(async () => {
  const db = join(folder, "undisturbed.duckdb")
  const startedAt = performance.now()
  const run = await runCli(fresh(db))
  tookMs = performance.now() - startedAt
  expect(run.stderr).toBe("")
  expect(run.code).toBe(0)
  undisturbed = await essence(db)
  expect(undisturbed.endpoints).toHaveLength(56)
  expect(undisturbed.state).toEqual([{ state: "finished" }])
  expect(undisturbed.twice).toEqual([])
}, hangingMs)

/** Kills a crawl at a random moment, or when it says that it is under way, and ends it after that; true where it was killed. */
const killAndResume = async (number: number, when: "at random" | "under way"): Promise<boolean> => {
  const db = join(folder, `killed-${number}.duckdb`)
  const { child, result } = await startCli(when === "at random" ? fresh(db) : crawlArgs(db, ...seeds(), "--progress", "json", "--concurrency", "3"))
  let timer: NodeJS.Timeout | undefined
  if (when === "at random") timer = setTimeout(() => child.kill("SIGKILL"), Math.random() * tookMs)
  else child.stdout!.once("data", () => child.kill("SIGKILL"))
  const killed = await result
  clearTimeout(timer)
  // Killed before the crawl was in the file, there is nothing to resume and the user starts again.
  const resumed = killed.code === 0 ? killed : await runCli(resume(db))
  const nothingThere = resumed.code === 1 && /no unfinished crawl/.test(resumed.stderr)
  if (nothingThere) expect((await runCli(fresh(db))).code).toBe(0)
  else expect(resumed.code, resumed.stderr).toBe(0)
  expect(await essence(db)).toEqual(undisturbed)
  return killed.code !== 0 && !nothingThere
}

describe.concurrent("a crawl that is killed", () => {
  it("ends after --resume like an undisturbed one, at 16 random moments and 4 in its midst", async () => {
    let interrupted = 0
    // They mostly wait for their servers: five at a time.
    for (let number = 0; number < 20; number += 5) {
      const killed = await Promise.all([0, 1, 2, 3, 4].map((more) => killAndResume(number + more, more === 0 ? "under way" : "at random")))
      interrupted += killed.filter(Boolean).length
    }
    // On a busy machine many are killed before they have begun, or end before they are killed.
    expect(interrupted).toBeGreaterThan(3)
  }, 900_000)

  it("drains on SIGINT, also when it comes twice at once, exits with 130 after saving, and says how to go on", async () => {
    const db = join(folder, "interrupted.duckdb")
    const { child, result } = await startCli(crawlArgs(db, ...seeds(), "--progress", "json", "--concurrency", "1"))
    child.stdout!.once("data", () => {
      child.kill("SIGINT")
      // From the terminal and from the launcher. Nothing else is done meanwhile: a second signal that is late means something else.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
      child.kill("SIGINT")
    })
    const run = await result
    expect(run.code).toBe(130)
    expect(run.stderr).toMatch(/Interrupted; what was seen is saved\. Go on with: observatory crawl --resume/)
    expect(await queryFile(db, "SELECT state FROM crawl")).toEqual([{ state: "interrupted" }])
    const resumed = await runCli(resume(db))
    expect(resumed.code, resumed.stderr).toBe(0)
    expect((await essence(db)).endpoints).toEqual(undisturbed.endpoints)
  }, hangingMs)

  it("is marked abandoned by the next plain crawl", async () => {
    const db = join(folder, "abandoned.duckdb")
    const { child, result } = await startCli(crawlArgs(db, ...seeds(), "--progress", "json"))
    child.stdout!.once("data", () => child.kill("SIGKILL"))
    expect((await result).signal).toBe("SIGKILL")
    expect((await runCli(fresh(db))).code).toBe(0)
    expect(await queryFile(db, "SELECT state FROM crawl ORDER BY crawl_id")).toEqual([{ state: "abandoned" }, { state: "finished" }])
  }, hangingMs)
})
