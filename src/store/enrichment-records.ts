import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import { type AddressFact, FactKind, FactReason, FactSourceKind, type HostAddresses, optedOut, refusals } from "../domain/address-fact.ts"
import type { CrawlId } from "./facts.ts"
import { readRows } from "./read-rows.ts"
import { sound, soundOrNull } from "./sound-text.ts"
import { StoreError } from "./store-error.ts"
import { together } from "./together.ts"
import type { Writer } from "./writer.ts"

/** A host that a crawl visited, and where. */
export interface VisitedHost {
  readonly host: string
  readonly networkClass: "ipv4" | "ipv6" | "onion" | "name"
  /** The address dialled, or the host where it is one; null where a proxy dialled, or nobody. */
  readonly address: string | null
  /** A proxy resolved its name: it has an address, which we were not told. */
  readonly byProxy: boolean
}

/** A crawl whose addresses are to be looked up. */
export interface EnrichableCrawl {
  readonly crawlId: CrawlId
  readonly network: string
  readonly simulated: boolean
  /** It went through a proxy, so that its user does not want to be seen by name servers. */
  readonly throughProxy: boolean
  /** Opt-out lists it was run with. */
  readonly exclude: ReadonlyArray<string>
}

/** What is known about addresses from elsewhere: tables `enrichment` and `host_address`. */
export interface EnrichmentRecords {
  /** A crawl by number, or the one of a network that is shown by default. Fails with `not found`. */
  readonly crawl: (target: { readonly crawlId: CrawlId } | { readonly network: string }) => Effect.Effect<EnrichableCrawl, StoreError>
  /** Distinct hosts and addresses that a crawl visited. */
  readonly visited: (crawlId: CrawlId) => Effect.Effect<ReadonlyArray<VisitedHost>, StoreError>
  /** Facts looked up since then that need not be looked up again: answers, and that there is no data. */
  readonly known: (network: string, since: number) => Effect.Effect<ReadonlyArray<AddressFact>, StoreError>
  /** Each fact takes the place of what the same source said before of the same address and kind; a refusal never that of an answer. */
  readonly saveFacts: (network: string, facts: ReadonlyArray<AddressFact>) => Effect.Effect<void, StoreError>
  /** All that is known of hosts, however old. */
  readonly hosts: (network: string) => Effect.Effect<ReadonlyArray<HostAddresses>, StoreError>
  /** Each takes the place of what was known of the host before, which is kept with its time; a refusal never that of addresses. */
  readonly saveHosts: (network: string, hosts: ReadonlyArray<HostAddresses>) => Effect.Effect<void, StoreError>
}

const CrawlRow = Schema.Struct({
  crawl_id: Schema.Int,
  network: Schema.String,
  simulated: Schema.Boolean,
  vantage_proxy: Schema.Boolean,
  settings: Schema.fromJsonString(Schema.Struct({ exclude: Schema.optionalKey(Schema.Array(Schema.String)) }))
})

const readCrawl = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  target: { readonly crawlId: CrawlId } | { readonly network: string }
): Effect.fn.Return<EnrichableCrawl, StoreError> {
  const [row] = yield* readRows(
    connection,
    CrawlRow,
    `SELECT crawl_id, network, simulated, vantage_proxy, settings FROM crawl
     WHERE crawl_id = coalesce($crawlId, (SELECT crawl_id FROM default_crawl WHERE network = $network))`,
    "crawlId" in target ? { crawlId: target.crawlId, network: null } : { crawlId: null, network: target.network }
  )
  if (row === undefined) {
    return yield* new StoreError({
      reason: "not found",
      message: "crawlId" in target
        ? `There is no crawl ${target.crawlId} in this database.`
        : `There is no crawl of ${target.network} in this database.`
    })
  }
  return {
    crawlId: row.crawl_id,
    network: row.network,
    simulated: row.simulated,
    throughProxy: row.vantage_proxy,
    exclude: row.settings.exclude ?? []
  }
})

const VisitedRow = Schema.Struct({
  host: Schema.String,
  network_class: Schema.Literals(["ipv4", "ipv6", "onion", "name"]),
  address: Schema.NullOr(Schema.String),
  by_proxy: Schema.Boolean
})

const readVisited = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  crawlId: CrawlId
): Effect.fn.Return<ReadonlyArray<VisitedHost>, StoreError> {
  const rows = yield* readRows(
    connection,
    VisitedRow,
    `SELECT DISTINCT e.host, e.network_class,
       coalesce(v.address, CASE WHEN e.network_class IN ('ipv4', 'ipv6') THEN e.host END) AS address,
       v.address IS NULL AND e.network_class = 'name' AND coalesce(v.resolved_by = 'proxy', false) AS by_proxy
     FROM visit v JOIN endpoint e USING (endpoint_id)
     WHERE v.crawl_id = $crawlId AND v.kind = 'regular'
     ORDER BY ALL`,
    { crawlId }
  )
  return rows.map(({ address, by_proxy, host, network_class }) => ({ host, networkClass: network_class, address, byProxy: by_proxy }))
})

const FactRow = Schema.Struct({
  address: Schema.String,
  fact: FactKind,
  source_kind: FactSourceKind,
  source: Schema.NonEmptyString,
  source_rank: Schema.Int,
  data_ms: Schema.NullOr(Schema.Int),
  answers: Schema.Array(Schema.String),
  reason: Schema.NullOr(FactReason),
  detail: Schema.NullOr(Schema.String),
  block: Schema.NullOr(Schema.String),
  looked_up_ms: Schema.Int
})

const readKnown = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  network: string,
  since: number
): Effect.fn.Return<ReadonlyArray<AddressFact>, StoreError> {
  const rows = yield* readRows(
    connection,
    FactRow,
    `SELECT address, fact, source_kind, source, source_rank, epoch_ms(data_at) AS data_ms, answers, reason, detail, block,
       epoch_ms(looked_up_at) AS looked_up_ms
     FROM enrichment
     WHERE network = $network AND epoch_ms(looked_up_at) >= $since AND (reason IS NULL OR reason = 'no data')
     ORDER BY address, fact, source_rank`,
    { network, since: BigInt(Math.round(since)) }
  )
  return rows.map((row): AddressFact => ({
    address: row.address,
    fact: row.fact,
    source: { kind: row.source_kind, name: row.source, rank: row.source_rank, dataAt: row.data_ms },
    answers: row.answers,
    reason: row.reason,
    detail: row.detail,
    block: row.block,
    lookedUpAt: row.looked_up_ms
  }))
})

const HostRow = Schema.Struct({
  host: Schema.String,
  addresses: Schema.Array(Schema.String),
  reason: Schema.NullOr(FactReason),
  detail: Schema.NullOr(Schema.String),
  resolved_ms: Schema.Int
})

const readHosts = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  network: string
): Effect.fn.Return<ReadonlyArray<HostAddresses>, StoreError> {
  const rows = yield* readRows(
    connection,
    HostRow,
    `SELECT host, addresses, reason, detail, epoch_ms(resolved_at) AS resolved_ms FROM host_address
     WHERE network = $network ORDER BY host`,
    { network }
  )
  return rows.map(({ resolved_ms, ...row }): HostAddresses => ({ ...row, resolvedAt: resolved_ms }))
})

/** Rows `r` whose answer, or lack of one, counts more than an answer that is there. */
const overrules = `(r.reason IS NULL OR r.reason NOT IN ('${refusals.join("', '")}') OR r.detail IS NOT DISTINCT FROM '${optedOut}')`

const factRows = `(SELECT unnest(from_json($rows, '[{"address": "VARCHAR", "fact": "VARCHAR", "source_kind": "VARCHAR",
  "source": "VARCHAR", "source_rank": "INTEGER", "data_ms": "BIGINT", "answers": ["VARCHAR"], "reason": "VARCHAR",
  "detail": "VARCHAR", "block": "VARCHAR", "looked_up_ms": "BIGINT"}]'), recursive := true))`

const saveFacts = (writer: Writer, network: string, facts: ReadonlyArray<AddressFact>) => {
  const rows = facts.map(({ address, answers, block, detail, fact, lookedUpAt, reason, source }) => ({
    address,
    fact,
    source_kind: source.kind,
    source: sound(source.name),
    source_rank: source.rank,
    data_ms: source.dataAt,
    answers: answers.map(sound),
    reason,
    detail: soundOrNull(detail),
    block: soundOrNull(block),
    looked_up_ms: lookedUpAt
  }))
  const parameters = { network, rows: JSON.stringify(rows) }
  return together(writer, [
    [`DELETE FROM enrichment e WHERE network = $network AND (address, fact, source_kind, source) IN
       (SELECT (address, fact, source_kind, source) FROM ${factRows} r WHERE len(e.answers) = 0 OR ${overrules})`, parameters],
    [`INSERT INTO enrichment BY NAME
     SELECT $network AS network, address, fact, source_kind, source, source_rank, make_timestamp(data_ms * 1000) AS data_at,
       answers, reason, detail, block, make_timestamp(looked_up_ms * 1000) AS looked_up_at
     FROM ${factRows}
     WHERE (address, fact, source_kind, source) NOT IN
       (SELECT (address, fact, source_kind, source) FROM enrichment WHERE network = $network)`, parameters]
  ])
}

const hostRows = `(SELECT unnest(from_json($rows, '[{"host": "VARCHAR", "addresses": ["VARCHAR"], "reason": "VARCHAR",
  "detail": "VARCHAR", "resolved_ms": "BIGINT"}]'), recursive := true))`

const saveHosts = (writer: Writer, network: string, hosts: ReadonlyArray<HostAddresses>) => {
  const rows = hosts.map(({ addresses, detail, host, reason, resolvedAt }) => ({
    host,
    addresses,
    reason,
    detail: soundOrNull(detail),
    resolved_ms: resolvedAt
  }))
  const parameters = { network, rows: JSON.stringify(rows) }
  return together(writer, [
    // What a name had at an earlier crawl is how one knows that it moved since.
    [`INSERT INTO earlier_host_address BY NAME
     SELECT network, host, addresses, resolved_at FROM host_address h WHERE network = $network AND len(h.addresses) > 0 AND host IN
       (SELECT host FROM ${hostRows} r WHERE ${overrules})`, parameters],
    [`DELETE FROM host_address h WHERE network = $network AND host IN
       (SELECT host FROM ${hostRows} r WHERE len(h.addresses) = 0 OR ${overrules})`, parameters],
    [`INSERT INTO host_address BY NAME
     SELECT $network AS network, host, addresses, reason, detail, make_timestamp(resolved_ms * 1000) AS resolved_at FROM ${hostRows}
     WHERE host NOT IN (SELECT host FROM host_address WHERE network = $network)`, parameters]
  ])
}

export const makeEnrichmentRecords = (writer: Writer): EnrichmentRecords => ({
  crawl: Effect.fn("Store.enrichment.crawl")((target) => writer.exclusively((c) => readCrawl(c, target))),
  visited: Effect.fn("Store.enrichment.visited")((crawlId) => writer.exclusively((c) => readVisited(c, crawlId))),
  known: Effect.fn("Store.enrichment.known")((network, since) => writer.exclusively((c) => readKnown(c, network, since))),
  hosts: Effect.fn("Store.enrichment.hosts")((network) => writer.exclusively((c) => readHosts(c, network))),
  saveFacts: Effect.fn("Store.enrichment.saveFacts")((network, facts) =>
    facts.length === 0 ? Effect.void : saveFacts(writer, network, facts)
  ),
  saveHosts: Effect.fn("Store.enrichment.saveHosts")((network, hosts) =>
    hosts.length === 0 ? Effect.void : saveHosts(writer, network, hosts)
  )
})
