import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { cliBundle } from "./cli.ts"
import { queryFile } from "./duck.ts"
import { runSimnet } from "./running-simnet.ts"
import { namedQuery } from "./named-query.ts"

/** A network that changes, and how it is watched. */
export interface ChurnRun {
  readonly scenario: string
  readonly servers: number
  readonly randomSeed: number
  /** Simulated seconds per real one. */
  readonly scale: number
  /** Simulated hours from the end of the first crawl, by which servers are known. */
  readonly hours: number
  readonly sentinels: number
  readonly folder: string
}

/** Simulated milliseconds since 1970. */
interface Stretch {
  readonly from: number
  readonly to: number
}

/** What really happened to one server within the time it was watched, by the stamps of the watch. */
export interface ServerTruth {
  readonly id: string
  readonly asn: number | null
  readonly down: ReadonlyArray<Stretch>
  readonly restarts: ReadonlyArray<number>
  readonly renewals: ReadonlyArray<{ readonly at: number; readonly key: string }>
}

/** One watched server against the truth. */
export interface WatchedAgainstTruth {
  readonly host: string
  readonly truth: ServerTruth
  /** Share of the time observed; the true one of the time in which our own line was up. */
  readonly uptime: number
  readonly trueUptime: number
  /** Both of all of the time, our own outage included. */
  readonly wholeUptime: number
  readonly trueWholeUptime: number
  /** Silences longer than the interval between looks, and those of them that were found. */
  readonly outages: number
  readonly outagesMissed: ReadonlyArray<Stretch>
  readonly restartsMissed: ReadonlyArray<number>
  /** Changes of key that never were. */
  readonly inventedKeys: ReadonlyArray<string>
}

export interface ChurnResult {
  readonly servers: ReadonlyArray<WatchedAgainstTruth>
  /** When our own line was down, by the stamps of the watch. */
  readonly ours: ReadonlyArray<Stretch>
  readonly watchedHours: number
  /** Events of reach without a cause that lie at the begin or end of an outage of many. */
  readonly jointInvented: ReadonlyArray<Record<string, unknown>>
  readonly outagesOfMany: ReadonlyArray<Record<string, unknown>>
  readonly tips: number
  /** Megabytes of resident memory over the run, every five seconds. */
  readonly memoryMb: ReadonlyArray<number>
  readonly rows: number
  readonly fileMb: number
  readonly wallSeconds: number
  readonly stderr: string
  readonly code: number | null
}

const residentMb = (child: ChildProcess): number | null => {
  try {
    const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]
    return kb === undefined ? null : Number(kb) / 1024
  } catch {
    return null
  }
}

const everyMs = 15 * 60_000

const within = (a: Stretch, b: Stretch): Stretch => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) })

/** Time of all stretches within a window. */
const lengthWithin = (stretches: ReadonlyArray<Stretch>, { from, to }: Stretch): number =>
  stretches.reduce((sum, it) => sum + Math.max(0, Math.min(it.to, to) - Math.max(it.from, from)), 0)

/** Runs the program against a network that changes, and holds what it stored against what happened. */
export const watchChurn = async (run: ChurnRun): Promise<ChurnResult> => {
  const db = join(run.folder, "watched.duckdb")
  const truthFile = join(run.folder, "truth.jsonl")
  const bundle = await cliBundle()
  const { simnet, stop } = await runSimnet({
    scenario: run.scenario, servers: run.servers, randomSeed: run.randomSeed, timeScale: run.scale, truthFile
  })
  const sync = { real: Date.now(), world: simnet.clock.now() }
  const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
  const startedAt = performance.now()
  const child = spawn(process.execPath, [
    bundle, "watch", "--network", simnet.chain, "--db", db, "--proxy", proxy, "--tor", proxy,
    "--resolver", `127.0.0.1:${simnet.dnsPort}`, ...simnet.seeds.flatMap((seed) => ["--seed", seed]),
    "--no-analyze", "--rate", "0", "--fingerprint", "off", "--peer-rounds", "1", "--time-scale", String(run.scale),
    "--sentinels", String(run.sentinels)
  ], { env: { PATH: process.env["PATH"], HOME: process.env["HOME"], OBSERVATORY_LOOPBACK_ONLY: "1" }, stdio: ["ignore", "ignore", "pipe"] })
  let stderr = ""
  let ending: NodeJS.Timeout | null = null
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    stderr += text
    if (stderr.includes("Crawl 1:")) ending ??= setTimeout(() => child.kill("SIGINT"), run.hours * 3_600_000 / run.scale)
  })
  const memoryMb: Array<number> = []
  const sampler = setInterval(() => {
    const mb = residentMb(child)
    if (mb !== null) memoryMb.push(Math.round(mb))
  }, 5000)
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve))
  clearInterval(sampler)
  if (ending !== null) clearTimeout(ending)
  const wallSeconds = (performance.now() - startedAt) / 1000
  const happenings = simnet.happenings()
  await stop()
  if (code !== 130) throw new Error(`watch ended with ${code}: ${stderr}`)

  const [runRow] = await queryFile(db, "SELECT epoch_ms(anchor_at) AS anchor FROM watch_run")
  const anchor = Number(runRow!["anchor"])
  const stampOf = (world: number): number => anchor + (sync.real - anchor) * run.scale + (world - sync.world)
  const [span] = await queryFile(db, "SELECT epoch_ms(min(seen_at)) AS a, epoch_ms(max(seen_at)) AS b FROM sighting")
  const window: Stretch = { from: Number(span!["a"]), to: Number(span!["b"]) }

  const truthLines = readFileSync(truthFile, "utf8").trim().split("\n").map((line) =>
    JSON.parse(line) as { host: string; server: string; alive: boolean; asn: number | null })
  const serverOfHost = new Map(truthLines.map((line) => [line.host, line]))
  const truthOf = (id: string, alive: boolean, asn: number | null): ServerTruth => {
    const down: Array<Stretch> = []
    let since: number | null = alive ? null : Number.NEGATIVE_INFINITY
    const mine = happenings.filter((it) => it.server === id)
    for (const { at, what } of mine) {
      if (what === "down") since ??= stampOf(at)
      if (what === "up" && since !== null) {
        down.push({ from: since, to: stampOf(at) })
        since = null
      }
    }
    if (since !== null) down.push({ from: since, to: Number.POSITIVE_INFINITY })
    return {
      id,
      asn,
      down,
      restarts: mine.filter(({ what }) => what === "restart" || what === "upgrade").map(({ at }) => stampOf(at)),
      renewals: mine.filter(({ what }) => what === "renewal").map(({ at, detail }) => ({ at: stampOf(at), key: detail ?? "" }))
    }
  }
  const ourDown = happenings.filter(({ what }) => what === "our line down" || what === "our line up")
  const ours: Array<Stretch> = []
  for (const { at, what } of ourDown) {
    if (what === "our line down") ours.push({ from: stampOf(at), to: Number.POSITIVE_INFINITY })
    else ours[ours.length - 1] = { ...ours.at(-1)!, to: stampOf(at) }
  }

  const uptimes = await namedQuery(db, "watched-uptime")
  const events = (await queryFile(db, `
    SELECT e.host, w.kind, epoch_ms(w.earliest) AS earliest, epoch_ms(w.latest) AS latest, w.cause, w.value_after
    FROM watch_event w LEFT JOIN endpoint e USING (endpoint_id) ORDER BY w.earliest`))
    .map((row): Record<string, unknown> => ({ ...row, earliest: Number(row["earliest"]), latest: Number(row["latest"]) }))
  // A busy machine is late by so much: in the simulated network, and in the program.
  const tolerance = 60_000 + run.scale * 1500
  const near = (at: number, event: Record<string, unknown>) =>
    at >= Number(event["earliest"]) - tolerance && at <= Number(event["latest"]) + tolerance
  const reachKinds = new Set(["went silent", "came back", "restarted"])
  const hiddenByUs = (at: number) => ours.some(({ from, to }) => at >= from - tolerance && at <= to + tolerance)

  const servers = uptimes.map((row): WatchedAgainstTruth => {
    const host = String(row["host"])
    const line = serverOfHost.get(host)!
    const truth = truthOf(line.server, line.alive, line.asn)
    const mine = events.filter((event) => event["host"] === host)
    const [since, until] = [Date.parse(String(row["since"])), Date.parse(String(row["until"]))]
    const seen: Stretch = { from: since, to: until }
    // Who was up for less than from one look to the next between two silences was silent all the time, as far as looks tell.
    const shortlyUp = (from: number, i: number) => i > 0 && from - truth.down[i - 1]!.to < tolerance + 1.1 * Math.max(everyMs, (truth.down[i - 1]!.to - truth.down[i - 1]!.from) / 8)
    const watchable = truth.down.filter(({ from, to }, i) => from > since + everyMs && from < until - 2 * everyMs &&
      Math.min(to, until) - from > 1.1 * everyMs + tolerance && !hiddenByUs(from) && !shortlyUp(from, i))
    const missed = watchable.filter(({ from }) => !mine.some((event) => event["kind"] !== "came back" && reachKinds.has(String(event["kind"])) && near(from, event)))
    const restarts = row["held"] !== true ? [] : truth.restarts.filter((at) =>
      at > since + everyMs && at < until - everyMs && !hiddenByUs(at) &&
      // What restarts while it cannot be reached restarts unseen, and so what restarts before it was connected to again.
      !truth.down.some(({ from, to }) => from < at - 1000 && at <= to + everyMs + tolerance))
    return {
      host,
      truth,
      uptime: Number(row["uptime_share"]),
      trueUptime: 1 - (lengthWithin(truth.down, seen) - ours.reduce((sum, it) => sum + lengthWithin(truth.down, within(it, seen)), 0)) /
        (until - since - lengthWithin(ours, seen)),
      wholeUptime: Number(row["whole_uptime_share"]),
      trueWholeUptime: 1 - lengthWithin(truth.down, seen) / (until - since),
      outages: watchable.length,
      outagesMissed: missed,
      restartsMissed: restarts.filter((at) => !mine.some((event) => (event["kind"] === "restarted" || event["kind"] === "went silent") && near(at, event))),
      inventedKeys: mine.filter((event) => (event["kind"] === "new key" || event["kind"] === "unclear key") &&
        !truth.renewals.some(({ at, key }) => key === "new" && near(at, event))).map((event) => `${String(event["kind"])} at ${String(event["earliest"])}`)
    }
  })

  // Begin and end of what happened to many: an outage of our line, or of all servers of one system at one time.
  const begins = Map.groupBy(
    servers.flatMap(({ host, truth }) => truth.down.filter(({ from }) => from > window.from).map(({ from, to }) => ({ host, asn: truth.asn, from, to }))),
    ({ asn, from }) => `${asn} ${Math.round(from / 1000)}`
  )
  const many = [...begins.values()].filter((group) => group.length >= 3 && group[0]!.asn !== null)
  const isMany = (it: { readonly host: string; readonly from: number }) => many.some((group) => group.some((other) => other.host === it.host && other.from === it.from))
  /** What happened to it alone at about that time is its own. */
  const ownOf = (event: Record<string, unknown>) => servers.find(({ host }) => host === event["host"])!.truth
  const isOwn = (event: Record<string, unknown>) => {
    const { down, restarts } = ownOf(event)
    return restarts.some((at) => near(at, event)) ||
      down.some(({ from, to }) => !isMany({ host: String(event["host"]), from }) && (near(from, event) || near(to, event)))
  }
  const jointInvented = events.filter((event) => event["host"] !== null && event["cause"] === null && reachKinds.has(String(event["kind"])) && !isOwn(event) && (
    ours.some(({ from, to }) => Number(event["latest"]) - Number(event["earliest"]) < 60_000 && (near(from, event) || near(to, event))) ||
    many.some((group) => group.some((it) => it.host === event["host"] && (event["kind"] === "came back" ? near(it.to, event) : near(it.from, event))))
  ))
  const [counts] = await queryFile(db, "SELECT (SELECT count(*) FROM tip_arrival) AS tips, (SELECT count(*) FROM sighting) + (SELECT count(*) FROM visit WHERE kind IN ('revisit', 'held')) + (SELECT count(*) FROM tip_arrival) + (SELECT count(*) FROM held_session) AS n")
  return {
    servers,
    ours,
    watchedHours: (window.to - window.from) / 3_600_000,
    jointInvented,
    outagesOfMany: events.filter((event) => event["host"] === null),
    tips: Number(counts!["tips"]),
    memoryMb,
    rows: Number(counts!["n"]),
    fileMb: statSync(db).size / 1e6,
    wallSeconds,
    stderr,
    code
  }
}

/** Churn with its outages within the first hours, for a test that has a minute. */
export const shortChurn = (folder: string): string => {
  const scenario = JSON.parse(readFileSync(new URL("../../src/simnet/scenarios/churn.json", import.meta.url), "utf8")) as {
    fleets: ReadonlyArray<{ name: string; schedule: Record<string, unknown> }>
  } & Record<string, unknown>
  const file = join(folder, "short-churn.json")
  writeFileSync(file, JSON.stringify({
    ...scenario,
    name: "short-churn",
    outages: [{ asn: 64620, at: "4.2h", for: "1h" }],
    our_outages: [{ at: "5.8h", for: "40m" }],
    fleets: scenario.fleets.map((fleet) => ({
      ...fleet,
      schedule: fleet.name === "cypress"
        ? { restarts: "9h", upgrades: [{ at: "3.4h", within: "20m", software: "ElectrumX 1.20.0" }] }
        : fleet.name === "magpie"
        ? { renewals: [{ at: "2h", within: "2h", key: "new" }] }
        : fleet.name === "homely"
        ? { uptime: { up: "8h", down: "2h", fails: "unreachable" }, moves: [{ at: "1h", within: "4h" }] }
        : fleet.schedule
    }))
  }))
  return file
}
