import { randomUUID } from "node:crypto"
import { basename, dirname, join } from "node:path"
import { Effect, FileSystem } from "effect"
import type { Allowed } from "../api/atlas-handlers.ts"
import { Editions } from "../api/editions.ts"
import { serveApi } from "../api/serve-api.ts"
import { readViewerFiles } from "../api/viewer-files.ts"
import { Atlas } from "../atlas/atlas.ts"
import { bracketed } from "../domain/host.ts"
import { requireFile } from "../store/open-database.ts"
import { snapshotPath } from "../store/snapshot.ts"
import { optedOutBy } from "./opted-out.ts"
import { Output } from "./output.ts"
import { readAllExclusions } from "./run-crawl.ts"
import { viewerFolder } from "./viewer-folder.ts"

export interface RunServe {
  readonly db: string
  readonly host: string
  readonly port: number
  readonly names: ReadonlyArray<string>
  readonly token: string | null
  readonly public: boolean
  /** Opt-out lists, honoured where it is public. */
  readonly exclude: ReadonlyArray<string>
}

/** Where it is public, who opted out is shown no longer than so many milliseconds after the snapshot that knows of it was opened. */
const publicPreparationMs = 4_000

/** What is shown, and a name for it that no other view has. */
const viewOf = Effect.fnUntraced(function*(isPublic: boolean, exclude: ReadonlyArray<string>) {
  if (!isPublic) return { view: "all", atlas: Atlas.layer, hasOptedOut: () => false }
  const exclusions = yield* readAllExclusions(exclude)
  // What is on the lists now may be on them no more the next time.
  const view = exclusions.size === 0 ? "public" : `public without ${randomUUID()}`
  const hasOptedOut = optedOutBy(exclusions)
  return { view, atlas: Atlas.publicLayerFor(hasOptedOut), hasOptedOut }
})

/** Where the snapshot is published: beside the database, or where that folder is not ours to write to, in one of our own. */
const snapshotOf = Effect.fnUntraced(function*(db: string) {
  const fs = yield* FileSystem.FileSystem
  const beside = snapshotPath(db)
  const isOurs = yield* fs.access(dirname(beside), { writable: true }).pipe(Effect.as(true), Effect.orElseSucceed(() => false))
  return isOurs ? beside : join(yield* fs.makeTempDirectoryScoped({ prefix: "observatory-" }), basename(beside))
})

/** Serves until interrupted. Shared by `serve` and `demo`. */
export const runServe = Effect.fnUntraced(function*({ db, exclude, host, names, port, public: isPublic, token }: RunServe) {
  const output = yield* Output
  yield* requireFile(db)
  const snapshot = yield* snapshotOf(db)
  const viewer = yield* readViewerFiles(yield* viewerFolder)
  const allowed: Allowed = { public: isPublic, sql: !isPublic, notes: !isPublic }
  const { atlas, hasOptedOut, view } = yield* viewOf(isPublic, exclude)
  const editions = Editions.layer(
    { db, snapshot, view, atlas, ...(isPublic ? { preparationMs: publicPreparationMs } : {}) },
    output.stderr(`Waiting for a moment in which nobody writes to ${db}, or for the snapshot of who does.\n`)
  )
  yield* Effect.gen(function*() {
    const listening = yield* serveApi({ db, host, port, names, token, allowed, snapshot, viewer, hasOptedOut })
    const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : bracketed(host)
    yield* output.stdout(`http://${name}:${listening}/${token === null ? "" : "?token=…"}\n`)
    yield* output.stderr(
      `Serving ${db}${isPublic ? ", only what may be published" : ""}. API: /docs. A crawl can start meanwhile. Ctrl-C ends it.\n`
    )
    return yield* Effect.never
  }).pipe(Effect.provide(editions))
}, Effect.scoped)
