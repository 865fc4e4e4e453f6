import { Effect, type FileSystem, Schema } from "effect"
import { Database } from "./database.ts"
import { connect, inMemory, openForWriting } from "./duckdb.ts"
import { readRows } from "./read-rows.ts"
import { bringUpToDate } from "./schema.ts"
import type { StoreError } from "./store-error.ts"

/** A table or view, or a column of one, as its comment defines it. */
export interface DictionaryEntry {
  /** Name of the table or view. */
  readonly name: string
  readonly kind: "table" | "view"
  /** What one row counts; null where the comment does not say. */
  readonly level: string | null
  /** Null for the table or view itself. */
  readonly column: string | null
  /** DuckDB's type; null for the table or view itself. */
  readonly type: string | null
  /** Null without a comment. */
  readonly meaning: string | null
  /** What null stands for in a column; null for tables and views themselves. */
  readonly nullMeaning: string | null
}

const Row = Schema.Struct({
  name: Schema.String,
  kind: Schema.Literals(["table", "view"]),
  about: Schema.NullOr(Schema.String),
  column: Schema.NullOr(Schema.String),
  type: Schema.NullOr(Schema.String),
  nullable: Schema.Boolean,
  comment: Schema.NullOr(Schema.String)
})

const sql = `
  WITH thing AS (
    SELECT table_name AS name, 'table' AS kind, comment AS about FROM duckdb_tables() WHERE NOT internal
    UNION ALL
    SELECT view_name, 'view', comment FROM duckdb_views() WHERE NOT internal
  )
  SELECT name, kind, about, NULL AS column, NULL AS type, false AS nullable, about AS comment, -1 AS place FROM thing
  UNION ALL
  SELECT t.name, t.kind, t.about, c.column_name, c.data_type, c.is_nullable, c.comment, c.column_index
  FROM thing t JOIN duckdb_columns() c ON c.table_name = t.name AND NOT c.internal
  ORDER BY kind, name, place`

/** The last sentence of every comment of a table or view. */
const levelPattern = /\s*Level: ([^]*?)\.?\s*$/

/** The clauses of a comment that speak of null, as sentences. */
export const nullClauses = (comment: string): string | null => {
  const clauses = comment.split(/(?<=;)\s+|(?<=\.)(?<!\b(?:e\.g|i\.e)\.)\s+(?=[A-Z])/).filter((clause) => /\bnull\b/i.test(clause))
  const sentences = clauses.map((clause) => `${clause[0]!.toUpperCase()}${clause.slice(1).replace(/[.;]$/, "")}.`)
  return sentences.length === 0 ? null : sentences.join(" ")
}

/** The rule of all tables and views, where a comment makes no other. */
const unsaid = "Not known, or there is none."

const nullMeaning = (row: typeof Row.Type): string | null => {
  if (row.column === null) return null
  // A view's columns count as nullable, whatever they are made of.
  if (!row.nullable) return "Never null."
  return nullClauses(row.comment ?? "") ?? unsaid
}

const entryOf = (row: typeof Row.Type): DictionaryEntry => ({
  name: row.name,
  kind: row.kind,
  level: levelPattern.exec(row.about ?? "")?.[1] ?? null,
  column: row.column,
  type: row.type,
  meaning: row.column === null ? row.comment?.replace(levelPattern, "") ?? null : row.comment,
  nullMeaning: nullMeaning(row)
})

/** The dictionary of the database that is read: tables, then views, each with its columns in their order. */
export const dictionaryOfDatabase: Effect.Effect<ReadonlyArray<DictionaryEntry>, StoreError, Database> = Effect.gen(
  function*() {
    const database = yield* Database
    return (yield* database.rows(Row, sql)).map(entryOf)
  }
)

/** The dictionary of a new database of this program. */
export const newestDictionary: Effect.Effect<ReadonlyArray<DictionaryEntry>, StoreError, FileSystem.FileSystem> = Effect
  .gen(function*() {
    const connection = yield* connect(yield* openForWriting(inMemory))
    yield* bringUpToDate(connection, inMemory)
    return (yield* readRows(connection, Row, sql)).map(entryOf)
  }).pipe(Effect.scoped)
