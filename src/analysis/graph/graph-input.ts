import { Effect, Schema } from "effect"
import { addressBlock } from "../../domain/address.ts"
import { Database } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import type { Lister, NamedKind } from "./sole-listers.ts"

const ListerRow = Schema.Struct({
  server_id: Schema.Int,
  implementation: Schema.NullOr(Schema.String),
  unseen_mass: Schema.NullOr(Schema.Finite)
})

/** An estimate of nearly nothing seen is an estimate from few answers. */
const leastCoverage = 0.05

const median = (values: ReadonlyArray<number>): number | undefined =>
  values.length === 0 ? undefined : values.toSorted((a, b) => a - b)[values.length >> 1]

/**
 * Servers that showed a peer list. Where one answer does not tell how much of
 * the list it was, the median of the same implementation stands for it.
 */
export const readListers = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const rows = yield* database.rows(
    ListerRow,
    `SELECT se.server_id, min(i.implementation) AS implementation, min(p.unseen_mass) AS unseen_mass
    FROM server_endpoint se
    JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
    JOIN peers_reply p ON p.visit_id = v.visit_id
    LEFT JOIN identification i ON i.visit_id = v.visit_id
    WHERE se.crawl_id = $crawl_id
    GROUP BY se.server_id
    ORDER BY se.server_id`,
    { crawl_id: crawlId }
  )
  const known = Map.groupBy(rows.filter((row) => row.unseen_mass !== null), (row) => row.implementation)
  const typical = new Map([...known].map(([name, same]) => [name, median(same.map((row) => row.unseen_mass!))]))
  return rows.map((row): Lister => ({
    serverId: row.server_id,
    manner: row.implementation === "ElectrumX" ? "two of a block" : "all",
    coverage: Math.max(leastCoverage, 1 - (row.unseen_mass ?? typical.get(row.implementation) ?? 0))
  }))
})

const HostRow = Schema.Struct({ server_id: Schema.Int, network_class: Schema.String, address: Schema.NullOr(Schema.String) })

/**
 * What decides how often lists name each server: whether it is an onion only,
 * and how many of the named have an address in its block.
 *
 * @param named servers that peer lists name
 */
export const readNamedKinds = Effect.fnUntraced(function*(crawlId: CrawlId, named: ReadonlySet<number>) {
  const database = yield* Database
  const rows = yield* database.rows(
    HostRow,
    `SELECT DISTINCT se.server_id, e.network_class,
      coalesce(v.address, CASE WHEN e.network_class IN ('ipv4', 'ipv6') THEN e.host END, h.addresses[1]) AS address
    FROM server_endpoint se
    JOIN crawl c USING (crawl_id)
    JOIN endpoint e USING (endpoint_id)
    LEFT JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
    LEFT JOIN host_address h ON h.network = c.network AND h.host = e.host
    WHERE se.crawl_id = $crawl_id
    ORDER BY ALL`,
    { crawl_id: crawlId }
  )
  const clearnet = new Set<number>()
  const blocks = new Map<number, string>()
  for (const row of rows) {
    if (!named.has(row.server_id)) continue
    if (row.network_class !== "onion") clearnet.add(row.server_id)
    const block = row.address === null || blocks.has(row.server_id) ? undefined : addressBlock(row.address, 16, 56)
    if (block !== undefined) blocks.set(row.server_id, block)
  }
  const sizes = new Map<string, number>()
  for (const block of blocks.values()) sizes.set(block, (sizes.get(block) ?? 0) + 1)
  return (serverId: number): NamedKind => ({
    onion: !clearnet.has(serverId),
    neighbours: sizes.get(blocks.get(serverId) ?? "") ?? 1
  })
})

const NamedRow = Schema.Struct({ server_id: Schema.Int })

/** Servers that a source other than a server names: lists, seeds, people. */
export const readNamedBySources = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const rows = yield* database.rows(
    NamedRow,
    `SELECT DISTINCT se.server_id
    FROM advertised a
    JOIN source s ON s.source_id = a.source_id AND s.kind NOT IN ('server', 'features')
    JOIN advertisement_endpoint ae ON ae.advertisement_id = a.advertisement_id
    JOIN server_endpoint se ON se.crawl_id = a.crawl_id AND se.endpoint_id = ae.endpoint_id
    WHERE a.crawl_id = $crawl_id
    ORDER BY se.server_id`,
    { crawl_id: crawlId }
  )
  return rows.map((row) => row.server_id)
})
