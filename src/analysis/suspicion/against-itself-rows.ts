import { Schema } from "effect"
import { answered, wellFormed } from "./evidence-rows.ts"

/** What a server answers otherwise than it did itself; all take `$crawl_id`. */

export const Changing = Schema.Struct({
  server_id: Schema.Int,
  host: Schema.String,
  port: Schema.Int,
  visits: Schema.Int,
  software: Schema.Array(Schema.String),
  software_names: Schema.Int,
  handshakes: Schema.Int,
  certificates: Schema.Int
})
/** Over two days from the first visit of an endpoint: longer, and servers are updated and certificates renewed. */
export const selectChanging = `
  WITH ${wellFormed}, looked AS (
    SELECT server_id, visit_id FROM asked
    UNION
    SELECT server_id, visit_id FROM server_malformed WHERE crawl_id = $crawl_id
  ), seen AS (
    SELECT l.server_id, v.endpoint_id, e.host, e.port, left(v.software, 100) AS software, t.certificate_sha256,
      v.started_at - min(v.started_at) OVER (PARTITION BY l.server_id, v.endpoint_id) AS later
    FROM looked l
    JOIN visit v USING (visit_id)
    JOIN endpoint e USING (endpoint_id)
    LEFT JOIN tls_session t USING (visit_id)
    WHERE v.software IS NOT NULL
  )
  SELECT server_id, any_value(host) AS host, any_value(port) AS port, CAST(count(*) AS INTEGER) AS visits,
    list(DISTINCT software ORDER BY software)[1:5] AS software, CAST(count(DISTINCT software) AS INTEGER) AS software_names,
    CAST(count(certificate_sha256) AS INTEGER) AS handshakes, CAST(count(DISTINCT certificate_sha256) AS INTEGER) AS certificates
  FROM seen
  WHERE later <= INTERVAL 2 DAY
  GROUP BY server_id, endpoint_id
  HAVING count(DISTINCT software) > 1 OR count(DISTINCT certificate_sha256) > 1
  ORDER BY server_id, endpoint_id`

export const Unbalanced = Schema.Struct({ server_id: Schema.Int, visit_id: Schema.Int, script_form: Schema.String })
/** One transaction more, confirmed, after which the script has what it had before. Unconfirmed ones are in no balance. */
export const selectUnbalanced = `
  WITH ${answered}
  SELECT a.server_id, a.visit_id, h.script_form
  FROM answered a
  JOIN behaviour h ON h.visit_id = a.visit_id AND h.subject = 'history' AND h.response = 'ok'
  JOIN behaviour b ON b.visit_id = a.visit_id AND b.subject = 'balance' AND b.response = 'ok' AND b.script_form = h.script_form
  JOIN observation o ON o.visit_id = a.visit_id AND o.outcome = 'ok' AND o.probe = 'history#' || h.script_form
  WHERE TRY_CAST(h.detail->>'later' AS INTEGER) > 0
    AND (b.detail->>'expected') = (b.detail->>'shown')
    AND length(o.value) <= 200000
    AND len(list_filter(TRY_CAST(o.value AS JSON[]), lambda entry: TRY_CAST(entry->>'height' AS BIGINT) > 0)) = 1 + CAST(h.detail->>'shown' AS INTEGER)
  ORDER BY a.server_id, a.visit_id, h.script_form`
