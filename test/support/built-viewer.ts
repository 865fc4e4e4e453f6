import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "vite"

/** The viewer as it ships, built into a folder of its own. */
export const buildViewer = async (): Promise<{ readonly folder: string; readonly remove: () => void }> => {
  const folder = mkdtempSync(join(tmpdir(), "observatory-viewer-"))
  await build({
    configFile: fileURLToPath(new URL("../../web/vite.config.ts", import.meta.url)),
    root: fileURLToPath(new URL("../../web", import.meta.url)),
    build: { outDir: folder, emptyOutDir: true },
    logLevel: "error"
  })
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
