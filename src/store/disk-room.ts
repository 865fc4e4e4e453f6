import { statSync } from "node:fs"
import { statfs } from "node:fs/promises"
import { dirname } from "node:path"
import { Effect } from "effect"
import { mebibyte } from "../domain/bytes.ts"

/** What a database may still need while a copy of it stands beside it: its log, and what one commit adds. */
const keptFree = 32 * mebibyte

/** Bytes of a file, 0 where there is none. Opens nothing, see `makePublisher`. */
export const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** Bytes that are free on the disk of a file; null where the system does not tell. */
const freeBeside = (path: string): Effect.Effect<number | null> =>
  Effect.promise(() => statfs(dirname(path)).then(({ bavail, bsize }) => bavail * bsize, () => null))

/**
 * Why no further copy of a database is to be made beside it: it would take the
 * room that the database itself needs. Null where there is enough, or nobody tells.
 */
export const tooLittleRoom = Effect.fnUntraced(function*(path: string, free: Effect.Effect<number | null> = freeBeside(path)) {
  const room = yield* free
  const wanted = sizeOf(path) + sizeOf(`${path}.wal`) + keptFree
  return room === null || room >= wanted
    ? null
    : `No snapshot is published: ${mebibytes(room)} MiB are free beside ${path}, and with less than ${mebibytes(wanted)} the database itself may not have enough.`
})

const mebibytes = (bytes: number): number => Math.floor(bytes / mebibyte)
