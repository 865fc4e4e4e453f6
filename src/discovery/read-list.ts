import { Effect, FileSystem, Option, type PlatformError, Stream } from "effect"
import { DiscoveryError } from "./discovery-error.ts"

/** Largest list we read, in bytes. */
export const maxListBytes = 10_000_000

/** A list as it came. */
export interface ListBytes {
  readonly bytes: Uint8Array
  /** When it was last changed, as its server or file system says (milliseconds since 1970); null where neither does. */
  readonly dated: number | null
}

/** UTF-8 with a byte order mark removed; bytes that are none become U+FFFD and fail later, in their line. */
export const decodeText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).replaceAll("\r\n", "\n")

/**
 * Collect a stream of bytes up to `limit`; the chunk that exceeds it ends the
 * reading with `tooLarge`, so that an endless source costs no more.
 */
export const collectBounded = <E, R, E2>(
  stream: Stream.Stream<Uint8Array, E, R>,
  limit: number,
  tooLarge: () => E2
): Effect.Effect<ReadonlyArray<Uint8Array>, E | E2, R> =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    return Stream.runForEach(stream, (chunk) => {
      size += chunk.length
      if (size > limit) return Effect.fail(tooLarge())
      chunks.push(chunk)
      return Effect.void
    }).pipe(Effect.as(chunks))
  })

const fromPlatform = (path: string) => (error: PlatformError.PlatformError): DiscoveryError =>
  error.reason._tag === "NotFound"
    ? new DiscoveryError({ reason: "not found", subject: path, message: `There is no file ${path}.` })
    : new DiscoveryError({ reason: "cannot read", subject: path, message: `${path} cannot be read: ${error.message}` })

/**
 * A regular file of at most `limit` bytes (a pipe or a device could be endless,
 * and has no positions to read at). Fails with reason `not found`, `cannot
 * read` or `too large`.
 */
export const readListFile = Effect.fnUntraced(function*(path: string, limit: number = maxListBytes) {
  const fs = yield* FileSystem.FileSystem
  const { mtime, type } = yield* fs.stat(path).pipe(Effect.mapError(fromPlatform(path)))
  if (type !== "File") {
    return yield* new DiscoveryError({ reason: "cannot read", subject: path, message: `${path} is no regular file.` })
  }
  const chunks = yield* collectBounded(
    fs.stream(path).pipe(Stream.mapError(fromPlatform(path))),
    limit,
    () =>
      new DiscoveryError({
        reason: "too large",
        subject: path,
        message: `${path} is larger than ${limit.toLocaleString("en")} bytes.`
      })
  )
  const list: ListBytes = {
    bytes: Buffer.concat(chunks),
    dated: Option.match(mtime, { onNone: () => null, onSome: (date) => date.getTime() })
  }
  return list
})

/** The text of such a file. */
export const readTextFile = (path: string, limit?: number) => Effect.map(readListFile(path, limit), ({ bytes }) => decodeText(bytes))
