import type { DuckDBValue } from "@duckdb/node-api"
import type { HeldSessionFact, SightingFact, TipArrivalFact } from "./facts.ts"
import type { RowOf } from "./tables.ts"
import { int64, timestamp, timestampOrNull } from "./to-duckdb.ts"

interface Ids {
  readonly crawl: number
  readonly endpoint: number
}

export const sightingRow = (fact: SightingFact, ids: Ids & { readonly visit: number | null }): RowOf<"sighting"> => ({
  run_id: fact.runId,
  crawl_id: ids.crawl,
  endpoint_id: ids.endpoint,
  seen_at: timestamp(fact.at),
  state: fact.state,
  reason: fact.reason,
  way: fact.way,
  visit_id: ids.visit,
  due_at: timestamp(fact.dueAt)
})

export const heldSessionRow = (fact: HeldSessionFact, ids: Ids & { readonly sequence: DuckDBValue }): RowOf<"held_session"> => ({
  sequence: ids.sequence,
  run_id: fact.runId,
  crawl_id: ids.crawl,
  endpoint_id: ids.endpoint,
  opened_at: timestamp(fact.openedAt),
  ended_at: timestampOrNull(fact.endedAt),
  ended_by: fact.endedBy,
  detail: fact.detail
})

export const tipArrivalRow = (fact: TipArrivalFact, ids: Ids): RowOf<"tip_arrival"> => ({
  run_id: fact.runId,
  crawl_id: ids.crawl,
  endpoint_id: ids.endpoint,
  height: int64(fact.height),
  block_hash: fact.hash,
  arrived_at: timestamp(fact.at),
  steady_ms: fact.steadyMs
})
