import { Effect } from "effect"
import { Command } from "effect/cli"
import { defaultSnapshotSettings } from "../crawl/snapshot-settings.ts"
import { connectionFlags, crawlFlags, db, identityFlags, networkFlags, positiveInteger, progressFlag } from "./flags.ts"
import { usageError } from "./network.ts"
import { nullable, toggle } from "./option.ts"
import { probeDifferential } from "./probe-differential.ts"
import { probeDue } from "./probe-due.ts"
import { probeSnapshot } from "./probe-snapshot.ts"

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
  differential: toggle(
    "differential",
    "Ask each server the same questions in the crawler's way and in the wallet's, at most once a day; differences again on another day.",
    false
  ),
  ...networkFlags,
  ...connectionFlags,
  ...identityFlags,
  concurrency: nullable(positiveInteger(
    "concurrency",
    `Connections open at a time, one to a server (default ${defaultSnapshotSettings.concurrency} for a snapshot, which holds them, else fewer).`
  )),
  rate: crawlFlags.rate,
  exclude: crawlFlags.exclude,
  progress: progressFlag
}, Effect.fn("probe")(function*(input) {
  const chosen = [input.snapshot, input.due, input.differential].filter((is) => is).length
  if (chosen === 0) return yield* usageError("Say what to probe: --snapshot, --due or --differential.")
  if (chosen > 1) return yield* usageError("Only one of --snapshot, --due and --differential goes at a time.")
  if (input.invalidJson && !input.due) return yield* usageError("--invalid-json goes with --due.")
  if (input.due) return yield* probeDue(input)
  return yield* input.snapshot ? probeSnapshot(input) : probeDifferential(input)
})).pipe(
  Command.withDescription("Asks servers that a crawl found what a crawl does not ask."),
  Command.withExamples([
    { command: "observatory probe --snapshot", description: "What all servers think at one moment, to be compared" },
    { command: "observatory probe --differential", description: "Does it matter how one asks? Twice, on two days" },
    { command: "observatory probe --due", description: "Make the deep visits that the last crawls left due" }
  ])
)
