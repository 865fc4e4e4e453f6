import { Effect, type FileSystem } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { NoteBook } from "../store/notes.ts"
import type { StoreError } from "../store/store-error.ts"
import { type Allowed, aServer, fromAtlas } from "./atlas-handlers.ts"
import { Editions } from "./editions.ts"
import { ObservatoryApi } from "./observatory-api.ts"
import { Conflict, Forbidden, Internal, NotFound } from "./problem.ts"

const problemOf = Effect.fnUntraced(function*(error: StoreError) {
  if (error.reason === "not found") return yield* new NotFound({ message: error.message })
  if (error.reason === "locked") {
    return yield* new Conflict({ message: "The database is being written to, by a crawl or an analysis. A note can be written when it has ended." })
  }
  yield* Effect.logError(`Cannot write a note: ${error.message}`)
  return yield* new Internal({ message: "The note could not be written; the log of the server says why." })
})

/**
 * Notes are read from the edition like everything else, and written to the user's
 * database, which is held for that moment only; the edition after it has them.
 */
export const noteHandlers = (allowed: Allowed, db: string) =>
  HttpApiBuilder.group(ObservatoryApi, "notes", Effect.fn(function*(handlers) {
    const editions = yield* Editions
    const services = yield* Effect.context<FileSystem.FileSystem>()
    const ifAllowed = allowed.notes
      ? Effect.void
      : Effect.fail(new Forbidden({ message: "This server is public and has no notes." }))
    /** Writes, and comes back when what was written can be read. */
    const write = <A>(use: (book: NoteBook["Service"]) => Effect.Effect<A, StoreError>) =>
      editions.afterWriting(Effect.provide(Effect.flatMap(NoteBook, use), NoteBook.layer(db))).pipe(
        Effect.catch(problemOf),
        Effect.provideContext(services),
        Effect.uninterruptible
      )

    return handlers.handleAll({
      notes: ({ params }) =>
        Effect.andThen(ifAllowed, Effect.map(aServer(params), ({ notes }) => notes)),
      addNote: Effect.fn(function*({ params, payload }) {
        yield* ifAllowed
        const { network } = yield* fromAtlas((atlas) => atlas.crawl(params.crawl))
        const { host } = (yield* aServer(params)).server
        return yield* write((book) => book.add({ network, host, author: payload.author?.trim() || "viewer", text: payload.text }))
      }),
      removeNote: Effect.fn(function*({ params }) {
        yield* ifAllowed
        yield* write((book) => book.remove(params.note))
        return HttpServerResponse.empty({ status: 204 })
      })
    })
  }))
