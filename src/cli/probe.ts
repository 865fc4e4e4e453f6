import { Effect } from "effect"
import { Command } from "effect/cli"
import { defaultSnapshotSettings } from "../crawl/snapshot-settings.ts"
import { takeSnapshot } from "../crawl/snapshot-run.ts"
import { isUrl } from "../discovery/read-exclusions.ts"
import { Store } from "../store/store.ts"
import { version } from "../version.ts"
import { connectionOf } from "./connection.ts"
import { clientNameOf } from "./crawl.ts"
import { connectionFlags, crawlFlags, db, identityFlags, networkFlags, positiveInteger, progressFlag } from "./flags.ts"
import { chosenChain, usageError } from "./network.ts"
import { nullable, toggle } from "./option.ts"
import { Output } from "./output.ts"
import { probeDue } from "./probe-due.ts"
import { readAllExclusions } from "./run-crawl.ts"
import { snapshotText } from "./snapshot-text.ts"

export const probeCommand = Command.make("probe", {
  db,
  snapshot: toggle(
    "snapshot",
    "Ask all servers of the latest finished crawl at one time for tip, fee estimates, fee histogram and mempool: only this may be compared across servers.",
    false
  ),
  due: toggle("due", "Make the deep visits (malformed envelopes, dialects) that are due, and wait for none that is not.", false),
  invalidJson: toggle(
    "invalid-json",
    "With --due: send one line that is no JSON instead of the usual deep visit. Costs 1,100 units at ElectrumX, more than its soft limit.",
    false
  ),
  ...networkFlags,
  ...connectionFlags,
  ...identityFlags,
  concurrency: nullable(positiveInteger(
    "concurrency",
    `Connections open at a time, one to a server (default ${defaultSnapshotSettings.concurrency}).`
  )),
  rate: crawlFlags.rate,
  exclude: crawlFlags.exclude,
  progress: progressFlag
}, Effect.fn("probe")(function*(input) {
  const output = yield* Output
  if (input.snapshot === input.due) return yield* usageError("Say what to probe: --snapshot or --due.")
  if (input.invalidJson && !input.due) return yield* usageError("--invalid-json goes with --due.")
  if (input.due) return yield* probeDue(input)
  if (input.proxy !== null && input.exclude.some(isUrl)) {
    return yield* usageError("An opt-out list at a URL would be fetched without --proxy: save it to a file first.")
  }
  const chain = yield* chosenChain(input)
  const { layer, vantage } = yield* connectionOf(input, chain, input.vantage)
  const summary = yield* takeSnapshot({
    chain,
    vantage,
    codeVersion: version,
    exclusions: yield* readAllExclusions(input.exclude),
    settings: {
      ...defaultSnapshotSettings,
      concurrency: input.concurrency ?? defaultSnapshotSettings.concurrency,
      rate: input.rate,
      clientName: clientNameOf(input.contact)
    },
    onNote: (note) => output.stderr(`${note}\n`)
  }).pipe(Effect.provide(layer), Effect.provide(Store.layerExisting(input.db)))
  yield* output.stdout(snapshotText(summary, chain, output.style, { command: output.command, db: input.db }))
})).pipe(
  Command.withDescription("Asks servers that a crawl found what a crawl does not ask."),
  Command.withExamples([
    { command: "observatory probe --snapshot", description: "What all servers think at one moment, to be compared" },
    { command: "observatory probe --due", description: "Make the deep visits that the last crawls left due" }
  ])
)
