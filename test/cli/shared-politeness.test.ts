import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { RunningSimnet } from "../../src/simnet/simnet.ts"
import { type CliResult, runCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { postgresInstalled, type RunningPostgres, startPostgres } from "../support/postgres.ts"
import { openBooks, type SocksBooks } from "../support/socks-books.ts"
import { runScenario } from "../support/through-front.ts"

const rate = 8
const perBlock = 4
const runners = ["one", "two", "three"]

/** A process of many names, of which nobody who asks through a proxy knows that they are one address. */
const many = Array.from({ length: 14 }, (_, n) => ({ host: `name${n}.many.test`, addresses: ["240.1.7.1"], tls: 50_002 + 100 * n }))
/** Twelve servers of one block, the last three of which are two names of one machine each. */
const crowd = Array.from({ length: 12 }, (_, n) => ({
  id: `crowd-${n}`,
  operator: `crowd-${n}`,
  software: n % 2 === 0 ? "ElectrumX 1.16.0" : "Fulcrum 1.12.0",
  names: [{ host: `c${n}.crowd.test`, addresses: [`240.5.5.${n + 1}`], tls: 50_002 }, ...(n < 9 ? [] : [{ host: `twin${n}.crowd.test`, addresses: [`240.5.5.${n + 1}`], tls: 50_102 }])]
}))
const addressOf = new Map(crowd.flatMap(({ names }) => names.map(({ addresses, host }) => [host, addresses[0]!])))
const all = ["many", "honest", ...crowd.map(({ id }) => id)]

const scenario = {
  seeds: ["honest.test:50002:s"],
  round_trip_ms: [20, 60],
  servers: [
    { id: "many", operator: "many", software: "ElectrumX 1.16.0", names: many, lists: all.filter((id) => id !== "many") },
    { id: "honest", operator: "honest", software: "ElectrumX 1.16.0", names: [{ host: "honest.test", addresses: ["240.2.7.1"], tls: 50_002 }], lists: all.filter((id) => id !== "honest") },
    ...crowd.map((server) => ({ ...server, lists: all.filter((id) => id !== server.id) }))
  ]
}

describe.runIf(postgresInstalled())("three runners of one crawl, in the books of those they visit", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "observatory-shared-politeness-"))
  const scope = Scope.makeUnsafe()
  let postgres: RunningPostgres
  let books: SocksBooks
  let net: RunningSimnet
  let results: ReadonlyArray<CliResult> = []

  beforeAll(async () => {
    postgres = await startPostgres()
    net = await Effect.runPromise(runScenario(scenario).pipe(Scope.provide(scope)))
    books = await openBooks(net.socksPort)
    const proxy = `socks5://127.0.0.1:${books.port}`
    results = await Promise.all(runners.map((runner) => runCli([
      "crawl", "--network", "mainnet-sim", "--db", join(folder, `${runner}.duckdb`), "--proxy", proxy, "--tor", proxy, "--resolver", `127.0.0.1:${net.dnsPort}`,
      "--rate", String(rate), "--concurrency", "8", "--progress", "off", "--asn", "off", "--ptr=false",
      "--shared-frontier", postgres.url, "--runner", runner, "--lease", "20s", "--seed", "honest.test:50002:s",
      ...many.flatMap(({ host, tls }) => ["--seed", `${host}:${tls}:s`])
    ], { timeoutMs: 150_000 })))
  }, 240_000)

  afterAll(async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await books?.stop()
    await postgres?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const overlapping = (those: SocksBooks["connections"]): number =>
    Math.max(...those.map(({ openedAt }) => those.filter((other) => other.openedAt <= openedAt && openedAt < (other.closedAt ?? Number.POSITIVE_INFINITY)).length))

  it("have a part in it, each", async () => {
    expect(results.map(({ code }) => code), results.map(({ stderr }) => stderr).join("\n")).toEqual([0, 0, 0])
    for (const runner of runners) {
      expect(Number((await queryFile(join(folder, `${runner}.duckdb`), "SELECT count(*) AS n FROM visit"))[0]!["n"]), runner).toBeGreaterThan(0)
    }
    expect(books.connections.length).toBeGreaterThan(25)
  })

  it("are never connected twice at a time to one address, nor more than allowed to one block", () => {
    const known = books.connections.filter(({ host }) => addressOf.has(host))
    expect(new Set(known.map(({ host }) => host)).size).toBe(addressOf.size)
    for (const [address, those] of Map.groupBy(known, ({ host }) => addressOf.get(host)!)) expect(overlapping(those), address).toBe(1)
    // They did make use of what is allowed.
    expect(overlapping(known)).toBeGreaterThan(1)
    expect(overlapping(known)).toBeLessThanOrEqual(perBlock)
  })

  it("open no more connections together than one crawl may", () => {
    const opened = books.connections.map(({ openedAt }) => openedAt).toSorted((a, b) => a - b)
    // A runner may be late for its moment on a busy machine, by some; never are there more of them.
    opened.forEach((at, i) => {
      expect(at - opened[0]!, String(i)).toBeGreaterThan(i * 1000 / rate - 1_500)
    })
  })

  it("owe a server of many names together no more than it bears, and visit each name once", async () => {
    const { closed, slowed, units } = net.strains().get("many")![0]!
    expect([slowed, closed], `${units} units`).toEqual([0, 0])
    expect(units).toBeLessThan(1_000)
    expect(units).toBeGreaterThan(20)
    const visits = (await Promise.all(runners.map((runner) => queryFile(join(folder, `${runner}.duckdb`), `
      SELECT e.host FROM visit v JOIN endpoint e USING (endpoint_id) WHERE e.host LIKE '%.many.test'`)))).flat()
    const hosts = visits.map(({ host }) => String(host))
    expect(new Set(hosts).size).toBe(hosts.length)
    expect(hosts.length).toBeGreaterThan(1)
  })
})
