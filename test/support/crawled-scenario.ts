import { readFileSync } from "node:fs"
import { basename, join } from "node:path"
import type { TruthLine } from "../../src/simnet/truth/truth.ts"
import { runCli } from "./cli.ts"
import { copyOfKept } from "./kept.ts"
import { runSimnet } from "./running-simnet.ts"

/** What a crawl left, and what the makers of the network know. */
export interface CrawledScenario {
  /** The database, closed. */
  readonly db: string
  readonly truth: ReadonlyArray<TruthLine>
}

const filesIn = (folder: string, scenario: string, randomSeed: number) => {
  const name = `${basename(scenario, ".json")}-${randomSeed}`
  return { name, db: join(folder, `${name}.duckdb`), truthFile: join(folder, `${name}.jsonl`) }
}

/** The lines of a truth file. */
export const readTruth = (file: string): ReadonlyArray<TruthLine> =>
  readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as TruthLine)

/** Crawl a scenario as a user would, with more flags if need be, into a file of a folder; what geo files say is looked up where `geo` is true. */
export const crawlScenario = async (
  scenario: string,
  randomSeed: number,
  folder: string,
  { flags = [], geo = false }: { readonly geo?: boolean; readonly flags?: ReadonlyArray<string> } = {}
): Promise<CrawledScenario> => {
  const { db, name, truthFile } = filesIn(folder, scenario, randomSeed)
  const geoFile = geo ? join(folder, `${name}.csv`) : null
  const { simnet, stop } = await runSimnet({ scenario, truthFile, geoFile, randomSeed })
  try {
    const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
    const run = await runCli([
      "crawl", "--network", "mainnet-sim", "--db", db, "--proxy", proxy, "--tor", proxy, "--rate", "0",
      "--resolver", `127.0.0.1:${simnet.dnsPort}`, "--connect-timeout", "5s",
      ...(geoFile === null ? [] : ["--geoip", geoFile]), ...simnet.seeds.flatMap((seed) => ["--seed", seed]), ...flags
    ], { timeoutMs: 120_000 })
    if (run.code !== 0) throw new Error(`the crawl of ${name} ended with ${run.code}: ${run.stderr}`)
  } finally {
    await stop()
  }
  return { db, truth: readTruth(truthFile) }
}

/** A copy, in a folder, of the one crawl of a scenario that a run of the tests makes, with what geo files say. */
export const keptCrawl = async (scenario: string, randomSeed: number, folder: string): Promise<CrawledScenario> => {
  const { db, name, truthFile } = filesIn(folder, scenario, randomSeed)
  await copyOfKept(`crawl-of-${name}`, folder, (place) => crawlScenario(scenario, randomSeed, place, { geo: true }))
  return { db, truth: readTruth(truthFile) }
}
