import type { SnapshotSummary } from "../crawl/snapshot-run.ts"
import type { Chain } from "../domain/chain.ts"
import { forDisplay } from "../domain/display.ts"
import { comparableReadings, type ReadingState, tellingReadings } from "../domain/snapshot.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { databaseArgument } from "./default-database.ts"
import type { TerminalStyle } from "./terminal-style.ts"

const words: Readonly<Record<Exclude<ReadingState, "compared">, string>> = {
  moved: "whose tip changed meanwhile",
  late: "too late",
  failed: "did not answer us",
  "not asked": "not asked"
}

/** What a snapshot ends with on a terminal. */
export const snapshotText = (
  { crawlId, snapshots }: SnapshotSummary,
  chain: Chain,
  style: TerminalStyle,
  next: { readonly command: string; readonly db: string }
): string => {
  const last = snapshots.at(-1)!
  const counted = (state: ReadingState): number => last.readings.filter((reading) => reading.state === state).length
  const comparable = comparableReadings(last)
  const elsewhere = last.state === "kept" ? counted("compared") - comparable.length : 0
  const others = [
    ...(elsewhere === 0 ? [] : [`${elsewhere} at another tip`]),
    ...(Object.keys(words) as ReadonlyArray<keyof typeof words>)
      .filter((state) => counted(state) > 0)
      .map((state) => `${counted(state)} ${words[state]}`)
  ]
  const telling = tellingReadings(comparable).length
  const isQuiet = telling * 2 < comparable.length
  const received = last.readings.flatMap(({ receivedMs, state }) => state === "compared" && receivedMs !== null ? [receivedMs] : [])
  const db = databaseArgument(next.db)
  return [
    ...(chain.simulated ? [style.warning(simulatedNotice(chain.name)), ""] : []),
    style.bold(`Snapshot of ${chain.name} ${last.state}${last.attempt === 1 ? "" : ` at attempt ${last.attempt}`} (run ${crawlId}).`),
    `  servers    ${comparable.length} of ${last.readings.length} may be compared${others.length === 0 ? "" : `; ${others.join(", ")}`}`,
    ...(comparable.length === 0 ? [] : [
      `  fees       ${telling} of them told estimates above the floor${isQuiet ? ": a quiet moment, in which nodes are hardly told apart; take another in some hours" : ""}`
    ]),
    ...(last.tip === null ? [] : [`  tip        ${last.tip.height} ${last.tip.hash}`]),
    ...(received.length === 0 ? [] : [`  answers    within ${(Math.max(...received) / 1000).toFixed(1)} s of ${last.windowMs / 1000}`]),
    ...(last.reason === null ? [] : [`  discarded: ${forDisplay(last.reason, 200)}`]),
    "",
    last.state === "kept"
      ? `Next:  ${next.command} query snapshot-values${db}\n       ${next.command} query same-values-in-snapshots${db}`
      : `Blocks kept coming. Try again:  ${next.command} probe --snapshot --network ${chain.name}${db}`,
    ""
  ].join("\n")
}
