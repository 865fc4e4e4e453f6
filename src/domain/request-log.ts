import { Schema } from "effect"

/** One request as a server's log has it: who asked what, and about which scripts. */
export const LoggedRequest = Schema.Struct({
  /** Milliseconds since 1970. */
  at: Schema.Int,
  /** Name of the server that was asked. */
  server: Schema.String,
  /** Number of the connection, over all servers of the log. */
  session: Schema.Int,
  /** Where the client came from, as the server sees it; null where it does not tell. */
  client: Schema.NullOr(Schema.String),
  method: Schema.String,
  /** What the client calls itself, in `server.version`; null in other requests. */
  client_name: Schema.NullOr(Schema.String),
  /** Script hashes among the parameters, lower-case hex. */
  script_hashes: Schema.Array(Schema.String)
})
export type LoggedRequest = typeof LoggedRequest.Type
