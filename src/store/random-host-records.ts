import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import type { AddressFact } from "../domain/address-fact.ts"
import type { CrawlId } from "./facts.ts"
import { readRows } from "./read-rows.ts"
import { sound, soundOrNull } from "./sound-text.ts"
import type { StoreError } from "./store-error.ts"
import { together } from "./together.ts"
import type { Writer } from "./writer.ts"

/** An announced prefix in which a server of a crawl stands. */
export interface ServerBlock {
  readonly serverId: number
  readonly address: string
  /** As the best source states it: CIDR, or first-last. */
  readonly block: string
  readonly asn: number | null
  readonly org: string | null
}

/** A host that was drawn. */
export interface DrawnHost {
  readonly address: string
  readonly block: string
  readonly asn: number | null
  readonly org: string | null
}

/** Random hosts that a crawl's servers are compared with: table `random_host`. */
export interface RandomHostRecords {
  /** Where the servers of a crawl stand, by what was looked up about their addresses. */
  readonly blocks: (crawlId: CrawlId) => Effect.Effect<ReadonlyArray<ServerBlock>, StoreError>
  /** Forgets the sample of a crawl. */
  readonly clear: (crawlId: CrawlId) => Effect.Effect<void, StoreError>
  /** Adds to it; each fact is what reverse DNS said of one of the hosts. */
  readonly save: (crawlId: CrawlId, randomSeed: number, hosts: ReadonlyMap<string, DrawnHost>, facts: ReadonlyArray<AddressFact>) => Effect.Effect<void, StoreError>
}

const BlockRow = Schema.Struct({
  server_id: Schema.Int,
  address: Schema.String,
  block: Schema.String,
  asn: Schema.NullOr(Schema.Int),
  org: Schema.NullOr(Schema.String)
})

// Through a proxy nobody knows which address of a name was dialled: all of them count.
const blocksSql = `
WITH placed AS (
  SELECT DISTINCT se.server_id, unnest(CASE
    WHEN p.address IS NOT NULL THEN [p.address]
    ELSE coalesce((SELECT any_value(h.addresses) FROM host_address h WHERE h.network = ce.network AND h.host = ce.host), [])
  END) AS address, ce.network
  FROM server_endpoint se
  JOIN crawl_endpoint ce ON ce.crawl_id = se.crawl_id AND ce.endpoint_id = se.endpoint_id
  JOIN endpoint_place p ON p.crawl_id = se.crawl_id AND p.endpoint_id = se.endpoint_id
  WHERE se.crawl_id = $crawlId
), best AS (
  SELECT network, address, arg_min(block, (source_rank, source_kind, source)) AS block
  FROM enrichment WHERE fact = 'asn' AND block IS NOT NULL AND len(answers) > 0 GROUP BY network, address
)
SELECT p.server_id, p.address, b.block, f.asn, f.org
FROM placed p
JOIN best b ON b.network = p.network AND b.address = p.address
JOIN address_facts f ON f.network = p.network AND f.address = p.address
ORDER BY p.server_id, p.address`

const readBlocks = (connection: DuckDBConnection, crawlId: CrawlId): Effect.Effect<ReadonlyArray<ServerBlock>, StoreError> =>
  Effect.map(readRows(connection, BlockRow, blocksSql, { crawlId }), (rows) =>
    rows.map(({ server_id, ...row }) => ({ serverId: server_id, ...row })))

const saveHosts = (writer: Writer, crawlId: CrawlId, randomSeed: number, hosts: ReadonlyMap<string, DrawnHost>, facts: ReadonlyArray<AddressFact>) => {
  const rows = facts.map(({ address, answers, detail, lookedUpAt, reason }) => ({
    ...hosts.get(address)!,
    names: answers.map(sound),
    reason,
    detail: soundOrNull(detail),
    looked_up_ms: lookedUpAt
  }))
  return together(writer, [[
    `INSERT INTO random_host BY NAME
     SELECT $crawlId AS crawl_id, address, block, asn, org, names, reason, detail, $randomSeed AS random_seed, make_timestamp(looked_up_ms * 1000) AS looked_up_at
     FROM (SELECT unnest(from_json($rows, '[{"address": "VARCHAR", "block": "VARCHAR", "asn": "BIGINT", "org": "VARCHAR", "names": ["VARCHAR"],
       "reason": "VARCHAR", "detail": "VARCHAR", "looked_up_ms": "BIGINT"}]'), recursive := true))`,
    { crawlId, randomSeed, rows: JSON.stringify(rows) }
  ]])
}

export const makeRandomHostRecords = (writer: Writer): RandomHostRecords => ({
  blocks: Effect.fn("Store.randomHosts.blocks")((crawlId) => writer.exclusively((c) => readBlocks(c, crawlId))),
  clear: Effect.fn("Store.randomHosts.clear")((crawlId) => together(writer, [["DELETE FROM random_host WHERE crawl_id = $crawlId", { crawlId }]])),
  save: Effect.fn("Store.randomHosts.save")((crawlId, randomSeed, hosts, facts) =>
    facts.length === 0 ? Effect.void : saveHosts(writer, crawlId, randomSeed, hosts, facts))
})
