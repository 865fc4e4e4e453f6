#!/usr/bin/env node
// Starts the bundle where there is one (an installed package), else the sources
// (a checkout). A checkout brings its own Node as a development dependency, so
// that people with an older one need not install another by hand.
import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const major = Number(process.versions.node.split(".")[0])

/**
 * A crawl takes 10 to 20 MB less where the C library has one place to take memory from, and not one for
 * each thread. It reads that before any line of ours, so the process begins anew with it; what the user has set stays.
 */
const lean = JSON.parse(readFileSync(here("./lean-environment.json"), "utf8"))
const beginLean = () => {
  const runsLong = process.argv.slice(2).some((word) => word === "crawl" || word === "watch")
  const isSet = Object.keys(lean).every((name) => name in process.env)
  if (runsLong && !isSet && process.platform === "linux") {
    process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], { ...lean, ...process.env })
  }
}
/** It has been read by now: programs that this one starts are spared it. */
const forgetLean = () => {
  for (const [name, value] of Object.entries(lean)) if (process.env[name] === value) delete process.env[name]
}

if (major >= 24) {
  beginLean()
  // Sources without their types, and code as V8 has it, are kept for the next start, which takes half the time then.
  const { enableCompileCache } = await import("node:module")
  enableCompileCache?.()
  const bundle = here("../dist/observatory.js")
  await import(new URL(existsSync(bundle) ? "../dist/observatory.js" : "./main.ts", import.meta.url).href)
  forgetLean()
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
