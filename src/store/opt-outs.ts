import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import type { OptOutList } from "../domain/exclusions.ts"
import { Database } from "./database.ts"
import type { CrawlId } from "./facts.ts"
import { readRows } from "./read-rows.ts"
import type { StoreError } from "./store-error.ts"
import { timestamp } from "./to-duckdb.ts"
import { together } from "./together.ts"
import type { Writer } from "./writer.ts"

/** Keeps opt-out lists with the run that read them, in table `opt_out`; read again by the same run they take the place of what they said before. */
export const saveOptOuts = (writer: Writer) =>
  Effect.fn("Store.saveOptOuts")((crawlId: CrawlId, lists: ReadonlyArray<OptOutList>, at: number) =>
    lists.length === 0 ? Effect.void : together(writer, lists.flatMap(({ entries, source }) => [
      ["DELETE FROM opt_out WHERE crawl_id = $crawlId AND source = $source", { crawlId, source }] as const,
      [
        `INSERT INTO opt_out BY NAME
         SELECT $crawlId AS crawl_id, $source AS source, unnest(CASE WHEN len(patterns) = 0 THEN [NULL] ELSE patterns END) AS pattern, $at AS read_at,
           (SELECT network FROM crawl WHERE crawl_id = $crawlId) AS network
         FROM (SELECT list_distinct(from_json($patterns, '["VARCHAR"]')) AS patterns)`,
        { crawlId, source, patterns: JSON.stringify(entries), at: timestamp(at) }
      ] as const
    ])))

const EntryRow = Schema.Struct({ source: Schema.String, pattern: Schema.String })

/** What each opt-out list of a network names, by the run that read it last. */
export const readOptOutLists = (connection: DuckDBConnection, network: string): Effect.Effect<ReadonlyArray<OptOutList>, StoreError> =>
  Effect.map(
    readRows(connection, EntryRow, "SELECT source, pattern FROM opt_out_in_force WHERE network = $network ORDER BY ALL", { network }),
    (rows) => [...Map.groupBy(rows, ({ source }) => source)].map(([source, some]) => ({ source, entries: some.map(({ pattern }) => pattern) }))
  )

const PatternRow = Schema.Struct({ pattern: Schema.String })

/** The entries of opt-out lists that are in force for all crawls of the network of one. */
export const readOptOuts = (crawlId: CrawlId): Effect.Effect<ReadonlyArray<string>, StoreError, Database> =>
  Effect.flatMap(Database, (database) =>
    Effect.map(
      database.rows(
        PatternRow,
        `SELECT DISTINCT pattern FROM opt_out_in_force WHERE network = (SELECT network FROM crawl WHERE crawl_id = $crawlId) ORDER BY pattern`,
        { crawlId }
      ),
      (rows) => rows.map(({ pattern }) => pattern)
    ))
