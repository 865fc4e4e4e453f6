import { rmSync } from "node:fs"
import { dirname } from "node:path"
import { bundleCli, bundleVariable } from "./cli.ts"

/** Before all tests of a run: makes the command line that they start, and takes it away after them. */
export default async (): Promise<() => void> => {
  const file = await bundleCli()
  process.env[bundleVariable] = file
  return () => rmSync(dirname(file), { recursive: true, force: true })
}
