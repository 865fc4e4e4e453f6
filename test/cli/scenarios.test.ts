import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { isInRange } from "../../src/domain/implementation.ts"
import type { TruthLine } from "../../src/simnet/truth/truth.ts"
import { runCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { planOf } from "../support/simnet-plan.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-scenarios-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Crawl a scenario as a user would, and lay what was found beside the truth. */
const crawlOf = async (scenario: string) => {
  const [db, truthFile] = [join(folder, `${scenario}.duckdb`), join(folder, `${scenario}.jsonl`)]
  const { simnet, stop } = await runSimnet({ scenario, truthFile, randomSeed: 5 })
  try {
    const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
    const run = await runCli([
      "crawl", "--network", "mainnet-sim", "--db", db, "--proxy", proxy, "--tor", proxy, "--rate", "0",
      "--resolver", `127.0.0.1:${simnet.dnsPort}`, "--connect-timeout", "5s",
      ...simnet.seeds.flatMap((seed) => ["--seed", seed])
    ], { timeoutMs: 120_000 })
    expect(run.code, run.stderr).toBe(0)
  } finally {
    await stop()
  }
  const lines = readFileSync(truthFile, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as TruthLine)
  const endpoints = await queryFile(db, `
    SELECT c.host, bool_or(coalesce(v.outcome = 'answered', false)) AS answered, bool_or(coalesce(c.reason = 'other network', false)) AS other
    FROM crawl_endpoint c LEFT JOIN visit v USING (visit_id) GROUP BY c.host`)
  const identified = await queryFile(db, `
    SELECT e.host, e.port, e.transport, i.implementation, i.since_release AS since, i.before_release AS before
    FROM identification i JOIN visit v USING (visit_id) JOIN endpoint e USING (endpoint_id) WHERE v.software IS NOT NULL`)
  const [servers] = await queryFile(db, "SELECT count(DISTINCT server_id) AS n FROM server WHERE confirmed")
  return {
    truth: Map.groupBy(lines, (line) => line.host),
    found: new Map(endpoints.map((row) => [String(row["host"]), row["answered"] === true])),
    otherNetwork: new Set(endpoints.filter((row) => row["other"] === true).map((row) => String(row["host"]))),
    identified: identified.map((row) => ({
      behind: lines.filter((line) => line.host === row["host"] && line.port === row["port"] && line.transport === row["transport"]),
      implementation: row["implementation"] as string | null,
      range: { since: row["since"] as string | null, before: row["before"] as string | null }
    })),
    servers: Number(servers!["n"])
  }
}

describe.concurrent("a crawl", () => {
  it.each(["sloppy", "careful", "lookalikes", "hosted", "framing", "lying-majority", "selective", "dual", "churn"])(
    "of scenario %s finds exactly those alive that the truth says are, and what software they behave like",
    async (scenario) => {
      const { servers, scenario: file } = await planOf(scenario, 5)
      const hidden = new Set(
        file.servers!.flatMap((server) => server.names.filter((name) => name.announced === false).map((name) => name.host))
      )
      const own = new Set(
        servers.filter((server) => server.model.chain.name === "mainnet-sim").flatMap((server) => server.names.map((name) => name.host))
      )
      const { truth, found, identified, otherNetwork, servers: confirmed } = await crawlOf(scenario)
      // A balanced name has several servers, of which one was met.
      for (const { behind, implementation, range } of identified) {
        const right = behind.some((line) => line.implementation === implementation && isInRange(line.version, range))
        expect([right, behind[0]?.host, implementation, range]).toEqual([true, behind[0]?.host, implementation, range])
      }
      expect(identified.length).toBeGreaterThan(10)
      for (const [host, lines] of truth) {
        // Names that no list tells are found by chance, when a server claims them.
        if (hidden.has(host) && !found.has(host)) continue
        const alive = lines.some((line) => line.alive)
        if (own.has(host)) expect([host, found.get(host)]).toEqual([host, alive])
        else expect([host, otherNetwork.has(host)]).toEqual([host, alive])
      }
      expect([...found.keys()].filter((host) => !truth.has(host))).toEqual([])
      // A box with two chains is visited for ours; balanced names make one server of several.
      if (scenario === "dual") return
      const alive = servers.filter((server) => (server.failure ?? server.downAtFirst) === null)
      expect(confirmed).toBe(alive.length)
    },
    150_000
  )
})
