import { readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import type { SeenScenario } from "./analysed-scenario.ts"
import { cliBundle, runCli } from "./cli.ts"
import { queryFile } from "./duck.ts"
import { runSimnet } from "./running-simnet.ts"

/** How a scenario is watched. */
export interface WatchedRun {
  /** The name of a shipped one, or a file. */
  readonly scenario: string
  readonly randomSeed: number
  readonly folder: string
  /** Simulated hours that have passed when the watch begins. */
  readonly fromHour: number
  /** Simulated hours that it goes on. */
  readonly hours: number
  /** Simulated seconds per real one. */
  readonly scale: number
  /** Fleets shrink or grow to so many servers. */
  readonly servers?: number | null
  /** Aligned snapshots afterwards, 12 if nothing is said. */
  readonly snapshots?: number
}

const hour = 3_600_000

/** Aligned snapshots afterwards are so far apart: as a watch of a day would have twelve. */
const apartMs = 2 * hour

/** Where `watchScenario` leaves things in a folder. */
export const watchedIn = ({ folder, fromHour, randomSeed, scenario }: Pick<WatchedRun, "folder" | "fromHour" | "randomSeed" | "scenario">): SeenScenario => {
  const path = join(folder, `${basename(scenario, ".json")}-${randomSeed}-watched-from-${fromHour}`)
  return { db: `${path}.duckdb`, truthFile: `${path}.jsonl`, publicSuffixFile: `${path}.suffixes` }
}

/** Adds to the truth of each endpoint what was really done to its server, by the stamps of the watch. */
const writeChanges = (truthFile: string, changesOf: (server: string) => ReadonlyArray<{ readonly at: number; readonly what: string }>): void => {
  const lines = readFileSync(truthFile, "utf8").trim().split("\n").map((line) => JSON.parse(line) as { readonly server: string })
  writeFileSync(truthFile, lines.map((line) => `${JSON.stringify({ ...line, changes: changesOf(line.server) })}\n`).join(""))
}

/**
 * Watches a scenario from some hour on, with a connection held to every server, and
 * leaves a database that can be analysed, and the truth with what was changed and when.
 * Time passes faster for both, so what the watch measures is as coarse as that: a
 * millisecond of the machine is `scale` of theirs. Servers asked within seconds would
 * be hours apart, so aligned snapshots are made afterwards, with the world's clock at
 * rest and moved in between, as in `lookAtScenario`.
 */
export const watchScenario = async (run: WatchedRun): Promise<SeenScenario> => {
  const seen = watchedIn(run)
  const { db, publicSuffixFile, truthFile } = seen
  const geoFile = `${db}.csv`
  // Made before time passes: a second is minutes there.
  await cliBundle()
  const { simnet, stop } = await runSimnet({
    scenario: run.scenario, servers: run.servers ?? null, randomSeed: run.randomSeed, timeScale: run.scale, truthFile, geoFile, publicSuffixFile
  })
  const cli = async (args: ReadonlyArray<string>, timeoutMs: number, laterMs = 0): Promise<void> => {
    const { code, stderr } = await runCli([...args, "--db", db], { timeoutMs, laterMs })
    if (code !== 0) throw new Error(`${args[0]} of ${run.scenario} ${run.randomSeed} ended with ${code}: ${stderr.slice(-2_000)}`)
  }
  try {
    simnet.clock.advance(run.fromHour * hour)
    const sync = { real: Date.now(), world: simnet.clock.now() }
    const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
    const way = ["--network", simnet.chain, "--proxy", proxy, "--tor", proxy, "--resolver", `127.0.0.1:${simnet.dnsPort}`, "--rate", "0", "--connect-timeout", "8s"]
    await cli([
      "watch", ...way, ...simnet.seeds.flatMap((seed) => ["--seed", seed]), "--geoip", geoFile, "--fingerprint", "off",
      "--time-scale", String(run.scale), "--max-time", `${run.hours}h`, "--crawl-every", `${run.hours * 2}h`, "--sentinels", String(simnet.servers)
    ], 120_000 + run.hours * hour / run.scale)
    simnet.clock.stop()
    const [row] = await queryFile(db, "SELECT epoch_ms(anchor_at) AS anchor FROM watch_run")
    const anchor = Number(row!["anchor"])
    const stampOf = (world: number): number => anchor + (sync.real - anchor) * run.scale + (world - sync.world)
    const done = simnet.happenings().filter(({ what }) => what === "restart" || what === "upgrade")
    writeChanges(truthFile, (server) => done.filter((it) => it.server === server).map(({ at, what }) => ({ at: Math.round(stampOf(at)), what })))
    for (let i = 0; i < (run.snapshots ?? 12); i++) {
      if (i > 0) simnet.clock.advance(apartMs)
      await cli(["probe", "--snapshot", ...way, "--progress", "off"], 300_000, Math.round(stampOf(simnet.clock.now())) - Date.now())
    }
  } finally {
    await stop()
  }
  return seen
}

/** Careful with its first evening in the eighth hour and fewer servers, at nodes that can be told apart, for a test that has a minute. */
export const shortEvening = (folder: string): string => {
  const scenario = JSON.parse(readFileSync(new URL("../../src/simnet/scenarios/careful.json", import.meta.url), "utf8")) as {
    fleets: ReadonlyArray<{ name: string; schedule?: { upgrades: ReadonlyArray<Record<string, unknown>> } }>
  } & Record<string, unknown>
  const file = join(folder, "short-evening.json")
  const at = (fleet: string, upgrade: Record<string, unknown>) => fleet === "cypress" ? { ...upgrade, at: "7.2h" } : upgrade
  writeFileSync(file, JSON.stringify({
    ...scenario,
    name: "short-evening",
    backends: { cypress: { quiet: false, fresh: false } },
    fleets: scenario.fleets.filter(({ name }) => name === "cypress" || name === "stranger").map((fleet) =>
      fleet.schedule === undefined ? fleet : { ...fleet, alive: 1, schedule: { upgrades: fleet.schedule.upgrades.map((upgrade) => at(fleet.name, upgrade)) } })
  }))
  return file
}
