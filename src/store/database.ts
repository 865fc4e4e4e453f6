import { Context, Effect, type FileSystem, Layer, type Schema } from "effect"
import type { CrawlId } from "./facts.ts"
import { makeAnalysisStore, makeDatabase } from "./open-database.ts"
import type { StoreError } from "./store-error.ts"

/**
 * A value of a result row: BIGINT and HUGEINT as numbers where they are safe
 * integers, else as decimal strings; TIMESTAMP as ISO 8601 UTC with
 * milliseconds; BLOB as hex; LIST as arrays; STRUCT
 * and MAP as objects.
 */
export type Value = null | boolean | number | string | ReadonlyArray<Value> | { readonly [name: string]: Value }

/** A value for a `$name` parameter. Safe integers are bound as BIGINT, other numbers as DOUBLE. */
export type Parameter = null | boolean | number | bigint | string

export interface Column {
  readonly name: string
  /** DuckDB's name of the type, e.g. `VARCHAR`, `BIGINT`, `TIMESTAMP_MS`, `VARCHAR[]`. */
  readonly type: string
}

export type Row = { readonly [column: string]: Value }

export interface QueryResult {
  /** In the order selected; a name that repeats gets a suffix. */
  readonly columns: ReadonlyArray<Column>
  readonly rows: ReadonlyArray<Row>
  /** There were more rows than `maxRows`. */
  readonly truncated: boolean
}

export interface QueryOptions {
  /** Rows read at the most; all by default. */
  readonly maxRows?: number
  /** Milliseconds until the query is interrupted (`StoreError` reason `timeout`); none by default. */
  readonly timeoutMs?: number
}

/** Which file answers: the database itself, or the snapshot beside it while a crawl holds the database. */
export interface DatabaseOrigin {
  readonly path: string
  readonly kind: "file" | "snapshot"
  /** When the snapshot was published (milliseconds since 1970); null for the file itself. */
  readonly publishedAt: number | null
}

export interface DatabaseOptions {
  /** DuckDB's memory limit, `1GB` by default. */
  readonly memoryLimit?: string
  /** Threads of a query, 2 by default. */
  readonly threads?: number
  /** Queries that run at a time, 1 by default; they share memory and threads. */
  readonly connections?: number
  /** Folder of an archive: crawls that left the file for it are read from there. */
  readonly archive?: string | null
}

/**
 * Reads a database file, or its snapshot when the file is being written to. No
 * SQL text can change anything, reach files or the network, or run for ever:
 * it is the same door for our own queries and for anybody's.
 */
export class Database extends Context.Service<Database, {
  readonly origin: DatabaseOrigin
  readonly query: (
    sql: string,
    parameters?: Readonly<Record<string, Parameter>>,
    options?: QueryOptions
  ) => Effect.Effect<QueryResult, StoreError>
  /** Rows decoded by a schema; a row that does not fit is `query failed`. */
  readonly rows: <A>(
    row: Schema.ConstraintDecoder<A>,
    sql: string,
    parameters?: Readonly<Record<string, Parameter>>
  ) => Effect.Effect<ReadonlyArray<A>, StoreError>
  /** Columns of numbers (INTEGER or DOUBLE, NaN for null), for a million rows and more; another type is `query failed`. */
  readonly numbers: (
    sql: string,
    parameters?: Readonly<Record<string, Parameter>>
  ) => Effect.Effect<ReadonlyArray<Float64Array>, StoreError>
}>()("electrum-observatory/Database") {
  /**
   * Fails with `not found` when there is no such file, `locked` when it is being
   * written to and has no snapshot yet, `newer schema` or `older schema` when
   * another version of the program wrote it.
   */
  static readonly layer = (
    path: string,
    options?: DatabaseOptions
  ): Layer.Layer<Database, StoreError, FileSystem.FileSystem> => Layer.effect(Database, makeDatabase(path, options))
}

/** Rows that take the place of a table's rows of one crawl. Every table named has a column `crawl_id`. */
export interface TableRows {
  readonly table: string
  readonly crawlId: CrawlId
  /** Without `crawl_id`, which is added. */
  readonly columns: ReadonlyArray<string>
  /** Values in the order of `columns`; ISO text or milliseconds for timestamps. */
  readonly rows: ReadonlyArray<ReadonlyArray<Value>>
}

/**
 * Values of one column side by side: numbers, NaN for null; 0 and 1 for BOOLEAN;
 * texts that come again and again by their place among the different ones, -1 for null.
 */
export type ColumnValues =
  | Int32Array
  | Float64Array
  | Uint8Array
  | { readonly words: ReadonlyArray<string>; readonly places: Int32Array }

/** `TableRows` of a million rows, which as arrays of their own would take gigabytes. */
export interface TableColumns {
  readonly table: string
  readonly crawlId: CrawlId
  readonly length: number
  /** By name, without `crawl_id`, which is added. */
  readonly values: Readonly<Record<string, ColumnValues>>
}

/** Writes what analysis found. Opening fails with reason `locked` while a crawl runs. */
export class AnalysisStore extends Context.Service<AnalysisStore, {
  /**
   * Replaces the crawl's rows of all tables named, in one transaction. A table may
   * come in several pieces.
   *
   * @param later tables that others still make while these are written, waited for one after the other
   */
  readonly replaceRows: (
    tables: ReadonlyArray<TableRows | TableColumns>,
    later?: ReadonlyArray<Effect.Effect<ReadonlyArray<TableRows | TableColumns>>>
  ) => Effect.Effect<void, StoreError>
}>()("electrum-observatory/AnalysisStore") {
  /** Opens an existing file for writing, migrates it, and reads the same file as `Database`. */
  static readonly layer = (
    path: string
  ): Layer.Layer<AnalysisStore | Database, StoreError, FileSystem.FileSystem> =>
    Layer.effectContext(Effect.map(makeAnalysisStore(path), ({ analysis, database }) =>
      Context.make(AnalysisStore, analysis).pipe(Context.add(Database, database))))
}
