import { Config, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { findCrawl } from "../analysis/analysis-input.ts"
import { readOperatorClusters } from "../analysis/exposure/cluster-input.ts"
import { defaultExposureOptions, exposureOf } from "../analysis/exposure/exposure.ts"
import { readExposureInput } from "../analysis/exposure/exposure-input.ts"
import { exposureRows } from "../analysis/exposure/exposure-rows.ts"
import { measuredRecommendations } from "../analysis/exposure/measured-leaks.ts"
import { seedsOfFile } from "../discovery/seeds.ts"
import { Database } from "../store/database.ts"
import { jsonText } from "../domain/json-text.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { exposureText } from "./exposure-text.ts"
import { crawlNumberFlag, db, duration, networkFlags, positiveInteger } from "./flags.ts"
import { walletProgram } from "./measure/electrum-daemon.ts"
import { measuredText } from "./measure/measured-text.ts"
import { measureWallets } from "./measure/measure-wallets.ts"
import { chosenChain } from "./network.ts"
import { integer, nullable, text, toggle, twinnedAs } from "./option.ts"
import { Output } from "./output.ts"
import { tlsEntries, walletListOf } from "./wallet-list.ts"

const usual = defaultExposureOptions

export const exposureCommand = Command.make("exposure", {
  db,
  ...networkFlags,
  crawl: crawlNumberFlag,
  walletList: nullable(text("wallet-list", "List of the wallet instead of the one that ships: its servers.json, or lines.").pipe(Flag.withMetavar("FILE"))),
  lives: positiveInteger("lives", `Wallets simulated of each kind (default ${usual.lives}).`).pipe(Flag.withDefault(usual.lives)),
  switches: Flag.filter(
    integer("switches", "How often a session exchanges its main server, as it does when that lags or disconnects (default 0)."),
    (count) => count >= 0 && count <= 100,
    (count) => `a number from 0 to 100, not ${count}`
  ).pipe(Flag.withDefault(usual.switchesPerStart)),
  randomSeed: integer("random-seed", "Everything drawn is drawn from this number (default 1).").pipe(Flag.withDefault(usual.randomSeed)),
  measure: toggle("measure", "Run Debian's electrum against simulated servers that write down what it asks, instead of a model; reads no database.", false),
  measureTime: duration("measure-time", "How long the first wallet stays connected; it polls every minute (default 130s)").pipe(Flag.withDefault(130_000)),
  electrum: text("electrum", `Where Debian's wallet is, for --measure (default ${walletProgram}).`).pipe(Flag.withMetavar("FILE"), Flag.withDefault(walletProgram)),
  // A twin of its own: `OBSERVATORY_FORMAT` is about tables of rows.
  format: Flag.Literals("format", ["text", "json"]).pipe(
    Flag.withDescription("text for people, json for the rows of the tables. [OBSERVATORY_EXPOSURE_FORMAT, in a config file exposure-format]"),
    Flag.withFallbackConfig(Config.Literals(["text", "json"], twinnedAs("exposure-format"))),
    Flag.withDefault("text" as const)
  )
}, Effect.fn("exposure")(function*(input) {
  const output = yield* Output
  if (input.measure) {
    const { isolated, leaks } = yield* measureWallets({
      listenMs: input.measureTime,
      electrum: input.electrum,
      program: process.argv[1]!,
      say: (line) => output.stderr(`${line}\n`)
    })
    if (!isolated) yield* output.stderr("Network namespaces are not permitted here: only the wallet's own settings kept it on loopback.\n")
    return yield* output.stdout(
      input.format === "json"
        ? `${jsonText({ basis: "measured", ...leaks, recommendations: measuredRecommendations(leaks) }, 2)}\n`
        : measuredText(leaks, output.style)
    )
  }
  const chain = yield* chosenChain(input)
  const given = input.walletList === null ? null : tlsEntries(yield* seedsOfFile(input.walletList, chain))
  yield* Effect.gen(function*() {
    const crawl = yield* findCrawl(input.crawl === null ? { network: chain.name } : { crawlId: input.crawl })
    const clusters = yield* readOperatorClusters(crawl.crawl_id)
    const result = exposureOf({ ...yield* readExposureInput(crawl, given ?? walletListOf(crawl.network)), clusters }, {
      ...usual,
      lives: input.lives,
      switchesPerStart: input.switches,
      randomSeed: input.randomSeed
    })
    if (input.format === "json") {
      const tables = exposureRows(crawl.crawl_id, result).map(({ columns, rows, table }) => [
        table,
        rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])))
      ])
      const about = { network: crawl.network, simulated: crawl.simulated, crawl_id: crawl.crawl_id, basis: "model output", notes: result.notes }
      return yield* output.stdout(`${jsonText({ ...about, ...Object.fromEntries(tables) }, 2)}\n`)
    }
    if (crawl.simulated) yield* output.stdout(`${output.style.warning(simulatedNotice(crawl.network))}\n\n`)
    yield* output.stdout(exposureText(result, output.style))
  }).pipe(Effect.provide(Database.layer(input.db)))
})).pipe(
  Command.withDescription("What operators would see of wallets: a model of how Electrum chooses servers, other rules compared, concentration; or measured with a real wallet."),
  Command.withExamples([
    { command: "observatory exposure --network mainnet", description: "Of the latest crawl of mainnet" },
    { command: "observatory exposure --measure", description: "With a real wallet and simulated servers, in four minutes" }
  ])
)
