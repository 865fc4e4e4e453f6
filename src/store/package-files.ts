import { Effect, FileSystem, Option } from "effect"
import { packageFolder } from "../package-folder.ts"
import { StoreError } from "./store-error.ts"

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
  const root = yield* packageFolder
  if (Option.isNone(root)) {
    return yield* new StoreError({ reason: "not found", message: "The files of this program are not where they were installed." })
  }
  const path = `${root.value}/${folder}`
  const read = Effect.gen(function*() {
    const names = (yield* fs.readDirectory(path)).filter((name) => name.endsWith(ending)).toSorted()
    return yield* Effect.forEach(names, (name) =>
      Effect.map(fs.readFileString(`${path}/${name}`), (text): PackageFile => ({ name, text })))
  })
  return yield* Effect.mapError(read, (cause) =>
    new StoreError({ reason: "not found", message: `Cannot read ${path}: ${cause.message}`, cause }))
})
