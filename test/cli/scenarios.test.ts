import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { keptAnalysis } from "../support/analysed-scenario.ts"
import { type CrawledScenario, keptCrawl, readTruth } from "../support/crawled-scenario.ts"
import { queryFile } from "../support/duck.ts"
import { identifiedCases, isRangeRight } from "../support/identification-cases.ts"
import { planOf } from "../support/simnet-plan.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-scenarios-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Those that other files have a copy of, and by which seed: of the crawl, or of a crawl with snapshots and an analysis after it. */
const shared: Readonly<Record<string, { readonly seed: number; readonly isAnalysed?: true }>> = {
  careful: { seed: 31, isAnalysed: true },
  dual: { seed: 7 },
  framing: { seed: 31, isAnalysed: true },
  hosted: { seed: 7 },
  "lying-majority": { seed: 11 },
  sloppy: { seed: 31, isAnalysed: true }
}

const crawlBy = async (scenario: string, seed: number): Promise<CrawledScenario> => {
  if (shared[scenario]?.isAnalysed !== true) return keptCrawl(scenario, seed, folder)
  const { db, truthFile } = await keptAnalysis(scenario, seed, folder)
  return { db, truth: readTruth(truthFile) }
}

/** A crawl of a scenario, what was found laid beside the truth. */
const crawlOf = async (scenario: string, seed: number) => {
  const crawled = await crawlBy(scenario, seed)
  const { db, truth } = crawled
  const endpoints = await queryFile(db, `
    SELECT c.host, bool_or(coalesce(v.outcome = 'answered', false)) AS answered, bool_or(coalesce(c.reason = 'other network', false)) AS other
    FROM crawl_endpoint c LEFT JOIN visit v USING (visit_id) GROUP BY c.host`)
  const [servers] = await queryFile(db, "SELECT count(DISTINCT server_id) AS n FROM server WHERE confirmed")
  return {
    truth: Map.groupBy(truth, (line) => line.host),
    found: new Map(endpoints.map((row) => [String(row["host"]), row["answered"] === true])),
    otherNetwork: new Set(endpoints.filter((row) => row["other"] === true).map((row) => String(row["host"]))),
    identified: await identifiedCases(crawled),
    servers: Number(servers!["n"])
  }
}

describe.concurrent("a crawl", () => {
  it.each(["sloppy", "careful", "lookalikes", "hosted", "framing", "lying-majority", "selective", "dual", "churn"])(
    "of scenario %s finds exactly those alive that the truth says are, and what software they behave like",
    async (scenario) => {
      const seed = shared[scenario]?.seed ?? 5
      const { servers, scenario: file } = await planOf(scenario, seed)
      const hidden = new Set(
        file.servers!.flatMap((server) => server.names.filter((name) => name.announced === false).map((name) => name.host))
      )
      const own = new Set(
        servers.filter((server) => server.model.chain.name === "mainnet-sim").flatMap((server) => server.names.map((name) => name.host))
      )
      const { truth, found, identified, otherNetwork, servers: confirmed } = await crawlOf(scenario, seed)
      for (const it of identified) {
        // A deep visit has several connections; a balanced name may lead them to different software, which is then none.
        const isMixed = it.kind === "deep" && new Set(it.behind.map((line) => line.implementation)).size > 1
        expect([isRangeRight(it) || (isMixed && it.implementation === null), it.host, it.implementation, it.range]).toEqual([true, it.host, it.implementation, it.range])
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
    400_000
  )
})
