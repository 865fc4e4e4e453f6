import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { RunningSimnet } from "../../src/simnet/simnet.ts"
import type { TruthLine } from "../../src/simnet/truth/truth.ts"
import { runCli, startCli } from "../support/cli.ts"
import { changeFile, queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { blocksOf } from "../../src/simnet/plan/world-blocks.ts"
import { planOf } from "../support/simnet-plan.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-enrich-"))
const at = (name: string): string => join(folder, name)

let simnet: RunningSimnet
let stop: () => Promise<void>

beforeAll(async () => {
  ;({ simnet, stop } = await runSimnet({ scenario: "hosted", truthFile: at("truth.jsonl"), geoFile: at("world.csv"), randomSeed: 5 }))
  writeFileSync(at("ranges.json"), JSON.stringify({ provider: "Nimbus Cloud", updated: "2026-10-01", ranges: ["240.24.0.0/16", "2001:db8:1400::/40"] }))
  writeFileSync(at("empty.csv"), "network,country\n")
  writeFileSync(at("opt-out.txt"), "241.0.0.0/8\n")
})

afterAll(async () => {
  await stop()
  rmSync(folder, { recursive: true, force: true })
})

const crawlArgs = (db: string, ...flags: ReadonlyArray<string>): ReadonlyArray<string> => {
  const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
  return [
    "crawl", "--network", "mainnet-sim", "--db", at(db), "--proxy", proxy, "--tor", proxy, "--rate", "0",
    // Deep visits look nothing up, and take their time.
    "--fingerprint", "off",
    "--connect-timeout", "5s", ...simnet.seeds.flatMap((seed) => ["--seed", seed]), ...flags
  ]
}

const crawl = (...args: Parameters<typeof crawlArgs>) => runCli(crawlArgs(...args), { timeoutMs: 120_000 })

const dns = (): ReadonlyArray<string> => ["--resolver", `127.0.0.1:${simnet.dnsPort}`]

const truthByHost = (): Map<string, ReadonlyArray<TruthLine>> =>
  Map.groupBy(readFileSync(at("truth.jsonl"), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as TruthLine), (line) => line.host)

describe.concurrent("a crawl of a simulated network", () => {
  it("knows of every host what the truth and the geo file say: system, holder, countries, city, reverse name", async () => {
    const run = await crawl("full.duckdb", ...dns(), "--geoip", at("world.csv"), "--cloud-ranges", at("ranges.json"))
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toMatch(/addresses {2}\d+ looked up, \d+ facts found/)
    const truth = truthByHost()
    const plan = await planOf("hosted", 5)
    const names = new Map(plan.servers.flatMap(({ names }) => names.map((name) => [name.host, name] as const)))
    // Of an address outside all hostings the geo file says the city.
    const ownCity = new Map(blocksOf(plan).map(({ city, network }) => [network.replace(/\/(?:32|128)$/, ""), city]))
    const rows = await queryFile(at("full.duckdb"), `
      SELECT host, country_located, country_registered, asn, org, city, cloud_provider, reverse_names, place_note
      FROM server_metadata WHERE reachable GROUP BY ALL`)
    let [cities, clouds] = [0, 0]
    for (const row of rows) {
      const host = String(row["host"])
      const lines = truth.get(host)!
      const name = names.get(host)!
      if (host.endsWith(".onion")) {
        expect(row).toMatchObject({ asn: null, country_located: null, country_registered: null, place_note: "onion services have no address" })
        continue
      }
      // One name may stand for several servers; the truth of each is the same where they are in one place.
      const [asns, countries] = [new Set(lines.map((line) => line.asn)), new Set(lines.map((line) => line.country))]
      const expectedAsn = asns.size === 1 ? [...asns][0] : null
      const expectedCountry = countries.size === 1 ? [...countries][0] : null
      expect([host, Number(row["asn"])]).toEqual([host, expectedAsn])
      expect([host, row["country_located"], row["country_registered"]]).toEqual([host, expectedCountry, expectedCountry])
      expect([host, row["city"], row["org"]]).toEqual([host, name.facts === null ? ownCity.get(name.addresses[0]!) ?? null : name.facts.city, name.facts?.org ?? null])
      const inRanges = ["240.24.0.0/16", "2001:db8:1400::/40"].includes(name.facts?.network ?? "")
      expect([host, row["cloud_provider"]]).toEqual([host, inRanges ? "Nimbus Cloud" : null])
      cities += row["city"] === null ? 0 : 1
      clouds += inRanges ? 1 : 0
    }
    expect(rows.length).toBeGreaterThan(50)
    expect(cities).toBeGreaterThan(10)
    expect(clouds).toBeGreaterThan(0)
    const sources = await queryFile(at("full.duckdb"), "SELECT DISTINCT source_kind, source FROM enrichment WHERE len(answers) > 0 ORDER BY ALL")
    expect(sources.map((row) => Object.values(row).join(" "))).toEqual([
      "cloud ranges ranges.json",
      "cymru origin.asn.cymru.com",
      "geo file world.csv",
      "reverse dns PTR"
    ])
    // The named queries count servers.
    const byAsn = await runCli(["query", "servers-by-asn", "--db", at("full.duckdb"), "--format", "json"])
    const counted = (JSON.parse(byAsn.stdout) as Array<{ asn: number | null; servers_answered: number }>)
    const alive = plan.servers.filter((server) => (server.failure ?? server.downAtFirst) === null)
    for (const { asn, servers_answered } of counted.filter((row) => row.asn !== null)) {
      const expected = alive.filter((server) => server.names.some((name) => name.asn === asn)).length
      expect([asn, servers_answered]).toEqual([asn, expected])
    }
  }, 120_000)

  it("asks nobody without --resolver, and every row says why; enrich asks later, and leaves out who opted out meanwhile", async () => {
    const db = "later.duckdb"
    const run = await crawl(db)
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toContain("of a simulated network only --resolver is asked")
    const before = await queryFile(at(db), "SELECT reason, detail, count(*) AS n FROM enrichment GROUP BY ALL")
    expect(before.map((row) => [row["reason"], row["detail"]])).toEqual([["policy", "of a simulated network only --resolver is asked"]])
    const hosts = await queryFile(at(db), "SELECT DISTINCT reason, detail, len(addresses) AS n FROM host_address")
    expect(hosts.map((row) => [row["reason"], Number(row["n"])])).toEqual([["policy", 0]])

    const later = await runCli(["enrich", "--network", "mainnet-sim", "--db", at(db), ...dns(), "--no-ptr", "--exclude", at("opt-out.txt")])
    expect(later.code, later.stderr).toBe(0)
    const after = await queryFile(at(db), `
      SELECT address LIKE '241.%' AS excluded, count(*) FILTER (fact = 'asn' AND reason IS NULL) AS known, count(*) AS n
      FROM enrichment GROUP BY ALL ORDER BY excluded`)
    const [others, excluded] = after
    expect(Number(others!["known"])).toBeGreaterThan(30)
    expect(Number(excluded?.["known"] ?? 0)).toBe(0)
    const resolved = await queryFile(at(db), "SELECT count(*) AS n FROM host_address WHERE list_bool_or(list_transform(addresses, lambda a: a LIKE '241.%'))")
    expect(Number(resolved[0]!["n"])).toBe(0)
    // Kept, so that whatever is asked or published later leaves them out without the flag.
    const kept = await queryFile(at(db), "SELECT crawl_id, source, pattern FROM opt_out_in_force")
    expect(kept).toEqual([{ crawl_id: 1, source: at("opt-out.txt"), pattern: "241.0.0.0/8" }])
    await changeFile(at(db), "DELETE FROM enrichment; DELETE FROM host_address")
    const again = await runCli(["enrich", "--network", "mainnet-sim", "--db", at(db), ...dns(), "--no-ptr"])
    expect(again.code, again.stderr).toBe(0)
    const [asked] = await queryFile(at(db), "SELECT count(*) AS n FROM enrichment WHERE address LIKE '241.%' AND reason IS NULL")
    expect(Number(asked!["n"])).toBe(0)
  }, 120_000)

  it("that is interrupted while it looks up is over, keeps the names it resolved, and says how to go on", async () => {
    const { child, result } = await startCli(crawlArgs("cut.duckdb", ...dns(), "--lookup-rate", "20"), { timeoutMs: 60_000 })
    await new Promise<void>((resolve) => {
      child.stderr!.on("data", (text: string) => {
        // At this rate the lookups take some six seconds.
        if (text.includes("Looking up")) resolve()
      })
      child.once("close", () => resolve())
    })
    child.kill("SIGINT")
    const { code, stderr } = await result
    expect([code, stderr]).toEqual([130, expect.stringContaining("enrich --crawl 1 --db")])
    const [kept] = await queryFile(at("cut.duckdb"), "SELECT count(*) AS n, (SELECT any_value(state) FROM crawl) AS state FROM host_address WHERE reason IS NULL")
    expect(kept!["state"]).toBe("finished")
    expect(Number(kept!["n"])).toBeGreaterThan(20)
  }, 90_000)

  it("refuses a wrong file before it begins, and enrich a database that is not there", async () => {
    const wrong = await crawl("never.duckdb", "--geoip", at("truth.jsonl"))
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toContain("is no CSV file that is known here")
    const rows = await queryFile(at("never.duckdb"), "SELECT count(*) AS n FROM crawl")
    expect(Number(rows[0]!["n"])).toBe(0)
    const missing = await runCli(["enrich", "--db", at("missing.duckdb")])
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("There is no database at")])
  })
})
