import { dirname } from "node:path"
import { Effect, FileSystem, Stream } from "effect"
import { ExportError } from "./export-error.ts"

const cannot = (file: string) => (cause: { readonly message: string }): ExportError =>
  new ExportError({ reason: "cannot write", message: `${file} cannot be written: ${cause.message}` })

/**
 * Lets `write` fill a file beside the wanted one and moves it into place, so
 * that nobody finds half of it. Folders that are missing are made.
 */
export const writtenWhole = Effect.fnUntraced(function*<E, R>(file: string, write: (unfinished: string) => Effect.Effect<void, E, R>) {
  const fs = yield* FileSystem.FileSystem
  const unfinished = `${file}.${process.pid}.part`
  yield* fs.makeDirectory(dirname(file), { recursive: true }).pipe(Effect.mapError(cannot(file)))
  yield* write(unfinished).pipe(Effect.onError(() => Effect.ignore(fs.remove(unfinished, { force: true }))))
  yield* fs.rename(unfinished, file).pipe(Effect.mapError(cannot(file)))
})

/** Writes a text of many parts to a file, as they come. */
export const writeParts = <E, R>(file: string, parts: Stream.Stream<string, E, R>) =>
  writtenWhole(file, (unfinished) =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      yield* parts.pipe(
        Stream.encodeText,
        Stream.run(fs.sink(unfinished)),
        Effect.catchTag("PlatformError", (error) => Effect.fail(cannot(file)(error as { readonly message: string })))
      )
    }))

/** Writes one text to a file. */
export const writeText = (file: string, text: string) => writeParts(file, Stream.make(text))
