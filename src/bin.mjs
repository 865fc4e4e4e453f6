#!/usr/bin/env node
// Starts the bundle where there is one (an installed package), else the sources
// (a checkout). A checkout brings its own Node as a development dependency, so
// that people with an older one need not install another by hand.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const major = Number(process.versions.node.split(".")[0])

if (major >= 24) {
  // Sources without their types, and code as V8 has it, are kept for the next start, which takes half the time then.
  const { enableCompileCache } = await import("node:module")
  enableCompileCache?.()
  const bundle = here("../dist/observatory.js")
  await import(new URL(existsSync(bundle) ? "../dist/observatory.js" : "./main.ts", import.meta.url).href)
} else {
  const own = here("../node_modules/node/bin/node")
  if (existsSync(own)) {
    const child = spawn(own, [here("./bin.mjs"), ...process.argv.slice(2)], { stdio: "inherit" })
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
    child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
  } else {
    process.stderr.write(`observatory needs Node.js 24 or newer; this is ${process.versions.node}.\n`)
    process.exit(1)
  }
}
