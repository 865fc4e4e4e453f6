import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect } from "effect"
import { run } from "./duckdb.ts"
import type { CrawlId, Fact } from "./facts.ts"
import type { Identities } from "./identities.ts"
import type { CrawlStart, CrawlState } from "./store.ts"
import { StoreError } from "./store-error.ts"
import { timestamp } from "./to-duckdb.ts"
import { together } from "./together.ts"
import type { Writer } from "./writer.ts"

/** The rows of `crawl`: a run's beginning, its resumptions and its end, and the facts between. */
export interface CrawlRecords {
  /** Crawls that are being written to by this process. */
  readonly running: ReadonlySet<CrawlId>
  readonly start: (start: CrawlStart) => Effect.Effect<CrawlId, StoreError>
  readonly record: (crawlId: CrawlId, facts: ReadonlyArray<Fact>) => Effect.Effect<void, StoreError>
  readonly forget: (crawlId: CrawlId, hosts: ReadonlyArray<string>) => Effect.Effect<void, StoreError>
  readonly end: (crawlId: CrawlId, state: CrawlState, at: number) => Effect.Effect<void, StoreError>
}

/**
 * Who opens a file for writing is the only one that writes to it: what is still
 * running in it was killed. It can be resumed as one that was interrupted.
 */
export const closeKilled = (connection: DuckDBConnection) =>
  run(
    connection,
    "write failed",
    "Cannot write to the database",
    `UPDATE crawl SET state = 'interrupted',
       ended_at = greatest(started_at, (SELECT max(v.started_at) FROM visit v WHERE v.crawl_id = crawl.crawl_id))
     WHERE state = 'running'`
  )

export const makeCrawlRecords = (writer: Writer, identities: Identities): CrawlRecords => {
  const running = new Set<CrawlId>()

  const start = Effect.fn("Store.startCrawl")(function*({ chain, vantage, ...crawl }: CrawlStart) {
    const crawlId = identities.nextCrawl({ network: chain.name, vantage: vantage.name })
    yield* together(writer, [
      [
        `UPDATE crawl SET state = 'abandoned'
         WHERE network = $network AND kind = $kind AND state IN ('running', 'interrupted', 'failed')`,
        { network: chain.name, kind: crawl.kind }
      ],
      [
        `INSERT INTO crawl BY NAME SELECT $crawl_id AS crawl_id, $kind AS kind, $network AS network,
           $simulated AS simulated, $chain_title AS chain_title, $genesis_hash AS genesis_hash, 'running' AS state,
           $started_at AS started_at, NULL AS ended_at, 0 AS resumptions, $vantage AS vantage,
           $vantage_ipv4 AS vantage_ipv4, $vantage_ipv6 AS vantage_ipv6, $vantage_tor AS vantage_tor,
           $vantage_proxy AS vantage_proxy, $code_version AS code_version, $settings AS settings`,
        {
          crawl_id: crawlId,
          kind: crawl.kind,
          network: chain.name,
          simulated: chain.simulated,
          chain_title: chain.title,
          genesis_hash: chain.genesis_hash,
          started_at: timestamp(crawl.startedAt),
          vantage: vantage.name,
          vantage_ipv4: vantage.ipv4,
          vantage_ipv6: vantage.ipv6,
          vantage_tor: vantage.tor,
          vantage_proxy: vantage.proxy,
          code_version: crawl.codeVersion,
          settings: JSON.stringify(crawl.settings)
        }
      ]
    ])
    running.add(crawlId)
    return crawlId
  })

  /** A crawl of an earlier process that gets facts again has been taken up again. */
  const takeUp = Effect.fnUntraced(function*(crawlId: CrawlId) {
    if (!identities.crawls.has(crawlId)) {
      return yield* new StoreError({ reason: "not found", message: `There is no crawl ${crawlId} in this database.` })
    }
    running.add(crawlId)
    yield* together(writer, [[
      `UPDATE crawl SET state = 'running', ended_at = NULL, resumptions = resumptions + 1
       WHERE crawl_id = $crawlId AND state IN ('running', 'interrupted', 'failed')`,
      { crawlId }
    ]])
  })

  const record = (crawlId: CrawlId, facts: ReadonlyArray<Fact>): Effect.Effect<void, StoreError> =>
    running.has(crawlId)
      ? writer.record(crawlId, facts)
      : Effect.andThen(takeUp(crawlId), writer.record(crawlId, facts))

  const forget = Effect.fn("Store.forget")(function*(crawlId: CrawlId, hosts: ReadonlyArray<string>) {
    const these = `host IN (SELECT unnest(from_json($hosts, '["VARCHAR"]')))`
    const advertisements = `(SELECT advertisement_id FROM advertisement WHERE ${these})`
    const endpoints = `(SELECT endpoint_id FROM endpoint WHERE ${these})`
    const parameters = { hosts: JSON.stringify(hosts) }
    yield* together(writer, [
      [
        `UPDATE reading SET
           advertisement_ids = list_filter(advertisement_ids, lambda id: NOT list_contains(gone.ids, id)),
           times_seen = list_filter(times_seen, lambda _, i: NOT list_contains(gone.ids, advertisement_ids[i]))
         FROM (SELECT list(advertisement_id) AS ids FROM advertisement WHERE ${these}) gone
         WHERE list_has_any(advertisement_ids, gone.ids)`,
        parameters
      ],
      [`DELETE FROM advertisement_endpoint WHERE advertisement_id IN ${advertisements}`, parameters],
      [`DELETE FROM advertisement WHERE ${these}`, parameters],
      [`DELETE FROM endpoint_state WHERE crawl_id = $crawlId AND endpoint_id IN ${endpoints}`, { ...parameters, crawlId }]
    ])
  })

  const end = Effect.fn("Store.endCrawl")(function*(crawlId: CrawlId, state: CrawlState, at: number) {
    yield* together(writer, [[
      "UPDATE crawl SET state = $state, ended_at = $at WHERE crawl_id = $crawlId",
      { state, at: timestamp(at), crawlId }
    ]])
    running.delete(crawlId)
  })

  return { running, start, record: (crawlId, facts) => Effect.suspend(() => record(crawlId, facts)), forget, end }
}
