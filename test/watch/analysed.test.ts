import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { runCli, says, startCli } from "../support/cli.ts"
import { changeFile, queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { writeFixedScenario } from "../support/small-scenario.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-watch-analysed-"))
const db = join(folder, "watched.duckdb")

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What analysis wrote that does not follow from looks, of which there are ever more. */
const found = async (): Promise<Record<string, ReadonlyArray<unknown>>> => {
  const tables = await Promise.all(["graph_place", "exposure", "behaviour_vector", "cluster_member"].map(async (table) =>
    [table, (await queryFile(db, `SELECT * FROM ${table}`)).map((row) => JSON.stringify(row)).toSorted()] as const))
  return Object.fromEntries(tables)
}

const runs = () => queryFile(db, "SELECT crawl_id FROM analysis_run")

it("a watch analyses its crawls while it goes on looking, and finds what analyze finds; one that was killed before makes up for it", async () => {
  const { simnet, stop } = await runSimnet({ scenario: writeFixedScenario(folder, 8), randomSeed: 1, timeScale: 200 })
  const watch = [
    "watch", "--network", "mainnet-sim", "--db", db, "--proxy", `socks5://127.0.0.1:${simnet.socksPort}`,
    ...simnet.seeds.flatMap((seed) => ["--seed", seed]),
    "--rate", "0", "--fingerprint", "off", "--peer-rounds", "1", "--asn", "off", "--no-ptr", "--time-scale", "200"
  ]
  try {
    const { child, result } = await startCli(watch, { timeoutMs: 200_000 })
    await says(child, "Crawl 1 analysed")
    // As long as it takes to look at each server once more.
    setTimeout(() => child.kill("SIGINT"), 6_000)
    const { code, stderr } = await result
    expect(code, stderr).toBe(130)
    expect(readdirSync(folder).filter((name) => name.includes("analysis"))).toEqual([])
    // More than once a server: it went on looking.
    expect(Number((await queryFile(db, "SELECT count(*)::INTEGER AS n FROM sighting"))[0]!["n"])).toBeGreaterThan(6)
    expect(await runs()).toEqual([{ crawl_id: 1 }])
    const byWatch = await found()
    expect(byWatch["graph_place"]!.length).toBeGreaterThan(0)

    expect(await runCli(["analyze", "--db", db, "--crawl", "1"])).toMatchObject({ code: 0 })
    expect(await found()).toEqual(byWatch)

    await changeFile(db, "DELETE FROM analysis_run")
    const again = await startCli(watch, { timeoutMs: 200_000 })
    await says(again.child, "Crawl 1 analysed")
    again.child.kill("SIGINT")
    await again.result
    expect(await runs()).toEqual([{ crawl_id: 1 }])
  } finally {
    await stop()
  }
}, 240_000)
