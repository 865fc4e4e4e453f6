import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { SharedEvent } from "../../src/crawl/shared/shared-event.ts"
import type { TruthLine } from "../../src/simnet/truth/truth.ts"
import { type CliResult, runCli, type RunningCli, startCli } from "../support/cli.ts"
import { postgresInstalled, type RunningPostgres, startPostgres } from "../support/postgres.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { writeFixedScenario } from "../support/small-scenario.ts"
import { openWay, type TcpWay } from "../support/tcp-way.ts"

interface Step {
  readonly step: number
  readonly at: number
  readonly runner: string
  readonly event: SharedEvent
}

const leaseMs = 3_000
const runners = ["one", "two", "three"] as const
type Runner = typeof runners[number]
type Loss = "frozen" | "cut off" | "killed" | "killed last"

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe.runIf(postgresInstalled())("three runners that share a frontier in a real Postgres, to which everything happens", { timeout: 600_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "observatory-shared-"))
  let postgres: RunningPostgres
  let way: TcpWay
  let steps: ReadonlyArray<Step> = []
  let truth: ReadonlyArray<TruthLine> = []
  let log: ReadonlyArray<{ readonly server: string; readonly session: number | string; readonly method: string }> = []
  /** How each start of a runner ended, in the order of starts. */
  let results: ReadonlyArray<readonly [Runner, CliResult]> = []
  /** What happened to whom: from when on it could not renew its leases. */
  const lost: Array<{ readonly what: Loss; readonly runner: Runner; readonly holder: string; readonly keys: ReadonlyArray<string>; readonly at: number }> = []

  const stepsNow = async (): Promise<ReadonlyArray<Step>> =>
    (await postgres.rows<{ readonly step: number; readonly at: number; readonly runner: string; readonly event: string }>("SELECT step, at_ms AS at, runner, event FROM observatory_step ORDER BY step"))
      .map((row) => ({ ...row, event: JSON.parse(row.event) as SharedEvent }))
  const until = async (reached: (steps: ReadonlyArray<Step>) => boolean): Promise<void> => {
    while (!reached(await stepsNow().catch((): ReadonlyArray<Step> => []))) await pause(40)
  }
  /** Endpoints that a runner has taken or, by its name, is visiting, as the log has it. */
  const heldBy = (so: ReadonlyArray<Step>, who: string): ReadonlyArray<string> => {
    const open = new Map<string, ReadonlyArray<string>>()
    for (const { event, runner } of so) {
      if (event._tag === "taken") open.set(event.key, [event.runner])
      else if (event._tag === "entered") open.set(event.key, [...open.get(event.key)!, runner])
      else if ("key" in event) open.delete(event.key)
    }
    return [...open].flatMap(([key, whose]) => whose.includes(who) ? [key] : [])
  }
  /** In the middle of a visit of its own, when some are made since. */
  const busy = async (runner: Runner): Promise<void> => {
    const { length } = await stepsNow()
    await until((so) => so.length > length + 6 && heldBy(so, runner).length > 0)
  }
  const lapsesOf = (so: ReadonlyArray<Step>, holder: string) => so.filter(({ event }) => event._tag === "lapsed" && event.runner === holder).length

  beforeAll(async () => {
    postgres = await startPostgres()
    way = await openWay(postgres.port)
    const [truthFile, logFile] = [join(folder, "truth.jsonl"), join(folder, "log.jsonl")]
    const { simnet, stop } = await runSimnet({ scenario: writeFixedScenario(folder, 120), truthFile, logFile })
    const started: Array<readonly [Runner, RunningCli]> = []
    try {
      const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
      const start = async (runner: Runner): Promise<RunningCli> => {
        const running = await startCli([
          "crawl", "--network", "mainnet-sim", "--db", join(folder, `${runner}.duckdb`), "--proxy", proxy, "--tor", proxy, "--resolver", `127.0.0.1:${simnet.dnsPort}`,
          "--connect-timeout", "10s", "--rate", "6", "--concurrency", "4", "--vantage", "office", "--progress", "off", "--asn", "off", "--ptr=false",
          "--shared-frontier", runner === "two" ? postgres.url.replace(`:${postgres.port}/`, `:${way.port}/`) : postgres.url, "--shared-wait", "30s",
          "--runner", runner, "--lease", `${leaseMs / 1000}s`, ...simnet.seeds.flatMap((seed) => ["--seed", seed])
        ], { timeoutMs: 600_000 })
        started.push([runner, running])
        return running
      }
      const lose = async (what: Loss, runner: Runner, how: () => void): Promise<string> => {
        await busy(runner)
        how()
        const at = Date.now()
        const so = await stepsNow()
        const holder = so.flatMap(({ event, runner: whose }) => event._tag === "taken" && whose === runner ? [event.runner] : []).at(-1)!
        lost.push({ what, runner, holder, keys: heldBy(so, holder), at })
        return holder
      }
      const [one, two, three] = await Promise.all(runners.map(start))
      await until((so) => so.filter(({ event }) => event._tag === "visited").length >= 5)

      const frozen = await lose("frozen", "one", () => one!.child.kill("SIGSTOP"))
      await until((so) => lapsesOf(so, frozen) > 0)
      await pause(1_000)
      one!.child.kill("SIGCONT")

      const cut = await lose("cut off", "two", () => way.set("stalled"))
      await until((so) => lapsesOf(so, cut) > 0)
      way.set("open")

      await busy("three")
      await postgres.halt()
      await pause(1_500)
      await postgres.start()

      const killed = [await lose("killed", "two", () => two!.child.kill("SIGKILL")), await lose("killed", "three", () => three!.child.kill("SIGKILL"))]
      await until((so) => killed.every((holder) => lapsesOf(so, holder) > 0))
      await lose("killed last", "one", () => one!.child.kill("SIGKILL"))
      // All are gone. The same commands go on.
      await Promise.all(runners.map(start))
      results = await Promise.all(started.map(async ([runner, { result }]) => [runner, await result] as const))
    } finally {
      for (const [, { child }] of started) child.kill("SIGKILL")
      await stop()
    }
    steps = await stepsNow()
    const lines = <A>(file: string) => readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as A)
    truth = lines(truthFile)
    log = lines(logFile)
  }, 900_000)

  afterAll(async () => {
    await way?.stop()
    await postgres?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const of = <Tag extends SharedEvent["_tag"]>(tag: Tag) =>
    steps.flatMap((step) => step.event._tag === tag ? [{ ...step, event: step.event as Extract<SharedEvent, { readonly _tag: Tag }> }] : [])

  const query = async (file: string, sql: string) => JSON.parse((await runCli(["query", "--db", join(folder, file), "--sql", sql, "--format", "json"])).stdout) as ReadonlyArray<Record<string, unknown>>

  it("end when they were not killed, and all three had a part in it", () => {
    expect(results.map(([runner, { code, signal }]) => [runner, signal ?? code]), results.map(([runner, { stderr }]) => `${runner}: ${stderr}`).join("\n")).toEqual([
      ["one", "SIGKILL"], ["two", "SIGKILL"], ["three", "SIGKILL"], ["one", 0], ["two", 0], ["three", 0]
    ])
    for (const runner of runners) expect(of("visited").filter((step) => step.runner === runner).length, runner).toBeGreaterThan(0)
  })

  it("visit every endpoint exactly once, and none twice within its lease", () => {
    const visited = of("visited").map(({ event }) => event.key)
    expect(new Set(visited).size).toBe(visited.length)
    expect(of("refused").map(({ event }) => event)).toEqual([])
    const hosts = new Set(visited.map((key) => key.split(":")[0]!))
    expect([...hosts].toSorted()).toEqual([...new Set(truth.map(({ host }) => host))].toSorted())
    const holders = new Map<string, string>()
    const victims = new Set(lost.map(({ holder }) => holder))
    for (const { at, event } of steps) {
      if (event._tag === "taken") {
        expect(holders.has(event.key), event.key).toBe(false)
        holders.set(event.key, event.runner)
      } else if (event._tag === "lapsed") {
        const taken = of("taken").findLast((step) => step.event.key === event.key && step.at <= at)!
        expect(at).toBeGreaterThanOrEqual(taken.event.until)
        expect([event.runner, victims.has(event.runner)]).toEqual([holders.get(event.key), true])
        holders.delete(event.key)
      } else if (event._tag === "visited" || event._tag === "refused" || event._tag === "returned") holders.delete(event.key)
    }
    expect(of("lapsed").length).toBeGreaterThan(0)
    // What the servers saw: no more sessions than visits, but for those that somebody did not end.
    const ways = Map.groupBy(log.filter(({ method }) => method === "server.version"), ({ server }) => server)
    const again = [...of("lapsed"), ...of("returned")].map(({ event }) => truth.find(({ host }) => event.key.startsWith(`${host}:`))!.server)
    expect(ways.size).toBeGreaterThan(80)
    for (const [server, requests] of ways) {
      expect(new Set(requests.map(({ session }) => session)).size, server).toBeLessThanOrEqual(1 + again.filter((other) => other === server).length)
    }
  })

  it("share one pace and one account: never more connections a second than one crawl, and what lost ones may have cost is owed", () => {
    const began = of("entered").map(({ at }) => at)
    // Moments are given out in order, so the n-th connection is not before n paces have passed; no moment is given before the first endpoint is taken.
    expect(began.at(-1)! - of("taken")[0]!.at).toBeGreaterThan((began.length - 1) * 1000 / 6 - 3_000)
    expect(of("visited").filter(({ event }) => event.cost > 0).length).toBeGreaterThan(0)
  })

  it("take over what a runner had that was frozen, cut off or killed, within its lease", () => {
    const took = lost.map(({ at, holder, keys, what }) => {
      const until = Math.max(...keys.flatMap((key) => of("lapsed").find((step) => step.event.runner === holder && step.event.key === key && step.at > at)?.at ?? []))
      // How long nobody took a step meanwhile: so long a busy machine keeps those who could take over.
      const moments = [at, ...steps.map((step) => step.at).filter((moment) => moment > at && moment <= until)]
      return [what, until - at, Math.max(0, ...moments.slice(1).map((moment, i) => moment - moments[i]!))] as const
    })
    console.info(`Taken over after a lease of ${leaseMs} ms: ${took.map(([what, ms]) => `${what} ${Math.round(ms)} ms`).join(", ")}`)
    expect(took.map(([what]) => what)).toEqual(["frozen", "cut off", "killed", "killed", "killed last"])
    for (const [what, ms, still] of took) {
      expect(ms, what).toBeGreaterThan(0)
      // Of the last one by those who were started after it.
      expect(ms, what).toBeLessThan(leaseMs + (what === "killed last" ? 30_000 : 6_000) + 2 * still)
    }
  })

  it("write nothing about what was no longer theirs when they came back", async () => {
    for (const { holder, runner, what } of lost.filter(({ what }) => what === "frozen" || what === "cut off")) {
      const stored = await query(`${runner}.duckdb`, "SELECT endpoint_key, epoch_ms(started_at) + ended_ms AS ended FROM visit JOIN endpoint USING (endpoint_id) WHERE crawl_id = 1")
      expect(stored.length).toBeGreaterThan(0)
      for (const lapsed of of("lapsed").filter(({ event }) => event.runner === holder)) {
        const later = of("taken").some(({ event, step }) => step > lapsed.step && event.key === lapsed.event.key && event.runner === holder)
        const written = stored.filter(({ endpoint_key, ended }) => endpoint_key === lapsed.event.key && Number(ended) > lapsed.at)
        if (!later) expect(written, `${what}: ${lapsed.event.key}`).toEqual([])
      }
    }
  })

  it("tell who comes when all is done that nothing was left, and what a new crawl needs", async () => {
    const args = ["crawl", "--network", "mainnet-sim", "--db", join(folder, "late.duckdb"), "--proxy", "socks5://127.0.0.1:1", "--vantage", "office", "--progress", "off", "--asn", "off", "--ptr=false"]
    const late = await runCli([...args, "--shared-frontier", postgres.url, "--runner", "late", "--seed", `${truth[0]!.host}:50002:s`])
    expect([late.code, late.stderr]).toEqual([0, expect.stringMatching(/Nothing was left to visit: .*A new crawl needs another name \(--shared-crawl\)/)])
  })

  it("leave a file each, which merged are one complete crawl: nothing is missing, nothing twice", async () => {
    for (const runner of runners) {
      const archived = await runCli(["archive", "--db", join(folder, `${runner}.duckdb`), "--archive", join(folder, runner)])
      expect(archived.code, archived.stderr).toBe(0)
    }
    const merged = await runCli(["merge", ...runners.map((runner) => join(folder, runner)), "--db", join(folder, "all.duckdb")])
    expect(merged.code, merged.stderr).toBe(0)
    const servers = await query("all.duckdb", "SELECT host, reachable FROM server_summary ORDER BY host")
    const alive = new Map(truth.map(({ alive, host }) => [host, alive]))
    expect(Object.fromEntries(servers.map(({ host, reachable }) => [String(host), reachable]))).toEqual(Object.fromEntries(alive))
    const unsettled = await query("all.duckdb", "SELECT endpoint_key, state FROM crawl_endpoint WHERE crawl_id = (SELECT max(crawl_id) FROM crawl) AND (state IN ('due', 'parked') OR (state = 'visited' AND visit_id IS NULL))")
    expect(unsettled).toEqual([])
    // Both parts of each runner.
    expect(await query("all.duckdb", "SELECT count(*)::INTEGER AS n FROM joint_member")).toEqual([{ n: 6 }])
  })
})

describe("a shared frontier that cannot be", { timeout: 600_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "observatory-unshared-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("is said in a sentence without the password, and wrong usage is", async () => {
    const at = (...args: ReadonlyArray<string>) => runCli(["crawl", "--network", "mainnet-sim", "--seed", "s.example.org:50002:s", "--db", join(folder, "never.duckdb"), "--shared-frontier", ...args])
    const gone = await at("postgres://observatory:geheim@127.0.0.1:1/postgres")
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining("shared frontier")])
    expect(gone.stderr + gone.stdout).not.toContain("geheim")
    expect((await at("mysql://127.0.0.1")).code).toBe(2)
    const unencoded = await at("postgres://observatory:ge/heim@127.0.0.1:5432/postgres")
    expect([unencoded.code, unencoded.stderr]).toEqual([2, expect.stringContaining("percent-encoded")])
    expect(unencoded.stderr + unencoded.stdout).not.toMatch(/ge\/heim/)
    for (const refused of [["--resume"], ["--fingerprint", "now"], ["--differential"]]) {
      const run = await at("postgres://127.0.0.1/x", ...refused)
      expect([run.code, run.stderr]).toEqual([2, expect.stringMatching(/A runner of a shared crawl/)])
    }
  })
})
