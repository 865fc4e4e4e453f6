// `node start-bundle.mjs BUNDLE ARGS`, with a pipe as fourth stream: starts a bundle as
// `src/bin.mjs` does, and says there at its end what the process took (`MeasuredProcess`).
import { writeSync } from "node:fs"
import { enableCompileCache } from "node:module"
import { pathToFileURL } from "node:url"

const [bundle] = process.argv.splice(2, 1)
process.on("exit", () => {
  const { system, user } = process.cpuUsage()
  writeSync(3, JSON.stringify({ cpuSeconds: (system + user) / 1e6, peakBytes: process.resourceUsage().maxRSS * 1024 }))
})
enableCompileCache()
await import(pathToFileURL(bundle).href)
