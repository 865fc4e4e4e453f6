import { Effect, FileSystem, Option, Schema } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { packageFolder } from "../package-folder.ts"
import { Output } from "./output.ts"

/** The viewer is not there and could not be made. */
export class ViewerError extends Schema.TaggedError<ViewerError>()("ViewerError", { message: Schema.String }) {}

/**
 * The folder with the built viewer. A package brings it; in a checkout that has
 * none yet it is built, by the tool that development depends on.
 */
export const viewerFolder = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const output = yield* Output
  const root = Option.getOrNull(yield* packageFolder)
  if (root === null) return yield* new ViewerError({ message: "The files of this program are not where they were installed." })
  const folder = `${root}/dist/web`
  const isThere = Effect.orElseSucceed(fs.exists(`${folder}/index.html`), () => false)
  if (yield* isThere) return folder
  const vite = `${root}/node_modules/vite/bin/vite.js`
  if (!(yield* Effect.orElseSucceed(fs.exists(vite), () => false))) {
    return yield* new ViewerError({ message: `The viewer is missing: ${folder} is not there.` })
  }
  yield* output.stderr("Building the viewer, once.\n")
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const words = yield* spawner.string(
    ChildProcess.make(process.execPath, [vite, "build", "web", "--config", "web/vite.config.ts", "--logLevel", "warn"], { cwd: root }),
    { includeStderr: true }
  ).pipe(Effect.mapError((error) => new ViewerError({ message: `The viewer cannot be built: ${error.message}` })))
  if (!(yield* isThere)) return yield* new ViewerError({ message: `The viewer cannot be built: ${words}` })
  return folder
})
