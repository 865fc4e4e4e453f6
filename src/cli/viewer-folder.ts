import { Effect, FileSystem, Option, Schema } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { packageFolder } from "../package-folder.ts"
import { Output } from "./output.ts"

/** The viewer is not there and could not be made. */
export class ViewerError extends Schema.TaggedError<ViewerError>()("ViewerError", { message: Schema.String }) {}

const changedAt = Effect.fnUntraced(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const { mtime } = yield* fs.stat(path)
  return Option.match(mtime, { onNone: () => 0, onSome: (time) => time.getTime() })
})

/** Whether anything the viewer is made of is newer than the viewer; never in a package, which has no sources of it. */
const isOutdated = Effect.fnUntraced(function*(root: string, built: string) {
  const fs = yield* FileSystem.FileSystem
  const at = yield* changedAt(built)
  for (const folder of ["web", "src/atlas/shapes", "src/domain"]) {
    for (const name of yield* fs.readDirectory(`${root}/${folder}`, { recursive: true })) {
      if ((yield* changedAt(`${root}/${folder}/${name}`)) > at) return true
    }
  }
  return false
}, Effect.orElseSucceed(() => false))

/**
 * The folder with the built viewer. A package brings it; in a checkout it is built
 * where it is missing or older than its sources, by the tool that development
 * depends on.
 */
export const viewerFolder = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const output = yield* Output
  const root = Option.getOrNull(yield* packageFolder)
  if (root === null) return yield* new ViewerError({ message: "The files of this program are not where they were installed." })
  const folder = `${root}/dist/web`
  const isThere = Effect.orElseSucceed(fs.exists(`${folder}/index.html`), () => false)
  if ((yield* isThere) && !(yield* isOutdated(root, `${folder}/index.html`))) return folder
  const vite = `${root}/node_modules/vite/bin/vite.js`
  if (!(yield* Effect.orElseSucceed(fs.exists(vite), () => false))) {
    return yield* new ViewerError({ message: `The viewer is missing: ${folder} is not there.` })
  }
  yield* output.stderr("Building the viewer.\n")
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const words = yield* spawner.string(
    ChildProcess.make(process.execPath, [vite, "build", "web", "--config", "web/vite.config.ts", "--logLevel", "warn"], { cwd: root }),
    { includeStderr: true }
  ).pipe(Effect.mapError((error) => new ViewerError({ message: `The viewer cannot be built: ${error.message}` })))
  if (!(yield* isThere)) return yield* new ViewerError({ message: `The viewer cannot be built: ${words}` })
  return folder
})
