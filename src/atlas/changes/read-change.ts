import { Effect, Schema } from "effect"
import { isServerAddress } from "../../domain/address.ts"
import { Database } from "../../store/database.ts"
import { Atlas } from "../atlas.ts"
import { AtlasError } from "../atlas-error.ts"
import type { CrawlRow } from "../shapes/crawl.ts"
import { changesBetween } from "./changes-between.ts"
import type { ComparedCrawl, ComparedServer } from "./crawl-change.ts"

const ShownRow = Schema.Struct({
  server_id: Schema.Int,
  host: Schema.String,
  endpoint_key: Schema.String,
  spki_sha256: Schema.NullOr(Schema.String),
  addresses: Schema.Array(Schema.String)
})

/**
 * A key that software or an image brings along is nobody's own. What a name had
 * behind a proxy counts where it was asked for after the crawl began and before the next one did.
 */
const shownSql = `
  WITH asked AS (
    SELECT h.host, h.addresses
    FROM (
      SELECT network, host, addresses, resolved_at FROM host_address
      UNION ALL SELECT network, host, addresses, resolved_at FROM earlier_host_address
    ) h
    JOIN crawl c ON c.crawl_id = $crawl_id AND c.network = h.network AND h.resolved_at >= c.started_at
    WHERE h.resolved_at < coalesce((SELECT min(n.started_at) FROM crawl n WHERE n.network = c.network AND n.kind = 'crawl' AND n.crawl_id > c.crawl_id), TIMESTAMP '9999-01-01')
    QUALIFY row_number() OVER (PARTITION BY h.host ORDER BY h.resolved_at) = 1
  )
  SELECT se.server_id, ce.host, ce.endpoint_key,
    CASE WHEN d.visit_id IS NULL THEN x.spki_sha256 END AS spki_sha256,
    list_sort(list_distinct(list_concat(
      list_concat(coalesce(v.addresses, []), CASE WHEN v.resolved_by = 'proxy' THEN coalesce(a.addresses, []) ELSE [] END),
      list_filter([v.address, CASE WHEN ce.network_class IN ('ipv4', 'ipv6') THEN ce.host END], lambda one: one IS NOT NULL)
    ))) AS addresses
  FROM server_endpoint se
  JOIN crawl_endpoint ce USING (crawl_id, endpoint_id)
  LEFT JOIN visit v ON v.visit_id = ce.visit_id
  LEFT JOIN tls_session t ON t.visit_id = ce.visit_id
  LEFT JOIN certificate x ON x.sha256 = t.certificate_sha256
  LEFT JOIN asked a ON a.host = ce.host
  LEFT JOIN (SELECT DISTINCT visit_id FROM default_value WHERE kind IN ('certificate', 'public key')) d ON d.visit_id = ce.visit_id
  WHERE se.crawl_id = $crawl_id
  ORDER BY se.server_id, ce.endpoint_key`

const SoftwareRow = Schema.Struct({ endpoint_key: Schema.String, at: Schema.Int, software: Schema.String })

/** Visits of a network within a time, of any crawl of the file. */
const softwareSql = `
  SELECT e.endpoint_key, epoch_ms(v.started_at) AS at, v.software
  FROM visit v
  JOIN crawl c ON c.crawl_id = v.crawl_id AND c.network = $network AND c.kind = 'crawl'
  JOIN endpoint e ON e.endpoint_id = v.endpoint_id
  WHERE v.kind = 'regular' AND v.software IS NOT NULL AND epoch_ms(v.started_at) BETWEEN $from AND $to
  ORDER BY v.started_at, e.endpoint_key`

/** When visits began, and as what the endpoint then called itself. */
interface SeenSoftware {
  readonly at: number
  readonly software: string
}

/** A crawl with all that is compared of it, and as what endpoints called themselves to its file in the time compared. */
export interface CrawlSide {
  readonly crawl: CrawlRow
  readonly servers: ReadonlyArray<ComparedServer>
  readonly software: ReadonlyMap<string, ReadonlyArray<SeenSoftware>>
}

const readServers = Effect.fnUntraced(function*({ crawlId, simulated }: CrawlRow) {
  const atlas = yield* Atlas
  const database = yield* Database
  const shown = Map.groupBy(yield* database.rows(ShownRow, shownSql, { crawl_id: crawlId }), ({ server_id }) => server_id)
  return (yield* atlas.servers(crawlId)).map((row): ComparedServer => {
    // A public atlas leaves hosts out: what was seen at those is not compared either.
    const its = (shown.get(row.serverId) ?? []).filter(({ host }) => row.hosts.includes(host))
    return {
      row,
      endpoints: its.map(({ endpoint_key }) => endpoint_key),
      keys: new Map(its.flatMap(({ endpoint_key, spki_sha256 }) => spki_sha256 === null ? [] : [[endpoint_key, spki_sha256] as const])),
      addresses: [...new Set(its.flatMap(({ addresses }) => addresses))].filter((address) => isServerAddress(address, simulated)).toSorted()
    }
  })
})

const readSoftware = Effect.fnUntraced(function*(network: string, from: number, to: number) {
  const database = yield* Database
  return Map.groupBy(yield* database.rows(SoftwareRow, softwareSql, { network, from, to }), ({ endpoint_key }) => endpoint_key)
})

/**
 * One side of a comparison, from the database that is provided.
 *
 * @param from, to milliseconds since 1970: which visits may say when something changed
 */
export const readSide = Effect.fn("readSide")(function*(crawl: CrawlRow, from: number, to: number) {
  const side: CrawlSide = { crawl, servers: yield* readServers(crawl), software: yield* readSoftware(crawl.network, from, to) }
  return side
})

const said = ({ counts, crawlId, startedAt, state, vantage, ways }: CrawlRow): ComparedCrawl =>
  ({ crawlId, startedAt, vantage, state, ways, answered: counts.serversReachable })

/** Between which two visits an endpoint began to call itself what it does at last. */
const lastChange = (seen: ReadonlyArray<SeenSoftware>) => {
  const sorted = seen.toSorted((a, b) => a.at - b.at)
  const until = sorted.findLastIndex(({ software }) => software !== sorted.at(-1)!.software)
  return until < 0 ? null : { notBefore: sorted[until]!.at, notAfter: sorted[until + 1]!.at }
}

/** What changed from one side to the other. Either may be of another file. */
export const changeOfSides = (before: CrawlSide, after: CrawlSide) => {
  const endpointsOf = new Map(after.servers.map(({ endpoints, row }) => [row.host, endpoints]))
  return changesBetween(said(before.crawl), said(after.crawl), before.servers, after.servers, (host) =>
    lastChange((endpointsOf.get(host) ?? []).flatMap((endpoint) => [...before.software.get(endpoint) ?? [], ...after.software.get(endpoint) ?? []])))
}

const startOf = ({ startedAt }: CrawlRow): number => Date.parse(startedAt)
const endOf = (crawl: CrawlRow): number => crawl.endedAt === null ? Number.MAX_SAFE_INTEGER : Date.parse(crawl.endedAt)

/** The time that two crawls span, milliseconds since 1970. */
export const spanOf = (before: CrawlRow, after: CrawlRow) => ({ from: startOf(before), to: Math.max(endOf(before), endOf(after)) })

/** The earlier one first. Fails with `not comparable` where they are of two networks, or one crawl. */
export const inOrder = (one: CrawlRow, other: CrawlRow, isOneFile: boolean): Effect.Effect<readonly [CrawlRow, CrawlRow], AtlasError> => {
  const isSame = isOneFile && one.crawlId === other.crawlId
  if (isSame || other.network !== one.network) {
    return Effect.fail(new AtlasError({
      reason: "not comparable",
      message: isSame
        ? `Crawl ${one.crawlId} cannot be compared with itself.`
        : `Crawl ${other.crawlId} is of ${other.network}, crawl ${one.crawlId} of ${one.network}.`
    }))
  }
  const isLater = startOf(one) > startOf(other) || (startOf(one) === startOf(other) && one.crawlId > other.crawlId)
  return Effect.succeed(isLater ? [other, one] : [one, other])
}

/** What changed between two crawls of one network and one file, the earlier one first whichever was named. Fails with `not comparable`. */
export const readChange = Effect.fn("readChange")(function*(crawl: CrawlRow, compareWith: number) {
  const atlas = yield* Atlas
  const [before, after] = yield* inOrder(crawl, yield* atlas.crawl(compareWith), true)
  const { from, to } = spanOf(before, after)
  // What the file knows of that time it knows of both.
  const earlier: CrawlSide = { crawl: before, servers: yield* readServers(before), software: new Map() }
  return changeOfSides(earlier, yield* readSide(after, from, to))
})
