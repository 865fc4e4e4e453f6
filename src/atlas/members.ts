/**
 * Endpoints by server, as a CTE. A crawl joins its servers when it ends; until
 * then the endpoints of one host stand for a server, so that it can be followed
 * while it runs. Takes parameter `$crawl_id`.
 */
export const memberSql = `member AS (
    SELECT server_id, endpoint_id, evidence FROM server_endpoint WHERE crawl_id = $crawl_id
    UNION ALL
    SELECT min(endpoint_id) OVER (PARTITION BY host), endpoint_id, 'same host'
    FROM crawl_endpoint
    WHERE crawl_id = $crawl_id AND NOT EXISTS (SELECT 1 FROM server WHERE crawl_id = $crawl_id)
  )`
