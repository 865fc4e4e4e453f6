import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { RunningSimnet } from "../../src/simnet/simnet.ts"
import { runCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { hello, request } from "../support/plain-client.ts"
import { runScenario, through } from "../support/through-front.ts"

/** From where on a group of clients is slowed by an ElectrumX, in its units. */
const softLimit = 1000

/** How many errors more than good requests a Fulcrum takes. */
const errorLimit = 10

const softwares = [
  "ElectrumX 1.10.0", "ElectrumX 1.16.0", "ElectrumX 1.18.0", "ElectrumX 1.20.0", "ElectrumX 2.0b1",
  "Fulcrum 1.4.1", "Fulcrum 1.12.0", "Fulcrum 2.1.1", "electrs/0.10.9", "electrs-esplora 0.4.1", "mempool-electrs 3.1.0"
]

/** Each of them with four ports under two names, of one address or of two. */
const servers = softwares.map((software, i) => ({
  id: `server-${i}`,
  operator: `operator-${i}`,
  software,
  // Knows that there are others, whatever its software lists.
  lists: softwares.flatMap((_, j) => (i === j ? [] : [`server-${j}`])),
  names: ["a", "b"].map((name, n) => ({
    host: `${name}${i}.budget.test`,
    addresses: [`240.${i}.${7 + (i % 2) * n}.1`],
    tcp: 50_001 + 100 * n,
    tls: 50_002 + 100 * n
  }))
}))

const folder = mkdtempSync(join(tmpdir(), "observatory-budget-"))
const db = join(folder, "budget.duckdb")
const scope = Scope.makeUnsafe()
let net: RunningSimnet
afterAll(async () => {
  await Effect.runPromise(Scope.close(scope, Exit.void))
  rmSync(folder, { recursive: true, force: true })
})

const crawls = 3

/** With no time between them what servers forget in ten minutes does not help us. */
beforeAll(async () => {
  net = await Effect.runPromise(runScenario({ seeds: ["a5.budget.test:50002:s"], servers }).pipe(Scope.provide(scope)))
  const proxy = `socks5://127.0.0.1:${net.socksPort}`
  for (let crawl = 0; crawl < crawls; crawl++) {
    const run = await runCli([
      "crawl", "--network", "mainnet-sim", "--db", db, "--proxy", proxy, "--tor", proxy, "--rate", "0",
      "--resolver", `127.0.0.1:${net.dnsPort}`, "--fingerprint", "now",
      // Electrs and servers that list nobody are found by nobody.
      ...servers.flatMap(({ names }) => names.flatMap(({ host, tcp, tls }) => ["--seed", `${host}:${tcp}:t`, "--seed", `${host}:${tls}:s`]))
    ], { timeoutMs: 120_000 })
    if (run.code !== 0) throw new Error(run.stderr)
  }
}, 300_000)

const strainOf = (id: string) => net.strains().get(id)![0]!

describe("three crawls within ten minutes, with one database", () => {
  it("visit every server through each of its ports, unless our own ledger says that it is too early", async () => {
    const rows = await queryFile(db, "SELECT crawl_id, state, not_visited_detail AS detail, count(*) AS n FROM crawl_endpoint GROUP BY ALL")
    const visited = rows.filter((row) => row["detail"] === null)
    expect(visited.reduce((sum, row) => sum + Number(row["n"]), 0)).toBeGreaterThanOrEqual(2 * 4 * servers.length)
    for (const row of rows) if (row["detail"] !== null) expect(row["detail"]).toMatch(/^ledger: /)
  })

  it("look deeper at each server once", async () => {
    const rows = await queryFile(db, "SELECT e.host, count(*) AS n FROM visit v JOIN endpoint e USING (endpoint_id) WHERE v.kind = 'deep' AND v.outcome = 'answered' GROUP BY e.host")
    for (const { names, software } of servers) {
      const deep = rows.filter((row) => names.some(({ host }) => host === row["host"])).reduce((sum, row) => sum + Number(row["n"]), 0)
      // Electrs names no host of its own: two names of one are two servers to us.
      const most = /ElectrumX|Fulcrum/.test(software) ? 1 : names.length
      expect(deep, software).toBeGreaterThanOrEqual(1)
      expect(deep, software).toBeLessThanOrEqual(most)
    }
  })

  it("bring no server near a limit of its own", async () => {
    for (const { id, software } of servers) {
      const { closed, errors, slowed, units } = strainOf(id)
      expect([software, slowed, closed], `${units} units, ${errors} errors`).toEqual([software, 0, 0])
      expect(units, software).toBeLessThan(softLimit)
      expect(errors, software).toBeLessThan(errorLimit)
      // It did keep books.
      if (software.startsWith("ElectrumX")) expect(units, software).toBeGreaterThan(20)
    }
  })

  it("see no throttling", async () => {
    const rows = await queryFile(db, "SELECT v.reason, o.outcome, o.error_code FROM observation o JOIN visit v USING (visit_id) WHERE o.outcome = 'throttled' OR v.reason IN ('throttled', 'reset')")
    expect(rows).toEqual([])
  })

  it("keep visits below 40 requests and 700 units", async () => {
    const [most] = await queryFile(db, "SELECT max(requests) AS requests, max(cost) AS cost FROM visit WHERE kind = 'regular'")
    expect(Number(most!["requests"])).toBeLessThanOrEqual(40)
    expect(Number(most!["cost"])).toBeLessThan(700)
  })

  it("book at least what servers book", async () => {
    const booked = await queryFile(db, `
      SELECT e.host, sum(v.cost) AS cost FROM visit v JOIN endpoint e USING (endpoint_id) GROUP BY e.host`)
    for (const { id, names, software } of servers) {
      const ours = booked.filter((row) => names.some(({ host }) => host === row["host"])).reduce((sum, row) => sum + Number(row["cost"]), 0)
      expect(ours, software).toBeGreaterThanOrEqual(strainOf(id).units)
    }
  })
})

describe("a client without manners", () => {
  /** Asks for nothing that there is, again and again, on one connection. */
  const pester = async (i: number, times: number) => {
    const client = await through(net, `a${i}.budget.test`, 50_001)
    client.send(hello + Array.from({ length: times }, (_, id) => request(id + 1, "no.such.method")).join(""))
    await client.until((c) => c.lines().length > 9 || c.closed() !== null)
    client.destroy()
  }

  it("is seen above the soft limit of an ElectrumX", async () => {
    await pester(3, 12)
    expect(strainOf("server-3").units).toBeGreaterThanOrEqual(softLimit)
    expect(strainOf("server-3").slowed).toBeGreaterThan(0)
  })

  it("is closed out by a Fulcrum", async () => {
    await pester(7, 14)
    expect(strainOf("server-7").errors).toBeGreaterThanOrEqual(errorLimit)
    expect(strainOf("server-7").closed).toBe(1)
  })
})
