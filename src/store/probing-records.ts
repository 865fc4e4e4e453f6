import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import type { ProbeTarget } from "../domain/probe-target.ts"
import type { CrawlId } from "./facts.ts"
import { endpointFields, endpointOf } from "./endpoint-row.ts"
import { readRows } from "./read-rows.ts"
import type { StoreError } from "./store-error.ts"
import type { Writer } from "./writer.ts"

/** Whom probes ask. */
export interface ProbeTargets {
  /** The latest finished crawl of the network; null before there is one. */
  readonly crawlId: CrawlId | null
  /** One endpoint of each of its servers that answered: the one that did so last. By key. */
  readonly targets: ReadonlyArray<ProbeTarget>
}

/** Where the latest series about an endpoint stands. Times in milliseconds since 1970. */
export interface DifferentialSeries {
  /** Its key. */
  readonly endpoint: string
  readonly startedAt: number
  /** Not to be repeated before; null for nothing to repeat. */
  readonly againFrom: number | null
  /** What a repetition is about. */
  readonly differing: ReadonlyArray<string>
}

/** What all series about the servers of a network come to. */
export interface DifferentialFinding {
  readonly endpoint: string
  readonly state: "differs" | "open" | "same" | "not comparable"
  readonly finding: string
}

/** What probes beyond a crawl read of the database. */
export interface ProbingRecords {
  readonly targets: (network: string) => Effect.Effect<ProbeTargets, StoreError>
  /** The settings of the crawl that targets come from, as stored; null before there is one. */
  readonly settings: (network: string) => Effect.Effect<unknown, StoreError>
  /** The latest series of each endpoint. */
  readonly differentials: (network: string) => Effect.Effect<ReadonlyArray<DifferentialSeries>, StoreError>
  readonly findings: (network: string) => Effect.Effect<ReadonlyArray<DifferentialFinding>, StoreError>
}

const TargetRow = Schema.Struct({
  crawl_id: Schema.Int,
  server_id: Schema.Int,
  ...endpointFields,
  implementation: Schema.NullOr(Schema.String),
  version_range: Schema.NullOr(Schema.String),
  tip_height: Schema.NullOr(Schema.Int),
  has_features: Schema.Boolean
})

const targetRows = `
SELECT l.crawl_id, s.server_id, e.host, e.port, e.transport, e.network_class,
  i.implementation, i.version_range, v.tip_height,
  EXISTS (FROM observation o WHERE o.visit_id = v.visit_id AND o.method = 'server.features' AND o.outcome = 'ok') AS has_features
FROM latest_crawl l
JOIN server s ON s.crawl_id = l.crawl_id AND s.confirmed AND coalesce(s.chain, l.network) = l.network
JOIN server_endpoint se ON se.crawl_id = s.crawl_id AND se.server_id = s.server_id
JOIN endpoint e USING (endpoint_id)
JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular' AND v.outcome = 'answered'
LEFT JOIN identification i ON i.visit_id = v.visit_id
WHERE l.network = $network
-- Of several names one that it claims itself, if there is one: who holds another may have it lead elsewhere by now.
QUALIFY row_number() OVER (
  PARTITION BY s.server_id
  ORDER BY contains(lower(coalesce(CAST(v.features_hosts AS VARCHAR), '')), '"host":"' || lower(e.host) || '"') DESC, v.started_at DESC, v.visit_id DESC
) = 1
ORDER BY e.endpoint_key`

const readTargets = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  network: string
): Effect.fn.Return<ProbeTargets, StoreError> {
  const rows = yield* readRows(connection, TargetRow, targetRows, { network })
  return {
    crawlId: rows[0]?.crawl_id ?? null,
    targets: rows.map((row) => ({
      endpoint: endpointOf(row),
      serverId: row.server_id,
      implementation: row.implementation,
      versionRange: row.version_range,
      tipHeight: row.tip_height,
      hasFeatures: row.has_features
    }))
  }
})

const SettingsRow = Schema.Struct({ settings: Schema.fromJsonString(Schema.Unknown) })

const readSettings = Effect.fnUntraced(function*(connection: DuckDBConnection, network: string) {
  const [row] = yield* readRows(
    connection,
    SettingsRow,
    "SELECT c.settings FROM latest_crawl l JOIN crawl c USING (crawl_id) WHERE l.network = $network",
    { network }
  )
  return row?.settings ?? null
})

const SeriesRow = Schema.Struct({
  endpoint_key: Schema.String,
  started_ms: Schema.Int,
  again_ms: Schema.NullOr(Schema.Int),
  differing: Schema.Array(Schema.String)
})

const readDifferentials = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  network: string
): Effect.fn.Return<ReadonlyArray<DifferentialSeries>, StoreError> {
  const rows = yield* readRows(
    connection,
    SeriesRow,
    `SELECT e.endpoint_key, epoch_ms(d.started_at) AS started_ms, epoch_ms(d.again_from) AS again_ms, d.differing
     FROM differential d JOIN crawl c USING (crawl_id) JOIN endpoint e USING (endpoint_id)
     WHERE c.network = $network
     QUALIFY row_number() OVER (PARTITION BY d.endpoint_id ORDER BY d.started_at DESC) = 1
     ORDER BY e.endpoint_key`,
    { network }
  )
  return rows.map((row) => ({
    endpoint: row.endpoint_key,
    startedAt: row.started_ms,
    againFrom: row.again_ms,
    differing: row.differing
  }))
})

const FindingRow = Schema.Struct({
  endpoint: Schema.String,
  state: Schema.Literals(["differs", "open", "same", "not comparable"]),
  finding: Schema.String
})

const readFindings = (connection: DuckDBConnection, network: string) =>
  readRows(
    connection,
    FindingRow,
    `SELECT e.endpoint_key AS endpoint, r.state, r.finding
     FROM differential_result r JOIN endpoint e USING (endpoint_id) WHERE r.network = $network ORDER BY endpoint`,
    { network }
  )

export const makeProbingRecords = (writer: Writer): ProbingRecords => ({
  targets: Effect.fn("Store.probing.targets")((network) => writer.exclusively((c) => readTargets(c, network))),
  settings: Effect.fn("Store.probing.settings")((network) => writer.exclusively((c) => readSettings(c, network))),
  differentials: Effect.fn("Store.probing.differentials")((network) =>
    writer.exclusively((c) => readDifferentials(c, network))
  ),
  findings: Effect.fn("Store.probing.findings")((network) => writer.exclusively((c) => readFindings(c, network)))
})
