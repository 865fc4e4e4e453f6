import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type CliResult, runCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { serveDatabase } from "../support/viewer-page.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-demo-"))
const db = join(folder, "demo.duckdb")
const seedEndpoint = "electrum3.bluewallet.io:50002:s"

interface Truth {
  readonly host: string
  readonly port: number
  readonly transport: "tcp" | "tls"
  readonly alive: boolean
}

interface RecordedData {
  readonly rows: ReadonlyArray<readonly [address: string, host: string | null, variants: ReadonlyArray<string>, ...rest: ReadonlyArray<unknown>]>
}

let demo: CliResult
let truth: ReadonlyArray<Truth>

/** Endpoint keys that the recorded data announces, written down without the product's grammar. */
const announcedKeys = (): Set<string> => {
  const data = JSON.parse(
    readFileSync(new URL("../../src/simnet/scenarios/data/mainnet-2025-12.json", import.meta.url), "utf8")
  ) as RecordedData
  const keys = new Set<string>()
  for (const [address, host, variants] of data.rows) {
    for (const token of variants.flatMap((variant) => variant.split(" "))) {
      if (!/^[st][0-9]+$/.test(token)) continue
      const name = (host ?? address).toLowerCase()
      keys.add(`${name.includes(":") ? `[${name}]` : name}:${token.slice(1)}:${token[0]}`)
    }
  }
  return keys
}

beforeAll(async () => {
  const truthFile = join(folder, "truth.jsonl")
  await (await runSimnet({ scenario: "mainnet-2025-12", truthFile })).stop()
  truth = readFileSync(truthFile, "utf8").trim().split("\n").map((line) => JSON.parse(line) as Truth)
  // Alone it is done in 90 seconds, of which most is waiting; here others wait and calculate beside it.
  demo = await runCli(["demo", "--db", db], { timeoutMs: 240_000 })
}, 280_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("the demo", () => {
  it("ends, marks everything as simulated and says what to do next", () => {
    expect(demo.code, demo.stderr).toBe(0)
    expect(demo.stdout).toMatch(/^SIMULATED: mainnet-sim is an invented network\./)
    expect(demo.stdout).toMatch(/^Crawl 1 of mainnet-sim complete/m)
    expect(demo.stdout).toMatch(/^Analysis of crawl 1 of mainnet-sim, counted in servers\./m)
    expect(demo.stdout).toMatch(/Next: {2}observatory serve/)
    expect(demo.stdout + demo.stderr).not.toContain("\u001b")
  })

  it("stores exactly the 289 host names and 473 endpoints of the data plus the seed, real ports right", async () => {
    const rows = await queryFile(db, "SELECT endpoint_key, host FROM crawl_endpoint ORDER BY endpoint_key")
    const keys = announcedKeys()
    expect(keys.size).toBe(473)
    expect(rows.map((r) => r["endpoint_key"])).toEqual([...keys, seedEndpoint].toSorted())
    expect(new Set(rows.map((r) => r["host"])).size).toBe(290)
    expect(rows.filter((r) => String(r["endpoint_key"]).endsWith(":s"))).toHaveLength(272)
  })

  it("keeps the four bogus rows with their problem and follows their names nonetheless", async () => {
    const rows = await queryFile(db, "SELECT host, address, problem FROM advertisement WHERE problem IS NOT NULL ORDER BY host")
    expect(rows).toEqual([
      { host: "electrumx.ddns.net", address: "0.0.0.0", problem: "address not public" },
      { host: "exs.dyshek.org", address: "127.0.0.1", problem: "address not public" },
      { host: "fulcrum1.getsrt.net", address: "127.0.1.1", problem: "address not public" },
      { host: "fulcrum2.getsrt.net", address: "127.0.1.1", problem: "address not public" }
    ])
  })

  it("visits every reachable server once, at one endpoint, and nobody who is not there answers", async () => {
    const visits = await queryFile(db, "SELECT host, endpoint_key, reachable FROM crawl_endpoint WHERE visit_id IS NOT NULL")
    const alive = new Map<string, Truth>()
    for (const t of truth.filter((t) => t.alive)) alive.set(t.host.toLowerCase(), t)
    const answered = visits.filter((v) => v["reachable"] === true)
    expect(answered.map((v) => v["host"]).toSorted()).toEqual([...alive.keys()].toSorted())
    expect(new Set(visits.map((v) => v["endpoint_key"])).size).toBe(visits.length)
    const twice = await queryFile(db, "SELECT endpoint_id FROM visit WHERE kind = 'regular' GROUP BY endpoint_id HAVING count(*) > 1")
    expect(twice).toEqual([])
    const offersTls = new Set(truth.filter((t) => t.transport === "tls").map((t) => t.host.toLowerCase()))
    for (const { endpoint_key, host } of answered) {
      expect(String(endpoint_key).endsWith(offersTls.has(String(host)) ? ":s" : ":t")).toBe(true)
    }
    const rest = await queryFile(db, "SELECT DISTINCT not_visited_reason, reachable FROM crawl_endpoint WHERE visit_id IS NULL")
    expect(rest).toEqual([{ not_visited_reason: "tls answered", reachable: null }])
  })

  it("stores what was said: announcements with times seen of times asked, headers that decide the chain, certificates", async () => {
    const [edges] = await queryFile(db, `
      SELECT count(*) AS edges, min(times_seen) AS low, max(times_seen::DOUBLE / times_asked) AS high FROM peer_edge`)
    expect(Number(edges!["edges"])).toBeGreaterThan(30_000)
    expect(edges).toMatchObject({ low: 1, high: 1 })
    expect(await queryFile(db, "SELECT DISTINCT chain_verdict FROM visit WHERE outcome = 'answered' AND kind = 'regular'")).toEqual([{ chain_verdict: "same" }])
    const [tls] = await queryFile(db, `
      SELECT count(*) FILTER (certificate_sha256 IS NULL) AS missing, count(*) > 100 AS many FROM tls_session`)
    expect(tls).toEqual({ missing: "0", many: true })
    expect(await queryFile(db, "SELECT simulated, state, network FROM crawl WHERE kind = 'crawl'")).toEqual([
      { simulated: true, state: "finished", network: "mainnet-sim" }
    ])
  })

  it("answers every named query to who asks its API, and one on the command line in every format", async () => {
    const names = JSON.parse((await runCli(["query", "--format", "json"])).stdout) as ReadonlyArray<{ readonly name: string }>
    expect(names.length).toBeGreaterThanOrEqual(11)
    const { stop, url } = await serveDatabase(db)
    try {
      for (const { name } of names) {
        const answer = await fetch(`${url}/api/v1/queries/${name}`)
        const { rows } = await answer.json() as { readonly rows: ReadonlyArray<unknown> }
        expect([name, answer.status, Array.isArray(rows)]).toEqual([name, 200, true])
      }
    } finally {
      await stop()
    }
    for (const format of ["table", "json", "csv", "jsonl", "md"]) {
      const run = await runCli(["query", "software", "--db", db, "--format", format])
      expect(run.code).toBe(0)
      if (format === "json") expect(run.stderr.replace(/^SIMULATED.*\n/, "")).toBe("")
      expect(run.stdout).toContain("ElectrumX 1.18.0")
    }
  }, 90_000)

  it("is open to SQL with parameters, a file, and nothing but reading", async () => {
    const ask = (...args: ReadonlyArray<string>) => runCli(["query", "--db", db, "--format", "json", ...args])
    const one = await ask("--sql", "SELECT count(*) AS n FROM server_metadata WHERE ssl = $ssl", "--param", "ssl=true")
    expect(JSON.parse(one.stdout)).toEqual([{ n: 272 }])
    for (const sql of ["DROP TABLE visit", "COPY visit TO '/tmp/x.csv'", "SELECT * FROM read_text('/etc/passwd')", "SELECT 1; SELECT 2"]) {
      const run = await ask("--sql", sql)
      expect([sql, run.code, run.stdout]).toEqual([sql, 1, ""])
      expect(run.stderr).toMatch(/^observatory: [A-Z]/)
    }
    const wrong = await ask("sofware")
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("did you mean software?")])
    expect((await runCli(["query", "software", "--db", join(folder, "none.duckdb")])).stderr).toMatch(/There is no database at/)
    expect(existsSync(join(folder, "none.duckdb"))).toBe(false)
  })

  it("leaves a database that can be analysed again with the same result", async () => {
    const communities = () => queryFile(db, "SELECT * FROM community ORDER BY ALL")
    const before = await communities()
    expect(before.length).toBeGreaterThan(100)
    const again = await runCli(["analyze", "--db", db, "--network", "mainnet-sim"])
    expect(again.code, again.stderr).toBe(0)
    expect(await communities()).toEqual(before)
  })
})
