import { listValue } from "@duckdb/node-api"
import type { Differential } from "../domain/differential.ts"
import type { RowOf } from "./tables.ts"
import { float64, texts, timestamp, timestampOrNull } from "./to-duckdb.ts"

/** A series of connections as its row; its visits are rows of their own. */
export const differentialRow = (
  { againFrom, comparison, detail, pValue, personas, stage, startedAt, statistic, target }: Differential,
  ids: { readonly crawl: number; readonly serversOf: number; readonly endpoint: number; readonly visits: ReadonlyArray<number> }
): RowOf<"differential"> => ({
  crawl_id: ids.crawl,
  servers_of: ids.serversOf,
  server_id: target.serverId,
  endpoint_id: ids.endpoint,
  stage,
  started_at: timestamp(startedAt),
  personas: texts(personas),
  visit_ids: listValue([...ids.visits]),
  outcome: comparison.outcome,
  compared: texts(comparison.compared),
  varying: texts(comparison.varying),
  differing: texts(comparison.differing),
  statistic: float64(statistic),
  p_value: float64(pValue),
  again_from: timestampOrNull(againFrom),
  detail
})
