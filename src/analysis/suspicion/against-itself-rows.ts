import { Schema } from "effect"
import { knownStrange } from "../strange-visits.ts"
import { answered, wellFormed } from "./evidence-rows.ts"

/** What a server answers otherwise than it did itself; all take `$crawl_id`, and those with `knownStrange` what it takes. */

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
    SELECT server_id, visit_id FROM server_malformed ANTI JOIN strange USING (server_id, visit_id) WHERE crawl_id = $crawl_id
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

export const OwnPorts = Schema.Struct({
  server_id: Schema.Int,
  host: Schema.String,
  transport: Schema.String,
  ports: Schema.Array(Schema.Int)
})
/** Ports at which a server lists itself in some rounds and in others not, and at which nobody answered. */
export const selectOwnPorts = `
  WITH own AS (
    SELECT DISTINCT se.server_id, e.host FROM server_endpoint se JOIN endpoint e USING (endpoint_id) WHERE se.crawl_id = $crawl_id
  ), listed AS (
    SELECT se.server_id, a.host, unnest([{transport: 'tcp', port: a.tcp_port}, {transport: 'tls', port: a.tls_port}]) AS at
    FROM advertised ad
    JOIN source s ON s.source_id = ad.source_id AND s.kind = 'server'
    JOIN server_endpoint se ON se.crawl_id = ad.crawl_id AND se.endpoint_id = s.endpoint_id
    JOIN advertisement a ON a.advertisement_id = ad.advertisement_id
    JOIN own ON own.server_id = se.server_id AND own.host = a.host
    WHERE ad.crawl_id = $crawl_id AND ad.times_seen < ad.times_asked
  )
  SELECT l.server_id, l.host, l.at.transport AS transport, list(DISTINCT l.at.port ORDER BY l.at.port)[1:20] AS ports
  FROM listed l
  LEFT JOIN crawl_endpoint c ON c.crawl_id = $crawl_id AND c.host = l.host AND c.port = l.at.port AND c.transport = l.at.transport
  WHERE l.at.port IS NOT NULL AND c.reachable IS DISTINCT FROM true
  GROUP BY ALL
  ORDER BY l.server_id, l.host, l.at.transport`

/** vB of the mempool whose fee histogram this text is; null where it is none, or longer than any. */
const sizeOf = (histogram: string): string => `CASE WHEN trim(${histogram}) = '[]' THEN 0.0
      WHEN length(${histogram}) <= 200000 THEN list_sum(list_transform(TRY_CAST(${histogram} AS JSON[]), lambda bin: TRY_CAST(bin->>1 AS DOUBLE)))
    END`

export const Mempools = Schema.Struct({
  server_id: Schema.Int,
  host: Schema.String,
  port: Schema.Int,
  looks: Schema.Int,
  empty: Schema.Int,
  switches: Schema.Int,
  returns: Schema.Int
})
/**
 * How often an endpoint went between no mempool at all and more than a block can
 * take, from one connection to the next within ten minutes. What lies between
 * says nothing: a block may have emptied it. But at one tip nothing does, so a
 * mempool that is gone and there again at the same tip, with the very same bytes
 * or no smaller (of 100 kvB at least), is counted as well: `returns`. A server
 * whose histogram is older than its tip shows another one afterwards.
 */
export const selectMempools = `
  WITH ${wellFormed}, look AS (
    SELECT DISTINCT a.server_id, v.endpoint_id, v.visit_id, v.started_at, o.value AS text, tip.value AS tip,
      ${sizeOf("o.value")} AS size
    FROM asked a
    JOIN visit v USING (visit_id)
    JOIN observation o ON o.visit_id = v.visit_id AND o.outcome = 'ok' AND o.probe = 'fee histogram'
    LEFT JOIN observation tip ON tip.visit_id = v.visit_id AND tip.outcome = 'ok' AND tip.probe = 'tip'
  ), told AS (
    SELECT *, size > 0 AS is_full,
      lag(size > 0) OVER of_endpoint AS earlier, started_at - lag(started_at) OVER of_endpoint AS apart
    FROM look
    WHERE size = 0 OR size >= 1000000
    WINDOW of_endpoint AS (PARTITION BY server_id, endpoint_id ORDER BY started_at, visit_id)
  ), switched AS (
    SELECT server_id, endpoint_id, count(*) AS looks, count(*) FILTER (NOT is_full) AS empty,
      count(*) FILTER (is_full <> earlier AND apart <= INTERVAL 10 MINUTE) AS switches
    FROM told GROUP BY server_id, endpoint_id
  ), gone AS (
    -- The mempool seen last before each connection at the same tip, and the one seen next.
    SELECT *,
      last_value(CASE WHEN size > 0 THEN {size: size, text: text, seen_at: started_at} END IGNORE NULLS) OVER before AS was,
      first_value(CASE WHEN size > 0 THEN {size: size, text: text, seen_at: started_at} END IGNORE NULLS) OVER after AS is_again
    FROM look WHERE tip IS NOT NULL AND size IS NOT NULL
    WINDOW before AS (PARTITION BY server_id, endpoint_id, tip ORDER BY started_at, visit_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
      after AS (PARTITION BY server_id, endpoint_id, tip ORDER BY started_at, visit_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
  ), returned AS (
    SELECT server_id, endpoint_id, count(DISTINCT was.seen_at) AS returns
    FROM gone
    WHERE size = 0 AND is_again.seen_at - was.seen_at <= INTERVAL 10 MINUTE
      AND (is_again.text = was.text OR (was.size >= 100000 AND is_again.size >= was.size))
    GROUP BY server_id, endpoint_id
  ), at_all AS (
    SELECT server_id, endpoint_id, count(*) AS looks, count(*) FILTER (size = 0) AS empty FROM look WHERE size IS NOT NULL GROUP BY ALL
  )
  SELECT l.server_id, e.host, e.port,
    CAST(CASE WHEN r.returns > 0 THEN l.looks ELSE coalesce(s.looks, 0) END AS INTEGER) AS looks,
    CAST(CASE WHEN r.returns > 0 THEN l.empty ELSE coalesce(s.empty, 0) END AS INTEGER) AS empty,
    CAST(coalesce(s.switches, 0) AS INTEGER) AS switches, CAST(coalesce(r.returns, 0) AS INTEGER) AS returns
  FROM at_all l
  JOIN endpoint e USING (endpoint_id)
  LEFT JOIN switched s USING (server_id, endpoint_id)
  LEFT JOIN returned r USING (server_id, endpoint_id)
  WHERE s.looks IS NOT NULL OR r.returns > 0
  ORDER BY l.server_id, l.endpoint_id`

export const Trickle = Schema.Struct({
  server_id: Schema.Int,
  visit_id: Schema.Int,
  replies: Schema.Int,
  bytes: Schema.Int,
  fewest: Schema.Int,
  most: Schema.Int,
  quickest_ms: Schema.Finite,
  slowest_ms: Schema.Finite
})
/** Of the replies to one packet, how long each took behind the one before, by its bytes. Replies that came together say nothing. */
export const selectTrickles = `
  WITH ${wellFormed}, arrived AS (
    SELECT a.server_id, a.visit_id, o.reply_bytes AS bytes,
      o.sent_ms + o.latency_ms - coalesce(lag(o.sent_ms + o.latency_ms) OVER (PARTITION BY a.visit_id, o.sent_ms ORDER BY o.latency_ms, o.probe), o.sent_ms) AS took
    FROM asked a JOIN observation o USING (visit_id)
    WHERE o.outcome IN ('ok', 'error') AND o.latency_ms IS NOT NULL AND o.reply_bytes >= 30
  )
  SELECT server_id, visit_id, CAST(count(*) AS INTEGER) AS replies, CAST(sum(bytes) AS INTEGER) AS bytes,
    CAST(min(bytes) AS INTEGER) AS fewest, CAST(max(bytes) AS INTEGER) AS most, min(took / bytes) AS quickest_ms, max(took / bytes) AS slowest_ms
  FROM arrived
  GROUP BY server_id, visit_id
  HAVING min(took / bytes) >= 1
  ORDER BY server_id, visit_id`

export const Absence = Schema.Struct({
  server_id: Schema.Int,
  snapshots: Schema.Int,
  absent: Schema.Int,
  present: Schema.Int
})
/**
 * Snapshots at which at least ten others nearly all had a mempool, half of them
 * one of more than half a block: at how many of these a server had none at all,
 * and at how many one like theirs. Others only say that it was no quiet hour.
 */
export const selectAbsences = `
  WITH ${knownStrange}, size AS (
    SELECT r.snapshot_id, r.server_id,
      max(${sizeOf("r.histogram_text")}) AS size
    FROM snapshot_reading r JOIN snapshot s USING (snapshot_id) ANTI JOIN strange x ON x.server_id = r.server_id AND x.visit_id = r.visit_id
    WHERE s.servers_of = $crawl_id AND s.state = 'kept' AND r.state = 'compared' AND r.tip_hash = s.tip_hash
      AND r.histogram_text IS NOT NULL
    GROUP BY r.snapshot_id, r.server_id
  ), hour AS (
    SELECT snapshot_id, median(size) AS usual
    FROM size
    WHERE size IS NOT NULL
    GROUP BY snapshot_id
    HAVING count(*) > 10 AND median(size) >= 500000 AND count(*) FILTER (size > 0) >= 0.8 * count(*)
  )
  SELECT server_id, CAST(count(*) AS INTEGER) AS snapshots,
    CAST(count(*) FILTER (size = 0) AS INTEGER) AS absent, CAST(count(*) FILTER (size >= 0.5 * usual) AS INTEGER) AS present
  FROM size JOIN hour USING (snapshot_id)
  WHERE size IS NOT NULL
  GROUP BY server_id
  ORDER BY server_id`
