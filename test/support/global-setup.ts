import { rmSync } from "node:fs"
import { dirname } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { Output } from "../../src/cli/output.ts"
import { viewerFolder } from "../../src/cli/viewer-folder.ts"
import { chromiumPath } from "./chromium.ts"
import { bundleVariable, compiledBeside } from "./bundle-of-run.ts"
import { bundleCli } from "./cli.ts"

/** Builds the viewer where it is older than its sources: here once, because the servers of several tests would do it at the same time. */
const renewViewer = Effect.provide(viewerFolder, Layer.mergeAll(NodeServices.layer, Output.layer))

/**
 * Before all tests of a run: makes the command line that they start, and takes it away after them; and the viewer that
 * a browser opens. Several projects of tests ask for it, and it is made for the first.
 */
export default async (): Promise<(() => void) | undefined> => {
  if (process.env[bundleVariable] !== undefined) return undefined
  if (chromiumPath() !== undefined) await Effect.runPromise(renewViewer)
  const file = await bundleCli()
  process.env[bundleVariable] = file
  // What V8 makes of a module is kept for the worker that loads it next.
  process.env["NODE_COMPILE_CACHE"] ??= compiledBeside(file)
  return () => rmSync(dirname(file), { recursive: true, force: true })
}
