import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { ByteSize, Effect, Layer, Predicate, Schema } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServer } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import type { HasOptedOut } from "../atlas/withholding.ts"
import { bracketed } from "../domain/host.ts"
import { QueryCatalogue } from "../store/query-catalogue.ts"
import { makeAnswers } from "./answers.ts"
import { type Allowed, crawlHandlers, serverHandlers, watchedHandlers } from "./atlas-handlers.ts"
import type { Content } from "./content.ts"
import { docsFiles } from "./docs-page.ts"
import { door } from "./door.ts"
import { hostCheck } from "./guard.ts"
import { eventHandlers } from "./live-events.ts"
import { noteHandlers } from "./note-handlers.ts"
import { ObservatoryApi } from "./observatory-api.ts"
import { queryHandlers } from "./query-handlers.ts"
import { SqlRunner } from "./sql/sql-runner.ts"
import { publicCopies, wholeSnapshot } from "./sql/sql-source.ts"
import { type SqlLimits, usualSqlLimits } from "./sql/wire.ts"
import { makeTokenKeeper } from "./token.ts"

/** The address cannot be listened on. */
export class ListenError extends Schema.TaggedError<ListenError>()("ListenError", { message: Schema.String }) {}

const listenError = (host: string, port: number) => ({ cause }: { readonly cause: unknown }): ListenError => {
  const code = Predicate.hasProperty(cause, "code") ? cause.code : null
  const where = `${bracketed(host)}:${port}`
  switch (code) {
    case "EADDRINUSE":
      return new ListenError({ message: `Another program listens on ${where}: end it, or name another port with --port (0 takes a free one).` })
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new ListenError({ message: `${host} is no address of this machine.` })
    case "EACCES":
      return new ListenError({ message: `${where} may not be listened on: ports below 1024 are the system's.` })
    default:
      return new ListenError({ message: `Cannot listen on ${where}: ${cause instanceof Error ? cause.message : String(cause)}` })
  }
}

export interface ServeOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Further names under which it is reached. */
  readonly names: ReadonlyArray<string>
  readonly token: string | null
  readonly allowed: Allowed
  /** The user's database: only notes are written to it. */
  readonly db: string
  readonly snapshot: string
  readonly sqlLimits?: SqlLimits
  /** Whose operators asked to be left out; looked at where it is public. */
  readonly hasOptedOut?: HasOptedOut
  /** The built viewer, by path. */
  readonly viewer: ReadonlyMap<string, Content>
}

/** The longest body that is read: the longest SQL text, with room for what JSON makes of it. */
const longestBody = ByteSize.kibibytes(256)

/**
 * Serves viewer and API until the scope ends, and returns the port. Readers that
 * are in the middle of something get a moment to finish; streams end.
 */
export const serveApi = Effect.fn("serveApi")(function*(options: ServeOptions) {
  const { allowed, db, hasOptedOut = () => false, host, names, port, snapshot, sqlLimits = usualSqlLimits, token, viewer } = options
  const routes = HttpApiBuilder.layer(ObservatoryApi).pipe(
    Layer.provide([crawlHandlers(allowed, sqlLimits), serverHandlers, watchedHandlers, noteHandlers(allowed, db), queryHandlers(allowed), eventHandlers]),
    Layer.provide([QueryCatalogue.layer, SqlRunner.layer(allowed.public ? publicCopies(snapshot, hasOptedOut) : wholeSnapshot(snapshot), sqlLimits)])
  )
  const node = createServer()
  // A reader who pauses longer than Node's five seconds would ask on a connection that is just being closed.
  node.keepAliveTimeout = 65_000
  const server = yield* Layer.build(NodeHttpServer.layer(() => node, { host, port, gracefulShutdownTimeout: "1 second" })).pipe(
    Effect.mapError(listenError(host, port))
  )
  // A reader that takes nothing more would hold the end up for ever.
  yield* Effect.addFinalizer(() => Effect.sync(() => setTimeout(() => node.closeAllConnections(), 1_500).unref()))
  return yield* Effect.gen(function*() {
    const { address } = yield* HttpServer.HttpServer
    const listening = "port" in address ? address.port : port
    const app = yield* HttpRouter.toHttpEffect(routes)
    yield* HttpServer.serveEffect(door(yield* makeAnswers(app), {
      isOurHost: hostCheck({ host, names, port: listening }),
      token: token === null ? null : makeTokenKeeper(token, listening),
      files: new Map([...viewer, ...docsFiles()])
    }).pipe(Effect.provideService(HttpIncomingMessage.MaxBodySize, longestBody)))
    return listening
  }).pipe(Effect.provide(server))
})
