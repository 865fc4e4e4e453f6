/**
 * `npm run evaluate -- [--seeds 5] [--first-seed 1] [--scenario NAME…] [--at-once N]
 *   [--keep FOLDER [--resume | --read]] [--out FILE | --readme]`
 *
 * How right the analysis is: each scenario with each seed is simulated, crawled
 * with deep visits, asked together at three times of its world, 6 hours apart, analysed, and
 * judged against its truth. To look at a world is mostly to wait for servers that
 * pace themselves, so several are looked at at once, each in a process of its own.
 *
 * Prints the tables of the README, or writes them into a file, or with `--readme`
 * into the README; on standard error every false accusation. With `--keep`, crawls
 * and what was judged are kept in a folder. Crawls are found there again, and
 * only the analysis is made anew; with `--resume` that is not either, where a
 * judgement is found; with `--read` nothing is run at all, and the tables are of
 * everything in the folder.
 */
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism, loadavg, tmpdir } from "node:os"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { bundleVariable } from "../support/bundle-of-run.ts"
import { cliBundle } from "../support/cli.ts"
import { type ScenarioRun, targetsMarkdown } from "../support/evaluation-targets.ts"
import { evaluatedScenarios, judgedFile, readJudged } from "../support/judged-scenario.ts"

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "5" },
    "first-seed": { type: "string", default: "1" },
    scenario: { type: "string", multiple: true, default: Object.keys(evaluatedScenarios) },
    "at-once": { type: "string", default: String(3 * availableParallelism()) },
    keep: { type: "string" },
    resume: { type: "boolean", default: false },
    read: { type: "boolean", default: false },
    out: { type: "string" },
    readme: { type: "boolean", default: false }
  }
})
if ((flags.resume || flags.read) && flags.keep === undefined) throw new Error("--resume and --read go with --keep FOLDER")

const temporary = mkdtempSync(join(tmpdir(), "observatory-evaluate-"))
const folder = flags.keep ?? temporary
mkdirSync(folder, { recursive: true })

const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => Number(flags["first-seed"]) + i)
/** Seed by seed, so that what was interrupted is of all scenarios. */
const wanted = flags.read ? [] : seeds.flatMap((seed) => flags.scenario.map((scenario) => ({ scenario, seed })))
const failed: Array<string> = []

const child = fileURLToPath(new URL("evaluate-scenario.ts", import.meta.url))

/** Judges one world in a process of its own, which leaves its judgement in the folder. */
const judge = (scenario: string, seed: number, bundle: string): Promise<void> =>
  new Promise((resolve) => {
    const began = performance.now()
    let said = ""
    const world = spawn(process.execPath, [child, scenario, String(seed), folder], {
      env: { ...process.env, [bundleVariable]: bundle },
      stdio: ["ignore", "ignore", "pipe"]
    })
    world.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4_000)
    })
    world.on("close", (code) => {
      const name = `${basename(scenario, ".json")} ${seed}`
      if (code !== 0) failed.push(name)
      console.error(`${name}: ${code === 0 ? "judged" : `FAILED: ${said}`} after ${((performance.now() - began) / 1000).toFixed(0)} s, load ${loadavg()[0]!.toFixed(1)}`)
      resolve()
    })
  })

const tellAccusations = ({ evaluation, scenario, seed }: ScenarioRun): void => {
  for (const { question, falseAccusations } of [evaluation.operator, evaluation.backend]) {
    for (const { evidence, isGrouped, probability, servers } of falseAccusations) {
      const why = evidence.map(({ bits, comparison }) => `${comparison} ${bits.toFixed(1)}`).join(", ")
      console.error(`${scenario} ${seed}: falsely one ${question}: ${servers.join(" and ")}, p = ${probability.toFixed(3)}${isGrouped ? ", grouped" : ""}: ${why}`)
    }
  }
}

/** Between these lines the README has what was measured last. */
const readmeMarks = ["<!-- npm run evaluate -- --readme writes from here -->\n", "<!-- to here -->\n"] as const

const intoReadme = (text: string): void => {
  const file = new URL("../../README.md", import.meta.url)
  const readme = readFileSync(file, "utf8")
  const [from, to] = readmeMarks.map((mark) => readme.indexOf(mark))
  if (from === -1 || to === -1) throw new Error("the README has no place for the tables")
  writeFileSync(file, `${readme.slice(0, from! + readmeMarks[0].length)}\n${text}\n${readme.slice(to)}`)
}

try {
  const began = performance.now()
  const waiting = wanted.filter(({ scenario, seed }) => !flags.resume || !existsSync(judgedFile(folder, scenario, seed)))
  const bundle = waiting.length === 0 ? "" : await cliBundle()
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await judge(next.scenario, next.seed, bundle)
  }
  await Promise.all(Array.from({ length: Number(flags["at-once"]) }, work))
  const isWanted = new Set(wanted.map(({ scenario, seed }) => judgedFile(folder, scenario, seed)))
  const runs = readJudged(folder).filter(({ scenario, seed }) => flags.read || isWanted.has(judgedFile(folder, scenario, seed)))
  runs.forEach(tellAccusations)
  const minutes = (performance.now() - began) / 60_000
  const machine = flags.read ? [] : [`${minutes.toFixed(0)} minutes, ${flags["at-once"]} worlds at once on ${availableParallelism()} CPUs`]
  const text = [targetsMarkdown(runs), [`Seeds ${[...new Set(runs.map(({ seed }) => seed))].toSorted((a, b) => a - b).join(", ")}`, ...machine].join("; ")].join("\n")
  if (flags.readme) intoReadme(`${text}.\n`)
  else if (flags.out === undefined) console.log(`${text}.\n`)
  else writeFileSync(flags.out, `${text}.\n`)
  if (failed.length > 0) {
    console.error(`Not judged: ${failed.join(", ")}`)
    process.exitCode = 1
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
