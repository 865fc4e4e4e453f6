import { Effect, Schema } from "effect"
import { Database } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import { type BehaviourVector, joinedTraits } from "./vector.ts"

/** All of a server in one row, its texts in one: a large crawl has half a million, and each takes a microsecond out of DuckDB. */
const TraitsRow = Schema.Struct({ server_id: Schema.Int, traits: Schema.String, told: Schema.String })
const ImplementationRow = Schema.Struct({ server_id: Schema.Int, implementation: Schema.NullOr(Schema.String) })

/** JSON of ours, written by the query. */
const pairsOf = ({ told, traits }: typeof TraitsRow.Type): ReadonlyArray<readonly [string, string]> => {
  const values = JSON.parse(told) as ReadonlyArray<string>
  return (JSON.parse(traits) as ReadonlyArray<string>).map((trait, i) => [trait, values[i]!])
}

/** Servers whose traits are read at a time: those of 10,000 take DuckDB more than half a gigabyte, which others need while it is read. */
const serversAtATime = 1_000

const everybody = { first: 0, last: 2 ** 31 - 1 }

/** Regular visits of confirmed servers of the crawl's chain. */
const visits = `
  WITH asked AS (
    SELECT se.server_id, v.visit_id
    FROM server s
    JOIN crawl c USING (crawl_id)
    JOIN server_endpoint se ON se.crawl_id = s.crawl_id AND se.server_id = s.server_id
    JOIN visit v ON v.crawl_id = s.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
    WHERE s.crawl_id = $crawl_id AND s.confirmed AND coalesce(s.chain, c.network) = c.network
      AND v.chain_verdict IS DISTINCT FROM 'other' AND s.server_id BETWEEN $first AND $last
  )`

/**
 * How the confirmed servers of a crawl behaved: what identification saw, what
 * they answered to each kind of question, to malformed ones, and their TLS;
 * ascending by server.
 */
export const readBehaviourVectors = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const of = { crawl_id: crawlId }
  const implementations = yield* database.rows(
    ImplementationRow,
    `${visits}
    SELECT a.server_id,
      CASE WHEN count(DISTINCT i.implementation) = 1 THEN min(i.implementation) END AS implementation
    FROM asked a LEFT JOIN identification i ON i.visit_id = a.visit_id
    GROUP BY a.server_id
    ORDER BY a.server_id`,
    { ...of, ...everybody }
  )
  const firsts = implementations.filter((_, i) => i % serversAtATime === 0).map((row) => row.server_id)
  const traits = yield* Effect.forEach(firsts, (first, i) => database.rows(
    TraitsRow,
    `${visits}, reading AS (
      SELECT DISTINCT a.server_id, i.readings
      FROM asked a JOIN identification i ON i.visit_id = a.visit_id
    ), told AS (
      SELECT server_id, unnest(from_json(readings, '[{"rule": "VARCHAR", "saw": "VARCHAR"}]')) AS reading FROM reading
    ), malformed AS (
      SELECT m.server_id, unnest(json_keys(m.answers)) AS probe, m.answers
      FROM server_malformed m
      WHERE m.crawl_id = $crawl_id AND m.server_id IN (SELECT server_id FROM asked)
    ), seen AS (
    SELECT DISTINCT server_id, 'shows: ' || reading.rule AS trait, reading.saw AS value
    FROM told WHERE reading.rule IS NOT NULL AND reading.saw IS NOT NULL
    UNION
    SELECT DISTINCT a.server_id, 'answers: ' || b.subject || coalesce(' ' || b.script_form, ''), b.response
    FROM asked a JOIN behaviour b ON b.visit_id = a.visit_id
    WHERE b.response IS NOT NULL AND b.response <> 'not asked'
    UNION
    SELECT DISTINCT server_id, 'malformed: ' || probe, answers ->> ('$."' || probe || '"')
    FROM malformed WHERE answers ->> ('$."' || probe || '"') IS NOT NULL
    UNION
    SELECT DISTINCT a.server_id, 'tls: ' || t.trait, t.value
    FROM asked a
    JOIN tls_session x ON x.visit_id = a.visit_id
    CROSS JOIN LATERAL (VALUES ('version', x.version), ('cipher', x.cipher), ('key exchange', x.key_exchange),
      ('alpn', x.alpn), ('session', CASE WHEN x.session_offered THEN 'offered' WHEN NOT x.session_offered THEN 'not offered' END)
    ) AS t(trait, value)
    WHERE t.value IS NOT NULL
    )
    SELECT server_id, CAST(to_json(list(trait ORDER BY trait, value)) AS VARCHAR) AS traits,
      CAST(to_json(list(value ORDER BY trait, value)) AS VARCHAR) AS told
    FROM seen GROUP BY server_id`,
    { ...of, first, last: i + 1 < firsts.length ? firsts[i + 1]! - 1 : everybody.last }
  ))
  const byServer = new Map(traits.flat().map((row) => [row.server_id, row]))
  return implementations.map((row): BehaviourVector => {
    const seen = byServer.get(row.server_id)
    return {
      serverId: row.server_id,
      implementation: row.implementation,
      traits: joinedTraits(seen === undefined ? [] : pairsOf(seen))
    }
  })
})
