import { Schema } from "effect"

/** Why a store operation failed. */
export const StoreReason = Schema.Literals([
  /** Another process holds the file. */
  "locked",
  "cannot open",
  /** The file was written by a newer version of the program. */
  "newer schema",
  /** The file was written by an older version and is only being read. */
  "older schema",
  "migration failed",
  "write failed",
  "query failed",
  /** A named query was given a parameter it does not have, or a value that does not fit. */
  "bad parameter",
  /** The header of a query file cannot be read. */
  "bad query file",
  /** A read-only query tried to write, or more than one statement. */
  "not allowed",
  "timeout",
  "not found"
])
export type StoreReason = typeof StoreReason.Type

/** The one error of `store/`: DuckDB's errors are mapped to it where they enter. */
export class StoreError extends Schema.TaggedError<StoreError>()("StoreError", {
  reason: StoreReason,
  /** A sentence for a person, without stack traces. */
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}
