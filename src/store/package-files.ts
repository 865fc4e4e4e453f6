import { fileURLToPath } from "node:url"
import { Effect, FileSystem } from "effect"
import { StoreError } from "./store-error.ts"

const packageName = "electrum-observatory"

const folderOf = (path: string): string => path.replace(/[/\\][^/\\]*$/, "")

/**
 * The folder of this package, found upwards from this file: in a checkout from
 * `src/store`, in the bundle from `dist`, in an installed package likewise.
 */
export const packageFolder: Effect.Effect<string, StoreError, FileSystem.FileSystem> = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  let folder = folderOf(fileURLToPath(import.meta.url))
  while (true) {
    const manifest = yield* fs.readFileString(`${folder}/package.json`).pipe(Effect.orElseSucceed(() => ""))
    if (new RegExp(`"name":\\s*"${packageName}"`).test(manifest)) return folder
    const above = folderOf(folder)
    if (above === folder || above === "") break
    folder = above
  }
  return yield* new StoreError({ reason: "not found", message: `The files of ${packageName} are not where they were installed.` })
})

/** A text file that ships with the package, with its name inside its folder. */
export interface PackageFile {
  readonly name: string
  readonly text: string
}

/** All files of a folder of the package whose names end as given, sorted by name. */
export const packageFiles = Effect.fn("packageFiles")(function*(
  folder: string,
  ending: string
): Effect.fn.Return<ReadonlyArray<PackageFile>, StoreError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const path = `${yield* packageFolder}/${folder}`
  const read = Effect.gen(function*() {
    const names = (yield* fs.readDirectory(path)).filter((name) => name.endsWith(ending)).toSorted()
    return yield* Effect.forEach(names, (name) =>
      Effect.map(fs.readFileString(`${path}/${name}`), (text): PackageFile => ({ name, text })))
  })
  return yield* Effect.mapError(read, (cause) =>
    new StoreError({ reason: "not found", message: `Cannot read ${path}: ${cause.message}`, cause }))
})
