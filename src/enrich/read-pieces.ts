import { Effect, FileSystem, Option, Stream } from "effect"
import { basename } from "node:path"
import { EnrichError } from "./enrich-error.ts"

/** What is known of a file before it is read. */
export interface FileFacts {
  readonly path: string
  /** Without its folder: what is stored. */
  readonly name: string
  readonly bytes: number
  /** Milliseconds since 1970; null where the file system does not tell. */
  readonly modifiedAt: number | null
}

const cannotRead = (path: string) => (error: { readonly message: string }): EnrichError =>
  new EnrichError({ reason: "cannot read", file: path, message: `Cannot read ${path}: ${error.message}` })

/** Looks at a file without reading it. Fails with `not found`, or `too large` beyond the bound. */
export const fileFacts = Effect.fnUntraced(function*(path: string, maxBytes: number) {
  const fs = yield* FileSystem.FileSystem
  const info = yield* fs.stat(path).pipe(
    Effect.mapError(() => new EnrichError({ reason: "not found", file: path, message: `There is no file ${path} that can be read.` }))
  )
  if (info.type !== "File") {
    return yield* new EnrichError({ reason: "not found", file: path, message: `${path} is no file.` })
  }
  const bytes = Number(info.size)
  if (bytes > maxBytes) {
    return yield* new EnrichError({
      reason: "too large",
      file: path,
      message: `${path} has ${bytes.toLocaleString("en")} bytes; up to ${maxBytes.toLocaleString("en")} are read.`
    })
  }
  const modifiedAt = Option.getOrNull(Option.map(info.mtime, (time) => time.getTime()))
  return { path, name: basename(path), bytes, modifiedAt } satisfies FileFacts
})

/** Gives a file's text to `use` piece by piece; `use` says false when it has seen enough. */
export const readPieces = Effect.fnUntraced(function*(path: string, use: (text: string) => boolean) {
  const fs = yield* FileSystem.FileSystem
  const decoder = new TextDecoder()
  yield* fs.stream(path, { chunkSize: 262_144 }).pipe(
    Stream.mapError(cannotRead(path)),
    Stream.takeWhile((bytes) => use(decoder.decode(bytes, { stream: true }))),
    Stream.runDrain
  )
})

/** A whole file of at most `maxBytes`. */
export const readWhole = Effect.fnUntraced(function*(path: string, maxBytes: number) {
  const fs = yield* FileSystem.FileSystem
  yield* fileFacts(path, maxBytes)
  return yield* fs.readFile(path).pipe(Effect.mapError(cannotRead(path)))
})
