import { Clock, Effect, Option, Schema } from "effect"
import { CrawlSettings, defaultCrawlSettings } from "../crawl/settings.ts"
import { isUrl } from "../discovery/read-exclusions.ts"
import { Store } from "../store/store.ts"
import { version } from "../version.ts"
import { type ConnectionInput, connectionOf, resumedConnection } from "./connection.ts"
import { clientNameOf } from "./client-name.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { databaseArgument } from "./default-database.ts"
import { dueLines } from "./due-lines.ts"
import { chosenChain, usageError } from "./network.ts"
import { Output } from "./output.ts"
import { readAllExclusions } from "./run-crawl.ts"
import { runDue } from "./run-due.ts"

/** The flags of `probe --due` as parsed. */
export interface ProbeDueInput extends ConnectionInput {
  readonly db: string
  readonly network: string | null
  readonly chainFile: string | null
  readonly vantage: string
  readonly contact: string | null
  readonly invalidJson: boolean
  readonly concurrency: number | null
  readonly rate: number
  readonly exclude: ReadonlyArray<string>
  readonly progress: "auto" | "plain" | "json" | "off"
}

/** `probe --due`. */
export const probeDue = Effect.fnUntraced(function*(input: ProbeDueInput) {
  const output = yield* Output
  const chain = yield* chosenChain(input)
  const quiet = input.progress === "off" || input.progress === "json"
  yield* Effect.gen(function*() {
    const store = yield* Store
    // As its crawl connected and whom it left out: a probe must not go without the proxy, or to who opted out.
    const settings = Option.getOrNull(
      Schema.decodeUnknownOption(CrawlSettings)(
        yield* store.dueProbes.settings({ network: chain.name, vantage: input.vantage })
      )
    )
    const connection = settings === null
      ? input
      : yield* resumedConnection(input, settings.connection, input.allowPrivate || settings.allowPrivate)
    const exclude = [...new Set([...settings?.exclude ?? [], ...input.exclude])]
    if (connection.proxy !== null && exclude.some(isUrl)) {
      return yield* usageError("An opt-out list at a URL would be fetched without --proxy: save it to a file first.")
    }
    const summary = yield* runDue({
      chain,
      codeVersion: version,
      clientName: clientNameOf(input.contact),
      exclusions: yield* readAllExclusions(exclude),
      exclude,
      choice: input.invalidJson ? "invalid json" : "usual",
      concurrency: input.concurrency ?? defaultCrawlSettings.concurrency,
      rate: input.rate,
      perBlock: defaultCrawlSettings.perBlock,
      drainMs: defaultCrawlSettings.drainMs
    }, yield* connectionOf(connection, chain, input.vantage), quiet)
    yield* store.publishSnapshot
    if (input.progress === "json") return yield* output.stdout(`${JSON.stringify(summary)}\n`)
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
