import { Effect, Schema } from "effect"
import { Database } from "../store/database.ts"
import { memberSql } from "./members.ts"
import type { GraphEdges } from "./shapes/graph-bytes.ts"

/** Who names whom in one crawl, with the counts of each server. Server i of all arrays is `servers[i]`. Level: server. */
export interface Announcements {
  /** Every server of the crawl, ascending. */
  readonly servers: ReadonlyArray<number>
  /** Place of each server in `servers`. */
  readonly places: ReadonlyMap<number, number>
  readonly edges: GraphEdges
  /** Servers that name it. */
  readonly namedBy: Uint32Array
  /** Servers that it names. */
  readonly names: Uint32Array
  /** Servers that it names and that name it. */
  readonly mutual: Uint32Array
  /** Pairs that name each other, each counted once. */
  readonly mutualPairs: number
}

const ServersRow = Schema.Struct({ servers: Schema.NullOr(Schema.Array(Schema.Int)) })

const serversSql = `
  WITH ${memberSql}
  SELECT list(DISTINCT server_id ORDER BY server_id) AS servers FROM member`

/**
 * One row a naming server, its list as numbers `256 * named server + share`: one
 * list of plain numbers costs a fifth of a million rows, and sorting it here a
 * tenth of DuckDB's memory for sorting it there.
 */
const NamerRow = Schema.Struct({ namer: Schema.Int, named: Schema.Array(Schema.Finite) })

const edgesSql = `
  WITH ${memberSql}, edge AS (
    SELECT f.server_id AS namer, t.server_id AS target, max(least(1.0, a.times_seen / a.times_asked)) AS share
    FROM advertised a
    JOIN source s ON s.source_id = a.source_id AND s.kind = 'server'
    JOIN member f ON f.endpoint_id = s.endpoint_id
    JOIN advertisement_endpoint ae ON ae.advertisement_id = a.advertisement_id
    JOIN member t ON t.endpoint_id = ae.endpoint_id
    WHERE a.crawl_id = $crawl_id AND a.times_seen > 0 AND a.times_asked > 0 AND f.server_id <> t.server_id
    GROUP BY f.server_id, t.server_id
  )
  SELECT namer, list(256::DOUBLE * target + greatest(1, round(255 * share))) AS named FROM edge GROUP BY namer`

/** Whether ascending places from `low` to below `high` hold one. */
const holds = (sorted: Uint32Array, low: number, high: number, wanted: number): boolean => {
  while (low < high) {
    const middle = (low + high) >> 1
    const value = sorted[middle]!
    if (value === wanted) return true
    if (value < wanted) low = middle + 1
    else high = middle
  }
  return false
}

/** Builds the compressed matrix of announcements; rows and their lists in any order. */
export const announcementsOf = (
  servers: ReadonlyArray<number>,
  rows: ReadonlyArray<typeof NamerRow.Type>
): Announcements => {
  const places = new Map(servers.map((server, place) => [server, place]))
  const size = rows.reduce((sum, { named }) => sum + named.length, 0)
  const offsets = new Uint32Array(servers.length + 1)
  const targets = new Uint32Array(size)
  const shares = new Uint8Array(size)
  const names = new Uint32Array(servers.length)
  const namedBy = new Uint32Array(servers.length)
  for (const row of rows) names[places.get(row.namer)!] = row.named.length
  for (let i = 0; i < servers.length; i++) offsets[i + 1] = offsets[i]! + names[i]!
  for (const row of rows) {
    const from = offsets[places.get(row.namer)!]!
    Float64Array.from(row.named).sort().forEach((both, k) => {
      const place = places.get(Math.floor(both / 256))!
      targets[from + k] = place
      shares[from + k] = both % 256
      namedBy[place]! += 1
    })
  }
  const mutualFlags = new Uint8Array(size)
  const mutual = new Uint32Array(servers.length)
  let mutualPairs = 0
  for (let i = 0; i < servers.length; i++) {
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) {
      const j = targets[k]!
      if (!holds(targets, offsets[j]!, offsets[j + 1]!, i)) continue
      mutualFlags[k] = 1
      mutual[i]! += 1
      if (i < j) mutualPairs++
    }
  }
  return { servers, places, edges: { offsets, targets, shares, mutual: mutualFlags }, namedBy, names, mutual, mutualPairs }
}

/** The announcements of a crawl between its servers. */
export const readAnnouncements = Effect.fnUntraced(function*(crawlId: number) {
  const database = yield* Database
  const [all] = yield* database.rows(ServersRow, serversSql, { crawl_id: crawlId })
  const rows = yield* database.rows(NamerRow, edgesSql, { crawl_id: crawlId })
  return announcementsOf(all?.servers ?? [], rows)
})
