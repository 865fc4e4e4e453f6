#!/usr/bin/env node
// Starts the bundle where there is one (an installed package), else the sources
// (a checkout). A checkout brings its own Node as a development dependency, so
// that people with an older one need not install another by hand.
import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { constants } from "node:os"
import { fileURLToPath } from "node:url"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const major = Number(process.versions.node.split(".")[0])

/** Names what was set here, for the process that begins anew. */
const marker = "OBSERVATORY_SET_BY_LAUNCHER"

/**
 * A crawl takes 10 to 20 MB less where the C library has one place to take memory from, and not one for
 * each thread. It reads that before any line of ours, so the process begins anew with it; what the user has
 * set stays. Programs that this one starts are spared what was set here: by now it has been read.
 */
const beginLean = () => {
  const set = process.env[marker]
  if (set !== undefined) for (const name of [marker, ...set.split(",")]) delete process.env[name]
  const runsLong = process.argv.slice(2).some((word) => word === "crawl" || word === "watch")
  if (set !== undefined || !runsLong || process.platform !== "linux") return
  const lean = JSON.parse(readFileSync(here("./lean-environment.json"), "utf8"))
  const missing = Object.keys(lean).filter((name) => !(name in process.env))
  if (missing.length === 0) return
  process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], { ...lean, ...process.env, [marker]: missing.join(",") })
}

if (major >= 24) {
  beginLean()
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
    child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128 + constants.signals[signal])))
  } else {
    process.stderr.write(`observatory needs Node.js 24 or newer; this is ${process.versions.node}.\n`)
    process.exit(1)
  }
}
