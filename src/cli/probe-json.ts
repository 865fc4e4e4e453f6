import type { DifferentialSummary } from "../crawl/differential-run.ts"
import type { DueSummary } from "../crawl/due-summary.ts"
import type { SnapshotSummary } from "../crawl/snapshot-run.ts"
import type { Chain } from "../domain/chain.ts"
import { comparableReadings, tellingReadings } from "../domain/snapshot.ts"
import type { DifferentialFinding } from "../store/probing-records.ts"

const line = (type: string, { name, simulated }: Chain, members: object): string =>
  `${JSON.stringify({ type, network: name, simulated, ...members })}\n`

/** What `probe --snapshot --progress json` ends with: a line for every snapshot taken, the last one last. */
export const snapshotJson = ({ crawlId, snapshots }: SnapshotSummary, chain: Chain): string =>
  snapshots.map((snapshot) => {
    const { attempt, readings, reason, startedAt, state, tip, windowMs } = snapshot
    const comparable = comparableReadings(snapshot)
    return line("snapshot", chain, {
      runId: crawlId,
      attempt,
      startedAt,
      windowMs,
      state,
      reason,
      tip,
      servers: readings.length,
      compared: comparable.length,
      telling: tellingReadings(comparable).length
    })
  }).join("")

/** What `--differential --progress json` ends with: one line; `findings` are those of all runs so far. */
export const differentialJson = (
  { crawlId, refused, series, waiting }: DifferentialSummary,
  findings: ReadonlyArray<DifferentialFinding>,
  chain: Chain
): string =>
  line("differential", chain, { runId: crawlId, asked: series.length, waiting: waiting.length, refused, findings })

/** What `probe --due --progress json` ends with: one line. */
export const dueJson = (summary: DueSummary, chain: Chain): string => line("due", chain, summary)
