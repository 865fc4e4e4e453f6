import { Effect, Schema } from "effect"
import { Database } from "../store/database.ts"
import type { CrawlId } from "../store/facts.ts"

/**
 * Common table expressions that end in `strange` (`server_id`, `endpoint_id`,
 * `visit_id`): later visits to a name of a server with several, at which another
 * server answered. Takes `$crawl_id`.
 *
 * Whoever holds a name can have it lead to a stranger's server while a crawl joins
 * names, and to a server of his own while probes look: what they see then is none
 * of the stranger's. So a later visit to one of several names counts only where it
 * shows a certificate, or was made to an address, that the crawl saw the server with.
 * An onion is a key and leads nowhere else; of whom neither is known nothing is held
 * apart, since without an address only certificates, or an onion, join names.
 */
export const strange = `
  several AS (
    SELECT se.server_id FROM server_endpoint se JOIN endpoint e USING (endpoint_id)
    WHERE se.crawl_id = $crawl_id GROUP BY se.server_id HAVING count(DISTINCT e.host) > 1
  ), member AS (
    SELECT se.server_id, se.endpoint_id, e.host
    FROM server_endpoint se SEMI JOIN several USING (server_id) JOIN endpoint e USING (endpoint_id)
    WHERE se.crawl_id = $crawl_id
  ), seen_with AS (
    SELECT m.server_id, v.address, t.certificate_sha256
    FROM member m
    JOIN visit v ON v.crawl_id = $crawl_id AND v.endpoint_id = m.endpoint_id AND v.kind = 'regular'
    LEFT JOIN tls_session t USING (visit_id)
    WHERE v.software IS NOT NULL
  ), strange AS (
    SELECT m.server_id, m.endpoint_id, v.visit_id
    FROM member m
    JOIN visit v ON v.endpoint_id = m.endpoint_id AND v.crawl_id <> $crawl_id
    LEFT JOIN tls_session t USING (visit_id)
    ANTI JOIN seen_with a ON a.server_id = m.server_id AND a.address = v.address
    ANTI JOIN seen_with c ON c.server_id = m.server_id AND c.certificate_sha256 = t.certificate_sha256
    WHERE v.software IS NOT NULL AND m.host NOT LIKE '%.onion'
      AND (v.address IS NOT NULL OR t.certificate_sha256 IS NOT NULL)
  )`

const StrangeRow = Schema.Struct({ server_id: Schema.Int, visit_id: Schema.Int })

/** All that is in `strange`, as `$strange` of `knownStrange`. */
export const readStrange = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const rows = yield* database.rows(StrangeRow, `WITH ${strange} SELECT server_id, visit_id FROM strange ORDER BY ALL`, { crawl_id: crawlId })
  return JSON.stringify(rows)
})

/** `strange` (`server_id`, `visit_id`) as it was read before: most of the time of a query of a small crawl is planning, a third of it for the joins above. */
export const knownStrange = `
  strange AS (
    SELECT unnest(from_json($strange, '[{"server_id": "INTEGER", "visit_id": "INTEGER"}]'), recursive := true)
  )`
