import { Schema } from "effect"

/** What a person wrote about a server. It hangs on the network and the host, so it survives re-analysis and later crawls. */
export const NoteRow = Schema.Struct({
  noteId: Schema.Int,
  network: Schema.String,
  host: Schema.String,
  author: Schema.String,
  writtenAt: Schema.String,
  text: Schema.String
})
export type NoteRow = typeof NoteRow.Type
