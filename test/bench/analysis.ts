/**
 * How long an analysis takes, and how much memory: synthetic crawls, fleets
 * among strangers, in a database file, each analysed twice from a bundle, as it
 * ships: by `observatory analyze` in a process of its own, measured whole, and by
 * one that measures the analysis alone, once program and database are there, and in
 * it the thread that judges.
 * `npm run bench:analysis [-- --smoke] [-- --size N …]`
 *
 * Filling the file is not measured. Node keeps what it made of a program, so it
 * was started once before. Seconds by the clock depend on what else the machine
 * does; processor time of the whole process hardly does.
 */
import { spawn } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { bundle } from "../support/bundle.ts"
import { recordSyntheticCrawl } from "../support/synthetic-crawl.ts"
import { growthPlot } from "./growth-plot.ts"
import type { MeasuredAnalysis, MeasuredProcess } from "./messages.ts"

const { values: flags } = parseArgs({ options: { smoke: { type: "boolean", default: false }, size: { type: "string", multiple: true } } })
const sizes = flags.size?.map(Number) ?? (flags.smoke ? [60, 300] : [300, 1_000, 3_000, 10_000])

interface Run extends MeasuredAnalysis {
  readonly whole: MeasuredProcess & {
    /** From the start of the process to its end. */
    readonly seconds: number
  }
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Inside of the package, so that files that ship with it are found. */
const bundles = here(`../../node_modules/.cache/observatory-bench/${process.pid}`)

/** As `npm run build` makes it; beside it the program that measures parts, with a thread that measures itself. */
const makeBundles = () =>
  Promise.all([
    bundle({
      entryPoints: { observatory: here("../../src/main.ts"), "analysis-worker": here("../../src/analysis/analysis-worker.ts") },
      minify: true,
      outdir: join(bundles, "whole")
    }),
    bundle({
      entryPoints: { "analysis-child": here("analysis-child.ts"), "analysis-worker": here("measured-worker.ts") },
      minify: true,
      outdir: join(bundles, "parts")
    })
  ])

/** Runs a bundle; what the process took, and what it said on standard output. */
const started = (file: string, ...args: ReadonlyArray<string>): Promise<Run["whole"] & { readonly said: string }> =>
  new Promise((resolve, reject) => {
    const startedAt = performance.now()
    let [said, measured] = ["", ""]
    const running = spawn(process.execPath, [here("start-bundle.mjs"), join(bundles, file), ...args], { stdio: ["ignore", "pipe", "inherit", "pipe"] })
    running.stdout!.setEncoding("utf8").on("data", (text: string) => (said += text))
    ;(running.stdio[3] as NodeJS.ReadableStream).setEncoding("utf8").on("data", (text: string) => (measured += text))
    running.on("close", (code) => {
      if (code !== 0) reject(new Error(`the analysis ended with ${code}`))
      else resolve({ ...(JSON.parse(measured) as MeasuredProcess), seconds: (performance.now() - startedAt) / 1_000, said })
    })
  })

const onCopy = async <A>(db: string, use: (copy: string) => Promise<A>): Promise<A> => {
  const copy = `${db}.copy.duckdb`
  copyFileSync(db, copy)
  try {
    return await use(copy)
  } finally {
    rmSync(copy)
  }
}

const whole = (db: string) => onCopy(db, (copy) => started("whole/observatory.js", "analyze", "--network", "mainnet-sim", "--db", copy))

const analysed = async (db: string): Promise<Run> => {
  const { said: _, ...process } = await whole(db)
  const { said } = await onCopy(db, (copy) => started("parts/analysis-child.js", copy))
  return { ...(JSON.parse(said) as MeasuredAnalysis), whole: process }
}

const folder = mkdtempSync(join(tmpdir(), "observatory-bench-"))
const runs: Array<Run> = []
try {
  mkdirSync(bundles, { recursive: true })
  await makeBundles()
  for (const size of sizes) {
    const db = join(folder, `${size}.duckdb`)
    await recordSyntheticCrawl(db, size)
    if (size === sizes[0]) await whole(db)
    runs.push(await analysed(db))
    rmSync(db)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
  rmSync(bundles, { recursive: true, force: true })
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
    seconds: rounded(run.whole.seconds),
    "cpu seconds": rounded(run.whole.cpuSeconds),
    "analysis alone": rounded(run.alone.seconds),
    "its cpu seconds": rounded(run.alone.cpuSeconds),
    "judging thread": run.judging.isApart ? "own" : "main",
    "to verdicts": rounded(run.judging.verdicts.seconds),
    "its cpu": rounded(run.judging.verdicts.cpuSeconds),
    "to pair tables": run.judging.tables === null ? null : rounded(run.judging.tables.seconds),
    "cpu to tables": run.judging.tables === null ? null : rounded(run.judging.tables.cpuSeconds),
    "peak MB": Math.round(run.whole.peakBytes / 1e6),
    "longest pause ms": Math.round(run.longestPauseMs),
    // log time / log size from the row before: 1 is linear, 2 quadratic.
    growth: before === undefined ? 0 : rounded(Math.log(run.whole.cpuSeconds / before.whole.cpuSeconds) / Math.log(run.servers / before.servers))
  }
}))
console.log("Processor time by part, seconds; parts that run at a time have both:")
console.table(Object.fromEntries(runs.map(({ servers, stages }) => [servers, Object.fromEntries(stages.map(({ cpuSeconds, name }) => [name, rounded(cpuSeconds)]))])))
if (runs.length > 1) {
  console.log("Growth, by the clock; of processor time see the table:")
  console.log(growthPlot(runs.map(({ servers }) => servers), [
    { sign: "W", name: "whole process", values: runs.map((run) => run.whole.seconds) },
    { sign: "J", name: "judging until verdicts, its thread alone", values: runs.map(({ judging }) => judging.verdicts.seconds) }
  ], "s"))
  console.log("and of memory:")
  console.log(growthPlot(runs.map(({ servers }) => servers), [{ sign: "M", name: "peak of the whole process", values: runs.map((run) => run.whole.peakBytes / 1e6) }], "MB"))
}
if (runs.some(({ clusters }) => clusters === 0)) throw new Error("No fleet was found: the benchmark measures nothing.")
