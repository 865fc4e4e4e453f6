import { fileURLToPath } from "node:url"
import { Effect, FileSystem, Option } from "effect"

const named = /"name":\s*"electrum-observatory"/

const folderOf = (path: string): string => path.replace(/[/\\][^/\\]*$/, "")

/**
 * The folder of this package, where the files that ship with it are: found
 * upwards from this file in a checkout, from `dist/` in a bundle, likewise in
 * an installed package. None when the files are not where they were installed.
 */
export const packageFolder: Effect.Effect<Option.Option<string>, never, FileSystem.FileSystem> = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  let folder = folderOf(fileURLToPath(import.meta.url))
  while (true) {
    const manifest = yield* fs.readFileString(`${folder}/package.json`).pipe(Effect.orElseSucceed(() => ""))
    if (named.test(manifest)) return Option.some(folder)
    const above = folderOf(folder)
    if (above === folder || above === "") return Option.none()
    folder = above
  }
})
