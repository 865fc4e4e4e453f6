import { Effect, FileSystem, Path } from "effect"
import { type Content, contentOf, tagOf } from "./content.ts"

const types: { readonly [ending: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".map": "application/json",
  ".txt": "text/plain; charset=utf-8"
}

/** Files whose names change with their bytes never need to be asked for again. */
const isNamedByContent = (path: string): boolean => /\/assets\/.*-[\w-]{8}\.\w+$/.test(path)

/**
 * The built viewer, whole in memory (it is small): what is not in the list cannot
 * be asked for, whatever a path looks like.
 */
export const readViewerFiles = Effect.fnUntraced(function*(folder: string) {
  const [fs, paths] = [yield* FileSystem.FileSystem, yield* Path.Path]
  const files = new Map<string, Content>()
  for (const name of yield* fs.readDirectory(folder, { recursive: true })) {
    const file = paths.join(folder, name)
    if ((yield* fs.stat(file)).type !== "File") continue
    const path = `/${name.replaceAll("\\", "/")}`
    const bytes = yield* fs.readFile(file)
    files.set(path, contentOf(
      bytes,
      types[paths.extname(path)] ?? "application/octet-stream",
      tagOf(bytes),
      isNamedByContent(path) ? "public, max-age=31536000, immutable" : "no-cache"
    ))
  }
  return files
})
