import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runCli, startCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { writeFixedScenario } from "../support/small-scenario.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-due-"))
let running: Awaited<ReturnType<typeof runSimnet>>

beforeAll(async () => {
  running = await runSimnet({ scenario: writeFixedScenario(folder, 20), randomSeed: 1 })
})

afterAll(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

const at = (name: string): string => join(folder, name)
const proxy = () => `socks5://127.0.0.1:${running.simnet.socksPort}`

const crawlArgs = (db: string, ...more: ReadonlyArray<string>): Array<string> => [
  "crawl", "--network", "mainnet-sim", "--db", db, "--proxy", proxy(), "--rate", "0", ...running.simnet.seeds.flatMap((seed) => ["--seed", seed]), ...more
]

const probe = (db: string, ...more: ReadonlyArray<string>) =>
  runCli(["probe", "--due", "--network", "mainnet-sim", "--db", db, "--rate", "0", ...more])

/** Where every server's deep visit stands, and whether a visit says the same. */
const standing = (db: string) =>
  queryFile(db, `
    WITH newest AS (
      SELECT * FROM probe_due QUALIFY row_number() OVER (PARTITION BY endpoint_id ORDER BY sequence DESC) = 1
    )
    SELECT
      (SELECT count(*) FROM newest)::INTEGER AS servers,
      (SELECT count(*) FROM newest WHERE state = 'due')::INTEGER AS due,
      (SELECT count(*) FROM newest WHERE state = 'done')::INTEGER AS done,
      (SELECT count(*) FROM visit WHERE kind = 'deep')::INTEGER AS visits,
      (SELECT count(DISTINCT visit_id) FROM probe_due JOIN visit USING (visit_id) WHERE state = 'done')::INTEGER AS told,
      (SELECT count(*) FROM visit JOIN malformed_reply USING (visit_id) WHERE kind = 'deep')::INTEGER AS replies`)

describe("deep visits", () => {
  it("are due half an hour after a crawl, which says so, and probe --due waits for none", async () => {
    const db = at("due.duckdb")
    const crawl = await runCli(crawlArgs(db, "--fingerprint", "due", "--progress", "off"))
    expect(crawl.code, crawl.stderr).toBe(0)
    expect(crawl.stdout).toMatch(/deep visits due later: \d+ servers, the first in (?:29|30) min/)
    const before = (await standing(db))[0]!
    expect(before).toMatchObject({ done: 0, visits: 0 })
    expect(Number(before["due"])).toBeGreaterThan(10)
    expect(before["due"]).toBe((await queryFile(db, "SELECT count(*)::INTEGER AS n FROM server WHERE confirmed AND chain = 'mainnet-sim'"))[0]!["n"])
    const run = await probe(db)
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toMatch(/Nothing is due for mainnet-sim\.\n +deep visits due later: \d+ servers/)
    expect((await standing(db))[0]).toEqual(before)
  }, 90_000)

  it("are made in the same command on a simulated network, none doubled or lost when that is killed", async () => {
    const db = at("killed.duckdb")
    const { child, result } = await startCli(crawlArgs(db, "--progress", "plain", "--concurrency", "2"))
    await new Promise<void>((resolve) => {
      child.stderr!.on("data", (text: string) => {
        if (text.includes("Deep visits: 0 of")) setTimeout(resolve, 700)
      })
      child.once("close", () => resolve())
    })
    child.kill("SIGKILL")
    await result
    const killed = (await standing(db))[0]!
    expect(Number(killed["servers"])).toBeGreaterThan(10)
    expect(Number(killed["due"]) + Number(killed["done"])).toBe(Number(killed["servers"]))
    expect([killed["visits"], killed["told"], killed["replies"]]).toEqual([killed["done"], killed["done"], killed["done"]])
    // The connection of the crawl is stored: --proxy need not be said again.
    const run = await probe(db, "--progress", "json")
    expect(run.code, run.stderr).toBe(0)
    const summary = JSON.parse(run.stdout) as Readonly<Record<string, number>>
    const after = (await standing(db))[0]!
    expect(summary["answered"]! + summary["failed"]!).toBe(Number(after["done"]) - Number(killed["done"]))
    expect([after["visits"], after["told"], after["replies"]]).toEqual([after["done"], after["done"], after["done"]])
    // Only what was under way when it was killed waits: nobody is asked twice within half an hour.
    expect(Number(after["due"])).toBe(summary["waiting"])
    expect(summary["waiting"]).toBeLessThanOrEqual(8)
    const twice = await queryFile(db, "SELECT endpoint_id FROM visit WHERE kind = 'deep' GROUP BY endpoint_id HAVING count(*) > 1")
    expect(twice).toEqual([])
    expect((await queryFile(db, "SELECT DISTINCT malformed_response FROM server_metadata WHERE malformed_response IS NOT NULL ORDER BY 1")).map((row) => row["malformed_response"]))
      .not.toContain("differs")
  }, 120_000)

  it("are never made with --fingerprint off", async () => {
    const off = at("off.duckdb")
    expect((await runCli(crawlArgs(off, "--fingerprint", "off", "--progress", "off"))).code).toBe(0)
    expect((await standing(off))[0]).toMatchObject({ servers: 0, visits: 0 })
    expect((await probe(off)).stdout).toContain("Nothing is due")
  }, 90_000)

  it("need to be asked for by name", async () => {
    const run = await runCli(["probe", "--network", "mainnet-sim"])
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("Say what to probe")])
  })
})
