/**
 * How long an analysis takes, and how much memory: synthetic crawls, fleets
 * among strangers, in a database file, each analysed as `observatory analyze`
 * does, in a process of its own. `npm run bench:analysis [-- --smoke] [-- --size N …]`
 *
 * Filling the file is not measured. A process is measured from its start, from the
 * sources; the analysis alone begins when program and database are there. Seconds by the clock depend on what else the
 * machine does; processor time of the whole process hardly does.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { recordSyntheticCrawl } from "../support/synthetic-crawl.ts"
import type { MeasuredAnalysis } from "./messages.ts"

const { values: flags } = parseArgs({ options: { smoke: { type: "boolean", default: false }, size: { type: "string", multiple: true } } })
const sizes = flags.size?.map(Number) ?? (flags.smoke ? [60, 300] : [300, 1_000, 3_000, 10_000])

interface Run extends MeasuredAnalysis {
  /** From the start of the process to its end. */
  readonly seconds: number
}

const child = fileURLToPath(new URL("analysis-child.ts", import.meta.url))

const analysed = (db: string): Promise<Run> =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    let said = ""
    const running = spawn(process.execPath, [child, db], { stdio: ["ignore", "pipe", "inherit"] })
    running.stdout.setEncoding("utf8").on("data", (text: string) => (said += text))
    running.on("close", (code) => {
      if (code !== 0) reject(new Error(`the analysis ended with ${code}`))
      else resolve({ ...(JSON.parse(said) as MeasuredAnalysis), seconds: (performance.now() - started) / 1_000 })
    })
  })

const folder = mkdtempSync(join(tmpdir(), "observatory-bench-"))
const runs: Array<Run> = []
try {
  for (const size of sizes) {
    const db = join(folder, `${size}.duckdb`)
    await recordSyntheticCrawl(db, size)
    runs.push(await analysed(db))
    rmSync(db)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const rounded = (value: number): number => Number(value.toFixed(2))
console.log(`Load of the machine: ${loadavg().map((load) => load.toFixed(1)).join(", ")}.`)
console.table(runs.map((run, i) => {
  const before = runs[i - 1]
  return {
    servers: run.servers,
    announcements: run.announcements,
    pairs: run.pairs,
    clusters: run.clusters,
    seconds: rounded(run.seconds),
    "cpu seconds": rounded(run.cpuSeconds),
    "analysis alone": rounded(run.alone.seconds),
    "its cpu seconds": rounded(run.alone.cpuSeconds),
    "peak MB": Math.round(run.peakBytes / 1e6),
    "longest pause ms": Math.round(run.longestPauseMs),
    // log time / log size from the row before: 1 is linear, 2 quadratic.
    growth: before === undefined ? 0 : rounded(Math.log(run.cpuSeconds / before.cpuSeconds) / Math.log(run.servers / before.servers))
  }
}))
console.log("Processor time by part, seconds; parts that run at a time have both:")
console.table(Object.fromEntries(runs.map(({ servers, stages }) => [servers, Object.fromEntries(stages.map(({ cpuSeconds, name }) => [name, rounded(cpuSeconds)]))])))
const most = Math.max(...runs.map(({ cpuSeconds }) => cpuSeconds))
const widest = 50
for (const { cpuSeconds, servers } of runs) {
  console.log(`${String(servers).padStart(6)} ${"#".repeat(Math.max(1, Math.round(cpuSeconds / most * widest)))} ${rounded(cpuSeconds)} s`)
}
if (runs.some(({ clusters }) => clusters === 0)) throw new Error("No fleet was found: the benchmark measures nothing.")
