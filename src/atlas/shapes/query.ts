import { Schema } from "effect"

/** A named query of `queries/`, as the catalogue shows it. */
export const QueryRow = Schema.Struct({
  name: Schema.String,
  title: Schema.String,
  question: Schema.String,
  level: Schema.String,
  parameters: Schema.Array(Schema.Struct({ name: Schema.String, type: Schema.String, default: Schema.NullOr(Schema.String), meaning: Schema.String })),
  sql: Schema.String
})
export type QueryRow = typeof QueryRow.Type

/** Rows of a query; integers beyond 2^53 are texts. */
export const QueryAnswer = Schema.Struct({
  columns: Schema.Array(Schema.Struct({ name: Schema.String, type: Schema.String })),
  rows: Schema.Array(Schema.Array(Schema.Json)),
  /** More rows were there than are given. */
  truncated: Schema.Boolean,
  maxRows: Schema.Int,
  ms: Schema.Number,
  /** What of the tables that it reads a public server leaves out as a whole; absent where nothing is. */
  withheld: Schema.optionalKey(Schema.String)
})
export type QueryAnswer = typeof QueryAnswer.Type

/** Why SQL did not run: a sentence, and where in the text (0-based), when DuckDB says. */
export const SqlRefusal = Schema.Struct({
  message: Schema.String,
  position: Schema.NullOr(Schema.Int)
})
export type SqlRefusal = typeof SqlRefusal.Type
