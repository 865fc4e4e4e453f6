import { Config, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { findCrawl } from "../analysis/analysis-input.ts"
import { defaultExposureOptions, exposureOf } from "../analysis/exposure/exposure.ts"
import { readExposureInput } from "../analysis/exposure/exposure-input.ts"
import { exposureRows } from "../analysis/exposure/exposure-rows.ts"
import { Database } from "../store/database.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { exposureText } from "./exposure-text.ts"
import { db, networkFlags, positiveInteger } from "./flags.ts"
import { jsonText } from "./format.ts"
import { chosenChain } from "./network.ts"
import { integer, nullable, text, twinnedAs } from "./option.ts"
import { Output } from "./output.ts"
import { walletListOf } from "./wallet-list.ts"

const usual = defaultExposureOptions

export const exposureCommand = Command.make("exposure", {
  db,
  ...networkFlags,
  crawl: nullable(integer("crawl", "Number of the crawl (default: the latest finished one of the network).")),
  walletList: nullable(text("wallet-list", "List of the wallet instead of the one that ships: its servers.json, or lines.").pipe(Flag.withMetavar("FILE"))),
  lives: positiveInteger("lives", `Wallets simulated of each kind (default ${usual.lives}).`).pipe(Flag.withDefault(usual.lives)),
  switches: Flag.filter(
    integer("switches", "How often a session exchanges its main server, as it does when that lags or disconnects (default 0)."),
    (count) => count >= 0 && count <= 100,
    (count) => `a number from 0 to 100, not ${count}`
  ).pipe(Flag.withDefault(usual.switchesPerStart)),
  randomSeed: integer("random-seed", "Everything drawn is drawn from this number (default 1).").pipe(Flag.withDefault(usual.randomSeed)),
  // A twin of its own: `OBSERVATORY_FORMAT` is about tables of rows.
  format: Flag.Literals("format", ["text", "json"]).pipe(
    Flag.withDescription("text for people, json for the rows of the tables. [OBSERVATORY_EXPOSURE_FORMAT, in a config file exposure-format]"),
    Flag.withFallbackConfig(Config.Literals(["text", "json"], twinnedAs("exposure-format"))),
    Flag.withDefault("text" as const)
  )
}, Effect.fn("exposure")(function*(input) {
  const output = yield* Output
  const chain = yield* chosenChain(input)
  const list = yield* walletListOf(chain, input.walletList)
  yield* Effect.gen(function*() {
    const crawl = yield* findCrawl(input.crawl === null ? { network: chain.name } : { crawlId: input.crawl })
    const result = exposureOf(yield* readExposureInput(crawl, list, []), {
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
  Command.withDescription("What operators would see of wallets: a model of how Electrum chooses servers, other rules compared, concentration."),
  Command.withExamples([
    { command: "observatory exposure --network mainnet", description: "Of the latest crawl of mainnet" }
  ])
)
