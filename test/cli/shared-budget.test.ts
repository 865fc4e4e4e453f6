import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { errorLimit, leastVisit } from "../../src/crawl/cost-ledger.ts"
import type { RunningSimnet } from "../../src/simnet/simnet.ts"
import { runCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { runScenario } from "../support/through-front.ts"

/** From where on a group of clients is slowed by an ElectrumX, in its units. */
const softLimit = 1000

const nameCount = 14

/** One process under many names, all of one address, which nobody who asks through a proxy gets to know. */
const many = Array.from({ length: nameCount }, (_, n) => ({
  host: `name${n}.many.test`,
  addresses: ["240.1.7.1"],
  tcp: 50_001 + 100 * n,
  tls: 50_002 + 100 * n
}))

/** A server of its own, which the one with many names claims to be. */
const honest = { host: "honest.test", addresses: ["240.2.7.1"], tcp: 50_001, tls: 50_002 }

const scenario = {
  seeds: ["honest.test:50002:s"],
  servers: [
    { id: "many", operator: "many", software: "ElectrumX 1.16.0", names: many, lists: ["honest"], claims: [honest.host] },
    { id: "honest", operator: "honest", software: "ElectrumX 1.16.0", names: [honest], lists: ["many"] }
  ]
}

const folder = mkdtempSync(join(tmpdir(), "observatory-shared-budget-"))
const db = join(folder, "budget.duckdb")
const scope = Scope.makeUnsafe()
afterAll(async () => {
  await Effect.runPromise(Scope.close(scope, Exit.void))
  rmSync(folder, { recursive: true, force: true })
})

/** As fast as it can be: what servers forget meanwhile helps us. */
const crawl = async (net: RunningSimnet) => {
  const proxy = `socks5://127.0.0.1:${net.socksPort}`
  const seeds = [honest, ...many].flatMap(({ host, tcp, tls }) => ["--seed", `${host}:${tcp}:t`, "--seed", `${host}:${tls}:s`])
  const run = await runCli([
    "crawl", "--network", "mainnet-sim", "--db", db, "--proxy", proxy, "--tor", proxy, "--rate", "0",
    "--resolver", `127.0.0.1:${net.dnsPort}`, "--fingerprint", "off", ...seeds
  ], { timeoutMs: 120_000 })
  if (run.code !== 0) throw new Error(run.stderr)
}

/** Regular visits to hosts like this, by their start. Times in seconds since 1970. */
const visitsTo = async (db: string, hosts: string) => {
  const rows = await queryFile(db, `
    SELECT v.crawl_id, e.host, epoch(v.started_at)::DOUBLE AS start, (epoch(v.started_at) + v.ended_ms / 1000)::DOUBLE AS ended, v.cost::DOUBLE AS cost
    FROM visit v JOIN endpoint e USING (endpoint_id) WHERE v.kind = 'regular' AND e.host LIKE '${hosts}' ORDER BY v.started_at`)
  return rows.map((row) => ({
    crawl: Number(row["crawl_id"]),
    host: String(row["host"]),
    start: Number(row["start"]),
    ended: Number(row["ended"]),
    cost: Number(row["cost"])
  }))
}

/** What visits that were over by then are still remembered for, at 2 units forgotten a second. */
const rememberedAt = (visits: Awaited<ReturnType<typeof visitsTo>>, now: number): number => {
  let balance = 0
  let at = 0
  for (const { cost, ended } of visits.filter((visit) => visit.ended <= now).toSorted((x, y) => x.ended - y.ended)) {
    balance = Math.max(0, balance - 2 * (ended - at)) + cost
    at = ended
  }
  return Math.max(0, balance - 2 * (now - at))
}

describe("three crawls through a proxy in quick succession, and a server of fourteen names", () => {
  let net: RunningSimnet
  beforeAll(async () => {
    net = await Effect.runPromise(runScenario(scenario).pipe(Scope.provide(scope)))
    for (let i = 0; i < 3; i++) await crawl(net)
  }, 300_000)

  it("never bring it near its soft limit, by its own account", () => {
    const { closed, slowed, units } = net.strains().get("many")![0]!
    expect([slowed, closed], `${units} units`).toEqual([0, 0])
    expect(units).toBeLessThan(softLimit)
    // It did keep books.
    expect(units).toBeGreaterThan(20)
  })

  it("visit each of its names once when nothing is known of them", async () => {
    const first = (await visitsTo(db, "%.many.test")).filter(({ crawl }) => crawl === 1)
    expect(first.map(({ host }) => host).toSorted()).toEqual(many.map(({ host }) => host).toSorted())
  })

  it("make no visit afterwards that the budget of all names together has no room for", async () => {
    const visits = await visitsTo(db, "%.many.test")
    for (const { crawl, start } of visits) {
      if (crawl > 1) expect(rememberedAt(visits, start) + leastVisit).toBeLessThanOrEqual(errorLimit)
    }
    const left = await queryFile(db, "SELECT not_visited_detail AS detail FROM crawl_endpoint WHERE not_visited_reason = 'policy'")
    for (const { detail } of left) expect(detail).toMatch(/^ledger: /)
  })

  it("visit the server that it claims to be each time: nobody's claim puts that on its books", async () => {
    expect((await visitsTo(db, honest.host)).map(({ crawl }) => crawl)).toEqual([1, 2, 3])
  })
})
