import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import { type Implementation, implementations } from "../domain/implementation.ts"
import type { DueCandidate, DueProbe } from "../domain/probe-due.ts"
import { endpointFields, endpointOf } from "./endpoint-row.ts"
import type { CrawlId } from "./facts.ts"
import { readRows } from "./read-rows.ts"
import type { StoreError } from "./store-error.ts"
import type { Writer } from "./writer.ts"

/** Whose due visits: what is due at one place is no other place's business. */
export interface ProbesOf {
  readonly network: string
  readonly vantage: string
}

/** What is due beside regular visits. Changes are facts, see `ProbeDueFact`. */
export interface DueRecords {
  /** All that is or will be due, the earliest first. */
  readonly due: (of: ProbesOf) => Effect.Effect<ReadonlyArray<DueProbe>, StoreError>
  /** What to decide from at the end of a crawl: its endpoints, and all that were ever due. */
  readonly candidates: (crawlId: CrawlId, of: ProbesOf) => Effect.Effect<ReadonlyArray<DueCandidate>, StoreError>
}

const newest = `
newest AS (
  SELECT * FROM probe_due
  WHERE network = $network AND vantage = $vantage AND kind = 'deep'
  QUALIFY row_number() OVER (PARTITION BY endpoint_id ORDER BY sequence DESC) = 1
)`

const DueRow = Schema.Struct({
  ...endpointFields,
  due_ms: Schema.Int,
  crawl_id: Schema.Int,
  through_proxy: Schema.Boolean,
  implementation: Schema.NullOr(Schema.String),
  since_release: Schema.NullOr(Schema.String),
  before_release: Schema.NullOr(Schema.String),
  software: Schema.NullOr(Schema.String),
  has_features: Schema.Boolean,
  invalid_json_ms: Schema.NullOr(Schema.Int)
})

const dueQuery = `
WITH ${newest}, behaviour AS (
  SELECT n.endpoint_id, arg_max({i: i.implementation, since: i.since_release, before: i.before_release, software: v.software}, v.visit_id) AS it
  FROM newest n
  JOIN visit v ON v.crawl_id = n.crawl_id AND v.endpoint_id = n.endpoint_id AND v.kind = 'regular'
  JOIN identification i ON i.visit_id = v.visit_id
  GROUP BY n.endpoint_id
), on_request AS (
  SELECT v.endpoint_id, max(epoch_ms(v.started_at)) AS at
  FROM visit v
  JOIN crawl run USING (crawl_id)
  WHERE v.kind = 'deep' AND run.network = $network AND (run.settings->>'$.choice') = 'invalid json'
  GROUP BY v.endpoint_id
)
SELECT e.host, e.port, e.transport, e.network_class, epoch_ms(n.due_at) AS due_ms, n.crawl_id,
  c.vantage_proxy AS through_proxy,
  h.it.i AS implementation, h.it.since AS since_release, h.it.before AS before_release, h.it.software AS software,
  EXISTS (
    FROM visit v JOIN observation q ON q.visit_id = v.visit_id
    WHERE v.crawl_id = n.crawl_id AND v.endpoint_id = n.endpoint_id AND v.kind = 'regular'
      AND q.method = 'server.features' AND q.outcome = 'ok'
  ) AS has_features,
  o.at AS invalid_json_ms
FROM newest n
JOIN endpoint e USING (endpoint_id)
JOIN crawl c ON c.crawl_id = n.crawl_id
LEFT JOIN behaviour h USING (endpoint_id)
LEFT JOIN on_request o USING (endpoint_id)
WHERE n.state = 'due'
ORDER BY n.due_at, n.sequence`

const isImplementation = (text: string | null): text is Implementation =>
  implementations.some((implementation) => implementation === text)

const readDue = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  { network, vantage }: ProbesOf
): Effect.fn.Return<ReadonlyArray<DueProbe>, StoreError> {
  const rows = yield* readRows(connection, DueRow, dueQuery, { network, vantage })
  return rows.map((row): DueProbe => ({
    endpoint: endpointOf(row),
    dueAt: row.due_ms,
    crawlId: row.crawl_id,
    throughProxy: row.through_proxy,
    invalidJsonAt: row.invalid_json_ms,
    behavesLike: isImplementation(row.implementation)
      ? {
        implementation: row.implementation,
        range: { since: row.since_release, before: row.before_release },
        software: row.software
      }
      : null,
    hasFeatures: row.has_features
  }))
})

const CandidateRow = Schema.Struct({
  ...endpointFields,
  answered_ms: Schema.NullOr(Schema.Int),
  done_ms: Schema.NullOr(Schema.Int),
  due_ms: Schema.NullOr(Schema.Int)
})

const readCandidates = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  crawlId: CrawlId,
  { network, vantage }: ProbesOf
): Effect.fn.Return<ReadonlyArray<DueCandidate>, StoreError> {
  const rows = yield* readRows(
    connection,
    CandidateRow,
    `WITH ${newest}, answered AS (
       SELECT endpoint_id, max(epoch_ms(started_at) + CAST(ceil(ended_ms) AS BIGINT)) AS answered_ms
       FROM visit
       WHERE crawl_id = $crawlId AND kind = 'regular' AND outcome = 'answered' AND chain_verdict = 'same'
       GROUP BY endpoint_id
     ), done AS (
       SELECT endpoint_id, max(epoch_ms(changed_at)) AS done_ms
       FROM probe_due
       WHERE network = $network AND vantage = $vantage AND kind = 'deep' AND state = 'done'
       GROUP BY endpoint_id
     )
     SELECT e.host, e.port, e.transport, e.network_class, a.answered_ms, d.done_ms,
       CASE WHEN n.state = 'due' THEN epoch_ms(n.due_at) END AS due_ms
     FROM (SELECT endpoint_id FROM answered UNION SELECT endpoint_id FROM newest) known
     JOIN endpoint e USING (endpoint_id)
     LEFT JOIN answered a USING (endpoint_id)
     LEFT JOIN done d USING (endpoint_id)
     LEFT JOIN newest n USING (endpoint_id)
     ORDER BY e.endpoint_key`,
    { crawlId, network, vantage }
  )
  return rows.map((row) => ({
    endpoint: endpointOf(row),
    answeredAt: row.answered_ms,
    doneAt: row.done_ms,
    dueAt: row.due_ms
  }))
})

export const makeDueRecords = (writer: Writer): DueRecords => ({
  due: Effect.fn("Store.dueProbes.due")((of) => writer.exclusively((c) => readDue(c, of))),
  candidates: Effect.fn("Store.dueProbes.candidates")((crawlId, of) =>
    writer.exclusively((c) => readCandidates(c, crawlId, of)))
})
