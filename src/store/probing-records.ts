import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import type { ProbeTarget } from "../domain/probe-target.ts"
import type { CrawlId } from "./facts.ts"
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

/** What probes beyond a crawl read of the database. */
export interface ProbingRecords {
  readonly targets: (network: string) => Effect.Effect<ProbeTargets, StoreError>
}

const TargetRow = Schema.Struct({
  crawl_id: Schema.Int,
  server_id: Schema.Int,
  host: Schema.String,
  port: Schema.Int,
  transport: Schema.Literals(["tcp", "tls", "ws", "wss"]),
  network_class: Schema.Literals(["ipv4", "ipv6", "onion", "name"]),
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
QUALIFY row_number() OVER (PARTITION BY s.server_id ORDER BY v.started_at DESC, v.visit_id DESC) = 1
ORDER BY e.endpoint_key`

const readTargets = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  network: string
): Effect.fn.Return<ProbeTargets, StoreError> {
  const rows = yield* readRows(connection, TargetRow, targetRows, { network })
  return {
    crawlId: rows[0]?.crawl_id ?? null,
    targets: rows.map((row) => ({
      endpoint: { host: row.host, port: row.port, transport: row.transport, networkClass: row.network_class },
      serverId: row.server_id,
      implementation: row.implementation,
      versionRange: row.version_range,
      tipHeight: row.tip_height,
      hasFeatures: row.has_features
    }))
  }
})

export const makeProbingRecords = (writer: Writer): ProbingRecords => ({
  targets: Effect.fn("Store.probing.targets")((network) => writer.exclusively((c) => readTargets(c, network)))
})
