import { listValue } from "@duckdb/node-api"
import { comparableReadings, type FeeHistogram, type Snapshot, type SnapshotReading, type SnapshotValues, type Tip } from "../domain/snapshot.ts"
import type { RowOf } from "./tables.ts"
import { count, float64, int64, texts, timestamp } from "./to-duckdb.ts"

export const snapshotRow = (
  snapshot: Snapshot,
  ids: { readonly snapshot: number; readonly crawl: number; readonly serversOf: number }
): RowOf<"snapshot"> => ({
  snapshot_id: ids.snapshot,
  crawl_id: ids.crawl,
  servers_of: ids.serversOf,
  started_at: timestamp(snapshot.startedAt),
  window_ms: snapshot.windowMs,
  attempt: count(snapshot.attempt),
  state: snapshot.state,
  reason: snapshot.reason,
  tip_height: int64(snapshot.tip?.height ?? null),
  tip_hash: snapshot.tip?.hash ?? null,
  servers: snapshot.readings.length,
  compared: comparableReadings(snapshot).length
})

const tipColumns = (before: Tip | null, after: Tip | null) => ({
  tip_height: int64(before?.height ?? null),
  tip_hash: before?.hash ?? null,
  tip_after_height: int64(after?.height ?? null),
  tip_after_hash: after?.hash ?? null
})

/** One spelling for what means the same: numbers as JavaScript writes them, no spaces. */
const canonical = (histogram: FeeHistogram | null): string | null => histogram === null ? null : JSON.stringify(histogram)

const feeColumns = (fees: SnapshotValues["fees"]) => ({
  fee_targets: listValue(fees.map(({ target }) => target)),
  fee_outcomes: texts(fees.map(({ outcome }) => outcome)),
  fee_texts: listValue(fees.map(({ text }) => text)),
  fees: listValue(fees.map(({ value }) => float64(value)))
})

const valueColumns = (values: SnapshotValues | null) => {
  const { histogram, mempoolInfo, relayFee } = values ?? {}
  return {
    ...tipColumns(values?.tipBefore ?? null, values?.tipAfter ?? null),
    ...feeColumns(values?.fees ?? []),
    histogram_outcome: histogram?.outcome ?? "not asked",
    histogram_text: histogram?.text ?? null,
    histogram: canonical(histogram?.value ?? null),
    mempool_info_outcome: mempoolInfo?.outcome ?? "not asked",
    mempool_info_text: mempoolInfo?.text ?? null,
    mempool_min_fee: float64(mempoolInfo?.value?.mempoolMinFee ?? null),
    min_relay_fee: float64(mempoolInfo?.value?.minRelayFee ?? null),
    incremental_relay_fee: float64(mempoolInfo?.value?.incrementalRelayFee ?? null),
    unbroadcast_count: int64(mempoolInfo?.value?.unbroadcastCount ?? null),
    relay_fee_outcome: relayFee?.outcome ?? "not asked",
    relay_fee_text: relayFee?.text ?? null,
    relay_fee: float64(relayFee?.value ?? null)
  }
}

export const snapshotReadingRow = (
  { detail, receivedMs, sentMs, state, target, values }: SnapshotReading,
  ids: { readonly snapshot: number; readonly endpoint: number; readonly visit: number | null }
): RowOf<"snapshot_reading"> => ({
  snapshot_id: ids.snapshot,
  server_id: target.serverId,
  endpoint_id: ids.endpoint,
  visit_id: ids.visit,
  state,
  detail,
  implementation: target.implementation,
  version_range: target.versionRange,
  sent_ms: float64(sentMs),
  received_ms: float64(receivedMs),
  ...valueColumns(values)
})
