import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { SharedEvent } from "../../src/crawl/shared/shared-event.ts"
import type { TruthLine } from "../../src/simnet/truth/truth.ts"
import { type CliResult, runCli, startCli } from "../support/cli.ts"
import { postgresInstalled, type RunningPostgres, startPostgres } from "../support/postgres.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { writeFixedScenario } from "../support/small-scenario.ts"

interface Step {
  readonly step: number
  readonly at: number
  readonly runner: string
  readonly event: SharedEvent
}

const leaseMs = 4_000
const runners = ["one", "two", "three"]
const [victim] = runners

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe.runIf(postgresInstalled())("three runners that share a frontier in a real Postgres, one of which is killed", { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "observatory-shared-"))
  let postgres: RunningPostgres
  let steps: ReadonlyArray<Step> = []
  let truth: ReadonlyArray<TruthLine> = []
  let log: ReadonlyArray<{ readonly server: string; readonly session: number | string; readonly method: string }> = []
  let results: ReadonlyArray<CliResult> = []
  let killedAt = 0

  const stepsNow = async (): Promise<ReadonlyArray<Step>> =>
    (await postgres.rows<{ readonly step: number; readonly at: number; readonly runner: string; readonly event: string }>("SELECT step, at_ms AS at, runner, event FROM observatory_step ORDER BY step"))
      .map((row) => ({ ...row, event: JSON.parse(row.event) as SharedEvent }))

  beforeAll(async () => {
    postgres = await startPostgres()
    const [truthFile, logFile] = [join(folder, "truth.jsonl"), join(folder, "log.jsonl")]
    const { simnet, stop } = await runSimnet({ scenario: writeFixedScenario(folder, 42), truthFile, logFile })
    try {
      const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
      const started = await Promise.all(runners.map((runner) => startCli([
        "crawl", "--network", "mainnet-sim", "--db", join(folder, `${runner}.duckdb`), "--proxy", proxy, "--tor", proxy, "--resolver", `127.0.0.1:${simnet.dnsPort}`,
        "--connect-timeout", "3s", "--rate", "6", "--concurrency", "4", "--vantage", "office", "--progress", "off", "--asn", "off", "--ptr=false",
        "--shared-frontier", postgres.url, "--runner", runner, "--lease", `${leaseMs / 1000}s`, ...simnet.seeds.flatMap((seed) => ["--seed", seed])
      ], { timeoutMs: 180_000 })))
      // In the middle of a visit of its own, when some are made.
      for (;;) {
        const so = await stepsNow().catch((): ReadonlyArray<Step> => [])
        const taken = so.filter(({ event, runner }) => runner === victim && event._tag === "entered").length
        const over = so.filter(({ event, runner }) => runner === victim && event._tag === "visited").length
        if (so.filter(({ event }) => event._tag === "visited").length >= 10 && over > 0 && taken > over) break
        await pause(50)
      }
      started[0]!.child.kill("SIGKILL")
      killedAt = Date.now()
      results = await Promise.all(started.map(({ result }) => result))
    } finally {
      await stop()
    }
    steps = await stepsNow()
    const lines = <A>(file: string) => readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as A)
    truth = lines(truthFile)
    log = lines(logFile)
  }, 400_000)

  afterAll(async () => {
    await postgres?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const of = <Tag extends SharedEvent["_tag"]>(tag: Tag) =>
    steps.flatMap((step) => step.event._tag === tag ? [{ ...step, event: step.event as Extract<SharedEvent, { readonly _tag: Tag }> }] : [])

  it("end, but for the killed one, and all three had a part in it", () => {
    expect(results.map(({ code, signal }) => signal ?? code), results.map(({ stderr }) => stderr).join("\n")).toEqual(["SIGKILL", 0, 0])
    for (const runner of runners) expect(of("visited").filter((step) => step.runner === runner).length, runner).toBeGreaterThan(0)
  })

  it("visit every endpoint exactly once, and none twice within its lease", () => {
    const visited = of("visited").map(({ event }) => event.key)
    expect(new Set(visited).size).toBe(visited.length)
    const hosts = new Set(visited.map((key) => key.split(":")[0]!))
    expect([...hosts].toSorted()).toEqual([...new Set(truth.map(({ host }) => host))].toSorted())
    const holders = new Map<string, string>()
    for (const { at, event } of steps) {
      if (event._tag === "taken") {
        expect(holders.has(event.key), event.key).toBe(false)
        holders.set(event.key, event.runner)
      } else if (event._tag === "lapsed") {
        const taken = of("taken").findLast((step) => step.event.key === event.key && step.at <= at)!
        expect(at).toBeGreaterThanOrEqual(taken.event.until)
        expect(event.runner).toBe(victim)
        holders.delete(event.key)
      } else if (event._tag === "visited" || event._tag === "refused" || event._tag === "returned") holders.delete(event.key)
    }
    expect(of("lapsed").length).toBeGreaterThan(0)
    // What the servers saw: no more sessions than visits, but for those of the killed runner.
    const sessions = Map.groupBy(log.filter(({ method }) => method === "server.version"), ({ server }) => server)
    const lapsed = new Set(of("lapsed").map(({ event }) => truth.find(({ host }) => event.key.startsWith(`${host}:`))!.server))
    expect(sessions.size).toBeGreaterThan(30)
    for (const [server, requests] of sessions) expect(new Set(requests.map(({ session }) => session)).size, server).toBeLessThanOrEqual(lapsed.has(server) ? 2 : 1)
  })

  it("share one pace and one account: never more connections a second than one crawl, and what the killed one may have cost is owed", () => {
    const began = of("entered").map(({ at }) => at)
    // Moments are given out in order, so the n-th connection is not before n paces have passed.
    expect(began.at(-1)! - began[0]!).toBeGreaterThan((began.length - 1) * 1000 / 6 - 3_000)
    expect(of("visited").filter(({ event }) => event.cost > 0).length).toBeGreaterThan(0)
  })

  it("take over what a killed runner had within its lease", () => {
    const lapsed = of("lapsed").map(({ at }) => at)
    const failOver = Math.max(...lapsed) - killedAt
    expect(failOver).toBeLessThan(leaseMs + 6_000)
  })

  it("leave a file each, which merged are one complete crawl: nothing is missing, nothing twice", async () => {
    const all = join(folder, "all.duckdb")
    for (const runner of runners) {
      const archived = await runCli(["archive", "--db", join(folder, `${runner}.duckdb`), "--archive", join(folder, runner), "--crawl", "1"])
      expect(archived.code, archived.stderr).toBe(0)
    }
    const merged = await runCli(["merge", ...runners.map((runner) => join(folder, runner)), "--db", all])
    expect(merged.code, merged.stderr).toBe(0)
    const query = async (sql: string) => JSON.parse((await runCli(["query", "--db", all, "--sql", sql, "--format", "json"])).stdout) as ReadonlyArray<Record<string, unknown>>
    const servers = await query("SELECT host, reachable FROM server_summary ORDER BY host")
    const alive = new Map(truth.map(({ alive, host }) => [host, alive]))
    expect(Object.fromEntries(servers.map(({ host, reachable }) => [String(host), reachable]))).toEqual(Object.fromEntries(alive))
    const unsettled = await query("SELECT endpoint_key, state FROM crawl_endpoint WHERE crawl_id = (SELECT max(crawl_id) FROM crawl) AND (state IN ('due', 'parked') OR (state = 'visited' AND visit_id IS NULL))")
    expect(unsettled).toEqual([])
  })
})

describe("a shared frontier that cannot be", { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "observatory-unshared-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("is said in a sentence without the password, and wrong usage is", async () => {
    const at = (...args: ReadonlyArray<string>) => runCli(["crawl", "--network", "mainnet-sim", "--seed", "s.example.org:50002:s", "--db", join(folder, "never.duckdb"), "--shared-frontier", ...args])
    const gone = await at("postgres://observatory:geheim@127.0.0.1:1/postgres")
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining("shared frontier")])
    expect(gone.stderr + gone.stdout).not.toContain("geheim")
    expect((await at("mysql://127.0.0.1")).code).toBe(2)
    expect((await at("postgres://127.0.0.1/x", "--limit", "3")).code).toBe(2)
  })
})
