import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { TruthLine } from "../../src/simnet/truth/truth.ts"
import { runCli } from "../support/cli.ts"
import { runSimnet } from "../support/running-simnet.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-merge-"))
const all = join(folder, "all.duckdb")
let truth: ReadonlyArray<TruthLine>

/** Honest servers, four that hide a history from half of their clients, one that fails between the crawls, one that is gone, one on an onion only. */
const scenario = (): string => {
  const ids = ["liar-0", "liar-1", "liar-2", "liar-3", "failing", "gone", "hidden", ...Array.from({ length: 9 }, (_, i) => `plain-${i}`)]
  const file = join(folder, "two-places.json")
  writeFileSync(file, JSON.stringify({
    name: "two-places",
    title: "Seen from two places",
    chain: "mainnet-sim",
    round_trip_ms: [5, 20],
    jitter_ms: 2,
    seeds: ["s8.places.test:50002:s"],
    outages: [{ asn: 64730, at: "1h", for: "9h" }],
    network: { vantages: [{ name: "home", address: "198.51.100.7", country: "DE" }, { name: "office", address: "192.0.2.61", country: "US" }] },
    servers: ids.map((id, i) => ({
      id,
      operator: id,
      software: i % 2 === 0 ? "Fulcrum 1.12.0" : "ElectrumX 1.16.0",
      names: [id === "hidden" ? { host: onion, tcp: 50001 } : { host: `s${i}.places.test`, addresses: [`240.${i}.0.1`], tls: 50002 }],
      lists: ids.filter((other) => other !== id),
      ...(id.startsWith("liar") ? { lies: [{ lie: "hides history", script: "P2PKH-2", to: { clients: 0.5 } }] } : {}),
      ...(id === "failing" ? { country: "IS", asn: 64730 } : {}),
      ...(id === "gone" ? { fails: "refused" } : {})
    }))
  }))
  return file
}

const onion = `${"a".repeat(56)}.onion`

const rowsOf = async (sql: string, db = all) => {
  const run = await runCli(["query", "--db", db, "--sql", sql, "--format", "json"])
  expect(run.code, run.stderr).toBe(0)
  return JSON.parse(run.stdout) as ReadonlyArray<Record<string, unknown>>
}

const archives = [join(folder, "home"), join(folder, "office")]

beforeAll(async () => {
  const truthFile = join(folder, "truth.jsonl")
  const { simnet, stop } = await runSimnet({ scenario: scenario(), truthFile, timeScale: 0 })
  try {
    for (const [i, vantage] of ["home", "office"].entries()) {
      const proxy = `socks5://${i === 0 ? "" : "office:x@"}127.0.0.1:${simnet.socksPort}`
      const crawl = async () => {
        const run = await runCli([
          "crawl", "--network", "mainnet-sim", "--db", join(folder, `${vantage}.duckdb`), "--vantage", vantage, "--proxy", proxy, "--tor", i === 0 ? proxy : "off", "--rate", "0",
          "--resolver", `127.0.0.1:${simnet.dnsPort}`, "--connect-timeout", "3s", "--fingerprint", "off", "--archive", archives[i]!,
          ...simnet.seeds.flatMap((seed) => ["--seed", seed])
        ], { timeoutMs: 100_000 })
        expect(run.code, run.stderr).toBe(0)
      }
      await crawl()
      simnet.clock.advance(2 * 3_600_000)
    }
  } finally {
    await stop()
  }
  truth = readFileSync(truthFile, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as TruthLine)
  const merged = await runCli(["merge", ...archives, "--db", all])
  expect(merged.code, merged.stderr).toBe(0)
}, 400_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("observatory merge, of two vantages in one simulated world", { timeout: 180_000 }, () => {
  it("has each endpoint once with a visit from each place, and numbers of nobody's file", async () => {
    const endpoints = await rowsOf("SELECT endpoint_key, count(*) AS n FROM endpoint GROUP BY ALL HAVING n > 1")
    expect(endpoints).toEqual([])
    const visits = await rowsOf("SELECT e.host, count(DISTINCT c.vantage)::INTEGER AS places FROM visit v JOIN crawl c USING (crawl_id) JOIN endpoint e USING (endpoint_id) WHERE c.crawl_id IN (SELECT member_crawl_id FROM joint_member) GROUP BY ALL")
    expect(visits.map(({ host }) => host).toSorted()).toEqual([...new Set(truth.map(({ host }) => host))].toSorted())
    for (const { host, places } of visits) expect(places).toBe(host === onion ? 1 : 2)
    const numbers = await rowsOf("SELECT count(*)::INTEGER AS n, count(DISTINCT visit_id)::INTEGER AS different FROM visit")
    expect(numbers[0]!["n"]).toBe(numbers[0]!["different"])
    // What each observer stored is there, whole.
    for (const [i, vantage] of ["home", "office"].entries()) {
      const there = await rowsOf("SELECT (SELECT count(*) FROM observation)::INTEGER AS observations, (SELECT sum(len(advertisement_ids)) FROM reading)::INTEGER AS entries", join(folder, `${vantage}.duckdb`))
      expect(await rowsOf(`SELECT (SELECT count(*) FROM observation JOIN visit USING (visit_id) WHERE crawl_id = ${i + 1})::INTEGER AS observations,
        (SELECT sum(len(advertisement_ids)) FROM reading WHERE crawl_id = ${i + 1})::INTEGER AS entries`)).toEqual(there)
    }
  })

  it("makes one crawl of both, which counts what the truth has", async () => {
    const servers = await rowsOf("SELECT host, reachable, simulated FROM server_summary ORDER BY host")
    const alive = new Map(truth.map((line) => [line.host, line.alive]))
    expect(servers.map(({ host }) => host)).toEqual([...alive.keys()].toSorted())
    for (const { host, reachable, simulated } of servers) expect([reachable, simulated]).toEqual([alive.get(String(host)), true])
    const edges = await rowsOf("SELECT count(*)::INTEGER AS n FROM (SELECT DISTINCT from_server_id, to_server_id FROM peer_edge WHERE crawl_id = (SELECT max(crawl_id) FROM crawl) AND from_server_id <> to_server_id)")
    expect(Number(edges[0]!["n"])).toBeGreaterThan(servers.length)
    const analysed = await runCli(["analyze", "--network", "mainnet-sim", "--db", all])
    expect(analysed.code, analysed.stderr).toBe(0)
  })

  it("finds who lies to one vantage only and who answers one only, and takes nothing else for a difference", async () => {
    const run = await runCli(["query", "differences-between-vantages", "--db", all, "--format", "json"])
    const rows = JSON.parse(run.stdout) as ReadonlyArray<{ readonly endpoint: string; readonly difference: string; readonly innocent_causes: ReadonlyArray<string>; readonly values_seen: ReadonlyArray<{ readonly vantage: string; readonly value: string }> }>
    const serverOf = (endpoint: string): string => truth.find(({ host }) => endpoint.startsWith(`${host}:`))!.server
    const history = rows.filter(({ difference }) => difference === "answer about history of P2PKH")
    // Whom a liar lies to is drawn; each observer's own file says what it was told.
    const told = await Promise.all(["home", "office"].map((vantage) =>
      rowsOf("SELECT e.host, b.response FROM behaviour b JOIN visit USING (visit_id) JOIN endpoint e USING (endpoint_id) WHERE b.subject = 'history' AND b.script_form = 'P2PKH'", join(folder, `${vantage}.duckdb`))))
    const lied = (i: number) => new Set(told[i]!.filter(({ response }) => response !== "ok").map(({ host }) => String(host)))
    const [home, office] = [lied(0), lied(1)]
    const one = [...new Set([...home, ...office])].filter((host) => home.has(host) !== office.has(host))
    expect(one.length).toBeGreaterThan(0)
    expect(history.map(({ endpoint }) => endpoint.split(":")[0]).toSorted()).toEqual(one.toSorted())
    const reachable = rows.filter(({ difference }) => difference === "reachable")
    expect(reachable.map(({ endpoint }) => serverOf(endpoint))).toEqual(["failing"])
    expect(reachable[0]!.values_seen.map(({ vantage }) => vantage)).toEqual(["home", "office"])
    // The raw rows of both sides stand behind each: what one was told and the other was not.
    const raw = await rowsOf(`SELECT d.endpoint_key, d.subject, u.seen.vantage, c.vantage AS from_where, v.outcome, count(o.visit_id)::INTEGER AS observations
      FROM vantage_difference d, unnest(d.values_seen) u(seen) JOIN visit v ON v.visit_id = u.seen.visit_id JOIN crawl c ON c.crawl_id = v.crawl_id
      LEFT JOIN observation o ON o.visit_id = v.visit_id GROUP BY ALL`)
    expect(raw.length).toBe(2 * rows.length)
    for (const { from_where, observations, outcome, vantage } of raw) expect([from_where, Number(observations) > 0]).toEqual([vantage, outcome === "answered"])
    for (const row of rows) {
      expect(row.innocent_causes.length).toBeGreaterThan(0)
      expect(serverOf(row.endpoint)).toMatch(/^(?:liar|failing)/)
    }
  })

  it("reads a partition once, and is the same again; analyze --from does both", async () => {
    const before = await rowsOf("SELECT (SELECT count(*) FROM visit)::INTEGER AS visits, (SELECT count(*) FROM crawl)::INTEGER AS crawls, (SELECT count(*) FROM server_endpoint)::INTEGER AS joined")
    const again = await runCli(["analyze", "--network", "mainnet-sim", "--db", all, ...archives.flatMap((archive) => ["--from", archive])])
    expect(again.code, again.stderr).toBe(0)
    expect(again.stderr).toContain("as before")
    expect(await rowsOf("SELECT (SELECT count(*) FROM visit)::INTEGER AS visits, (SELECT count(*) FROM crawl)::INTEGER AS crawls, (SELECT count(*) FROM server_endpoint)::INTEGER AS joined")).toEqual(before)
  })

  it("says so where there is no archive", async () => {
    expect((await runCli(["merge", join(folder, "nowhere"), "--db", all])).stderr).toContain("There is no archive")
  })
})
