import { Effect, Schema } from "effect"
import { Database } from "../store/database.ts"
import type { CrawlId } from "../store/facts.ts"
import type { Announcement } from "./graph/announcement-graph.ts"
import { AnalysisError } from "./analysis-error.ts"
import type { KnownGroup } from "./clusters/stable-ids.ts"
import type { EarlierGroups } from "./operator-rows.ts"
import type { PresentedKey } from "./shared-keys.ts"

/** Which crawl to analyse: one by number, or the newest finished one of a network (else its newest). */
export type AnalysisTarget = { readonly crawlId: CrawlId } | { readonly network: string }

const CrawlRow = Schema.Struct({
  crawl_id: Schema.Int,
  network: Schema.String,
  simulated: Schema.Boolean,
  state: Schema.String,
  servers: Schema.Int
})
export type AnalysedCrawl = typeof CrawlRow.Type

const selectCrawl = `
  SELECT c.crawl_id, c.network, c.simulated, c.state,
    (SELECT count(*) FROM server s WHERE s.crawl_id = c.crawl_id) AS servers
  FROM crawl c`

/** The crawl to analyse. Fails with reason `no crawl` or `crawl not ended`. */
export const findCrawl = Effect.fnUntraced(function*(target: AnalysisTarget) {
  const database = yield* Database
  const [crawl] = yield* "crawlId" in target
    ? database.rows(CrawlRow, `${selectCrawl} WHERE c.crawl_id = $crawl_id`, { crawl_id: target.crawlId })
    : database.rows(CrawlRow, `${selectCrawl} JOIN default_crawl d USING (crawl_id) WHERE d.network = $network`, {
      network: target.network
    })
  if (crawl === undefined) {
    return yield* new AnalysisError({
      reason: "no crawl",
      message: "crawlId" in target
        ? `There is no crawl ${target.crawlId} in the database.`
        : `There is no crawl of the network ${target.network} in the database.`
    })
  }
  if (crawl.state === "running") {
    return yield* new AnalysisError({
      reason: "crawl not ended",
      message: `Crawl ${crawl.crawl_id} has not ended; finish it with --resume first.`
    })
  }
  return crawl
})

/** More announcements than any honest network makes; beyond it the graph is not looked at. */
export const maxAnnouncements = 2_000_000

/** As view `peer_edge` has it, without the names of hosts: by endpoints first, since each may have been read more than once. */
const selectAnnouncements = `
  WITH edge AS (
    SELECT s.endpoint_id AS from_id, ae.endpoint_id AS to_id, max(a.times_seen) AS seen, max(a.times_asked) AS asked
    FROM advertised a
    JOIN source s ON s.source_id = a.source_id AND s.kind = 'server'
    JOIN advertisement_endpoint ae ON ae.advertisement_id = a.advertisement_id
    WHERE a.crawl_id = $crawl_id
    GROUP BY s.endpoint_id, ae.endpoint_id
  ), member AS (
    SELECT server_id, endpoint_id FROM server_endpoint WHERE crawl_id = $crawl_id
  )
  SELECT f.server_id, t.server_id, max(least(1.0, e.seen / e.asked))::DOUBLE AS weight
  FROM edge e
  JOIN member f ON f.endpoint_id = e.from_id
  JOIN member t ON t.endpoint_id = e.to_id
  WHERE e.asked > 0 AND e.seen > 0 AND f.server_id <> t.server_id
  GROUP BY f.server_id, t.server_id
  ORDER BY f.server_id, t.server_id
  LIMIT ${maxAnnouncements + 1}`

/** Who announces whom, by servers, as `orderedAnnouncements` gives them; undefined when there are more than 2,000,000. */
export const readAnnouncements = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const [from, to, weight] = yield* database.numbers(selectAnnouncements, { crawl_id: crawlId })
  if (from!.length > maxAnnouncements) return undefined
  return Array.from(from!, (server, i): Announcement => ({ from: server, to: to![i]!, weight: weight![i]! }))
})

const KeyRow = Schema.Struct({
  server_id: Schema.Int,
  spki_sha256: Schema.String,
  key_type: Schema.String,
  certificate_sha256: Schema.String
})

/**
 * The keys that confirmed servers of the crawl's chain presented. Of hosts that
 * never spoke Electrum's protocol nobody says that they are somebody's server.
 */
export const readPresentedKeys = Effect.fnUntraced(function*(crawl: AnalysedCrawl) {
  const database = yield* Database
  const rows = yield* database.rows(
    KeyRow,
    `SELECT DISTINCT s.server_id, x.spki_sha256, x.key_type, x.sha256 AS certificate_sha256
    FROM server s
    JOIN server_endpoint se ON se.crawl_id = s.crawl_id AND se.server_id = s.server_id
    JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
    JOIN tls_session t ON t.visit_id = v.visit_id
    JOIN certificate x ON x.sha256 = t.certificate_sha256
    WHERE s.crawl_id = $crawl_id AND s.confirmed AND coalesce(s.chain, $network) = $network
      AND v.chain_verdict IS DISTINCT FROM 'other'`,
    { crawl_id: crawl.crawl_id, network: crawl.network }
  )
  return rows.map((row): PresentedKey => ({
    serverId: row.server_id,
    spkiSha256: row.spki_sha256,
    keyType: row.key_type,
    certificateSha256: row.certificate_sha256
  }))
})

const EndpointRow = Schema.Struct({ server_id: Schema.Int, endpoint_id: Schema.Int })

/** The endpoints of each server of a crawl. */
const readServerEndpoints = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const rows = yield* database.rows(
    EndpointRow,
    "SELECT server_id, endpoint_id FROM server_endpoint WHERE crawl_id = $crawl_id ORDER BY ALL",
    { crawl_id: crawlId }
  )
  return new Map(
    [...Map.groupBy(rows, (row) => row.server_id)].map(([server, some]) => [server, some.map((row) => row.endpoint_id)])
  )
})

const GroupRow = Schema.Struct({ crawl_id: Schema.Int, cluster_id: Schema.Int, kind: Schema.String, endpoint_id: Schema.Int })

/** Analysed crawls that are looked at: a group of which a server was away for a while is not another one for that. */
const remembered = 10

/** Groups of all kinds that analyses of a crawl and of those before it wrote, by crawl, the newest first. */
const readGroups = Effect.fnUntraced(function*(crawlId: CrawlId, network: string) {
  const database = yield* Database
  const rows = yield* database.rows(
    GroupRow,
    `WITH before AS (
      SELECT DISTINCT crawl_id FROM cluster JOIN crawl USING (crawl_id) WHERE network = $network AND crawl_id <= $crawl_id
      ORDER BY crawl_id DESC LIMIT $remembered
    )
    SELECT k.crawl_id, k.cluster_id, k.kind, se.endpoint_id
    FROM cluster k
    JOIN before USING (crawl_id)
    JOIN cluster_member m ON m.crawl_id = k.crawl_id AND m.cluster_id = k.cluster_id
    JOIN server_endpoint se ON se.crawl_id = m.crawl_id AND se.server_id = m.server_id
    ORDER BY k.crawl_id DESC, k.cluster_id, k.kind, se.endpoint_id`,
    { crawl_id: crawlId, network, remembered }
  )
  return [...Map.groupBy(rows, (row) => row.crawl_id).values()].map((ofCrawl) =>
    [...Map.groupBy(ofCrawl, (row) => row.cluster_id)].map(([id, some]): KnownGroup => ({
      id,
      kind: some[0]!.kind,
      endpointIds: new Set(some.map((row) => row.endpoint_id))
    })))
})

const NumberRow = Schema.Struct({ highest: Schema.NullOr(Schema.Int) })

/** What the numbers of a crawl's groups are kept from: its own earlier analysis, and crawls analysed before it. */
export const readEarlierGroups = Effect.fnUntraced(function*({ crawl_id, network }: AnalysedCrawl) {
  const database = yield* Database
  const [row] = yield* database.rows(
    NumberRow,
    "SELECT max(cluster_id) AS highest FROM cluster JOIN crawl USING (crawl_id) WHERE network = $network",
    { network }
  )
  const earlier: EarlierGroups = {
    known: yield* readGroups(crawl_id, network),
    nextId: (row?.highest ?? 0) + 1,
    endpointsOf: yield* readServerEndpoints(crawl_id)
  }
  return earlier
})
