import { Schema } from "effect"

/** A table or view with the comments of its columns. */
export const DictionaryTable = Schema.Struct({
  name: Schema.String,
  kind: Schema.String,
  comment: Schema.String,
  columns: Schema.Array(Schema.Struct({ name: Schema.String, type: Schema.String, comment: Schema.String }))
})
export type DictionaryTable = typeof DictionaryTable.Type
