import { basename, join } from "node:path"
import { runCli } from "./cli.ts"
import { copyOfKept } from "./kept.ts"
import { runSimnet } from "./running-simnet.ts"

/** What a scenario was crawled into. */
export interface SeenScenario {
  /** The database, closed. */
  readonly db: string
  /** The truth file. */
  readonly truthFile: string
  /** Domains under which strangers have names. */
  readonly publicSuffixFile: string
}

/** Where `lookAtScenario` leaves things in a folder. */
export const seenIn = (folder: string, scenario: string, randomSeed: number): SeenScenario => {
  const path = join(folder, `${basename(scenario, ".json")}-${randomSeed}`)
  return { db: `${path}.duckdb`, truthFile: `${path}.jsonl`, publicSuffixFile: `${path}.suffixes` }
}

/** How a scenario is looked at. */
export interface LookOptions {
  /** Aligned snapshots after the crawl. */
  readonly snapshots?: number
  /** Milliseconds of the simulated world before each: mempools and blocks are others by then, and not all hours are quiet. */
  readonly apartMs?: number
  /** Fleets shrink or grow to so many servers. */
  readonly servers?: number | null
  /** Ask each server in the crawler's way and in the wallet's a day later, and again on the day after, then from another address (a Tor exit). */
  readonly differential?: boolean
  /** Told what begins. */
  readonly onStep?: (step: string) => void
}

const day = 24 * 3_600_000

/**
 * Crawl a scenario with deep visits and ask all servers together at several
 * times of the simulated world, each as a user would. The world's clock goes no
 * faster than ours while anybody looks, and is moved in between; the programs
 * that look take its time for theirs. Servers forget costs by our clock, and need
 * no rest: a snapshot takes longer than it takes them to forget what it cost.
 */
export const lookAtScenario = async (
  scenario: string,
  randomSeed: number,
  folder: string,
  { apartMs = 6 * 3_600_000, differential = false, onStep, servers = null, snapshots = 3 }: LookOptions = {}
): Promise<SeenScenario> => {
  const seen = seenIn(folder, scenario, randomSeed)
  const { db, publicSuffixFile, truthFile } = seen
  const geoFile = `${db}.csv`
  const { simnet, stop } = await runSimnet({ scenario, truthFile, geoFile, publicSuffixFile, randomSeed, servers })
  let laterMs = 0
  const wait = (ms: number): void => {
    simnet.clock.advance(ms)
    laterMs += ms
  }
  const run = async (...args: ReadonlyArray<string>) => {
    onStep?.(args[0]!)
    const result = await runCli([...args, "--db", db], { timeoutMs: 900_000, laterMs })
    if (result.code !== 0) throw new Error(`${args[0]} of ${scenario} ${randomSeed} ended with ${result.code}: ${result.stderr.slice(-2_000)}`)
    return result
  }
  try {
    const front = `127.0.0.1:${simnet.socksPort}`
    const through = (proxy: string): ReadonlyArray<string> => [
      "--network", simnet.chain, "--proxy", proxy, "--tor", `socks5://${front}`, "--resolver", `127.0.0.1:${simnet.dnsPort}`,
      // Several worlds in one process, on a machine with other things to do, are late rather than dead.
      "--connect-timeout", "8s", "--rate", "0", "--progress", "off"
    ]
    const way = through(`socks5://${front}`)
    await run(
      "crawl", ...way, "--fingerprint", "now", "--geoip", geoFile,
      ...simnet.seeds.flatMap((seed) => ["--seed", seed])
    )
    for (let i = 0; i < snapshots; i++) {
      wait(apartMs)
      await run("probe", "--snapshot", ...way)
    }
    if (differential) {
      wait(day)
      await run("probe", "--differential", ...way)
      wait(day)
      await run("probe", "--differential", ...through(`socks5://exit:${randomSeed}@${front}`), "--vantage", "exit")
    }
  } finally {
    await stop()
  }
  return seen
}

/** Run `observatory analyze` on what `lookAtScenario` saw. */
export const analyse = async ({ db, publicSuffixFile }: SeenScenario): Promise<void> => {
  const { code, stderr } = await runCli(["analyze", "--network", "mainnet-sim", "--public-suffixes", publicSuffixFile, "--db", db], { timeoutMs: 600_000 })
  if (code !== 0) throw new Error(`analyze ended with ${code}: ${stderr.slice(-2_000)}`)
}

/** A copy, in a folder, of the one look at a scenario that a run of the tests takes, analysed. */
export const keptAnalysis = async (scenario: string, randomSeed: number, folder: string): Promise<SeenScenario> => {
  await copyOfKept(
    `analysis-of-${basename(scenario, ".json")}-${randomSeed}`,
    folder,
    async (place) => analyse(await lookAtScenario(scenario, randomSeed, place))
  )
  return seenIn(folder, scenario, randomSeed)
}
