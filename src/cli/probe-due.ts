import { Clock, Effect } from "effect"
import { defaultCrawlSettings } from "../crawl/settings.ts"
import { Store } from "../store/store.ts"
import { version } from "../version.ts"
import { clientNameOf } from "./client-name.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { databaseArgument } from "./default-database.ts"
import { dueLines } from "./due-lines.ts"
import { chosenChain } from "./network.ts"
import { Output } from "./output.ts"
import { dueJson } from "./probe-json.ts"
import { type ProbeWayInput, probeWay } from "./probe-way.ts"
import { runDue } from "./run-due.ts"

/** The flags of `probe --due` as parsed. */
export interface ProbeDueInput extends ProbeWayInput {
  readonly db: string
  readonly network: string | null
  readonly chainFile: string | null
  readonly contact: string | null
  readonly invalidJson: boolean
  readonly concurrency: number | null
  readonly rate: number
  readonly progress: "auto" | "plain" | "json" | "off"
}

/** `probe --due`. */
export const probeDue = Effect.fnUntraced(function*(input: ProbeDueInput) {
  const output = yield* Output
  const chain = yield* chosenChain(input)
  const quiet = input.progress === "off" || input.progress === "json"
  yield* Effect.gen(function*() {
    const store = yield* Store
    const { exclude, exclusions, ...connection } = yield* probeWay(chain, input)
    const summary = yield* runDue({
      chain,
      codeVersion: version,
      clientName: clientNameOf(input.contact),
      exclusions,
      exclude,
      choice: input.invalidJson ? "invalid json" : "usual",
      concurrency: input.concurrency ?? defaultCrawlSettings.concurrency,
      rate: input.rate,
      perBlock: defaultCrawlSettings.perBlock,
      drainMs: defaultCrawlSettings.drainMs
    }, connection, quiet)
    yield* store.publishSnapshot
    if (input.progress === "json") return yield* output.stdout(dueJson(summary, chain))
    if (chain.simulated) yield* output.stdout(`${output.style.warning(simulatedNotice(chain.name))}\n\n`)
    const lines = dueLines(summary, yield* Clock.currentTimeMillis)
    yield* output.stdout([
      output.style.bold(summary.runId === null ? `Nothing is due for ${chain.name}.` : `Run ${summary.runId} for ${chain.name}.`),
      ...lines,
      ""
    ].join("\n"))
  }).pipe(
    Effect.provide(Store.layerExisting(input.db)),
    Effect.onInterrupt(() => output.stderr(
      `Interrupted; what was not finished stays due. Go on with: ${output.command} probe --due --network ${chain.name}${databaseArgument(input.db)}\n`
    ))
  )
})
