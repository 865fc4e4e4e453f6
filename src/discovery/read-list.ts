import { Effect, FileSystem, type PlatformError, Stream } from "effect"
import { DiscoveryError } from "./discovery-error.ts"

/** Largest list we read, in bytes. */
export const maxListBytes = 10_000_000

/** UTF-8 with a byte order mark removed; bytes that are none become U+FFFD and fail later, in their line. */
export const decodeText = (chunks: ReadonlyArray<Uint8Array>): string =>
  new TextDecoder().decode(Buffer.concat(chunks)).replaceAll("\r\n", "\n")

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
 * The text of a regular file of at most `limit` bytes (a pipe or a device
 * could be endless, and has no positions to read at). Fails with reason
 * `not found`, `cannot read` or `too large`.
 */
export const readTextFile = Effect.fnUntraced(function*(path: string, limit: number = maxListBytes) {
  const fs = yield* FileSystem.FileSystem
  const { type } = yield* fs.stat(path).pipe(Effect.mapError(fromPlatform(path)))
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
  return decodeText(chunks)
})
