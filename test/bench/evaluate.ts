/**
 * `npm run evaluate -- [--seeds 5] [--first-seed 1] [--scenario NAME…] [--out FILE] [--keep FOLDER]`
 *
 * How right the analysis is: each scenario with each seed is simulated, crawled
 * with deep visits, asked together at three times of its world, 6 hours apart, analysed, and
 * judged against its truth. One at a time; a scenario takes one to two minutes.
 * Prints (or writes) the table of the README, and on standard error every false
 * accusation. With `--keep`, crawls are kept in a folder and found there again:
 * only the analysis is made anew.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism, loadavg, tmpdir } from "node:os"
import { basename, join } from "node:path"
import { parseArgs } from "node:util"
import { analyse, lookAtScenario, type SeenScenario, seenIn } from "../support/analysed-scenario.ts"
import { type ScenarioRun, targetsMarkdown } from "../support/evaluation-targets.ts"
import { evaluateScenario, scenarioFile, victimMoves, withoutFramers } from "../support/scenario-evaluation.ts"

/** All that ship but `large` (whose size is for speed), with at most so many servers where fleets can shrink. */
const shipped: Readonly<Record<string, number | null>> = {
  careful: null,
  churn: null,
  disguised: 60,
  dual: null,
  framing: null,
  hosted: null,
  hostile: null,
  lookalikes: null,
  "lying-majority": null,
  "mainnet-2025-12": null,
  mixed: null,
  selective: null,
  sloppy: null
}

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "5" },
    "first-seed": { type: "string", default: "1" },
    scenario: { type: "string", multiple: true, default: Object.keys(shipped) },
    out: { type: "string" },
    keep: { type: "string" }
  }
})
const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => Number(flags["first-seed"]) + i)

const temporary = mkdtempSync(join(tmpdir(), "observatory-evaluate-"))
const folder = flags.keep ?? temporary
mkdirSync(folder, { recursive: true })

/** The crawl of a scenario, made or found, analysed by the program as it is now. */
const seen = async (scenario: string, seed: number): Promise<SeenScenario> => {
  const known = seenIn(folder, scenario, seed)
  // A crawl that was cut short has a database and no mark that it is whole.
  const mark = `${known.db}.whole`
  if (!existsSync(mark)) {
    for (const file of [known.db, `${known.db}.wal`]) rmSync(file, { force: true })
    await lookAtScenario(scenario, seed, folder, {
      servers: shipped[basename(scenario, ".json")] ?? null,
      differential: /^(?:selective|lying-majority)$/.test(basename(scenario, ".json"))
    })
    writeFileSync(mark, "")
  }
  await analyse(known)
  return known
}

const isFramed = (scenario: string): boolean => /"(?:relays|copies)"/.test(readFileSync(scenarioFile(scenario), "utf8"))

const runs: Array<ScenarioRun> = []
try {
  for (const scenario of flags.scenario) {
    for (const seed of seeds) {
      const began = performance.now()
      const framed = await seen(scenario, seed)
      const moves = isFramed(scenario)
        ? await victimMoves(framed, await seen(withoutFramers(scenario, temporary), seed))
        : []
      const evaluation = await evaluateScenario(framed)
      const name = basename(scenario, ".json")
      runs.push({ scenario: name, seed, evaluation, moves })
      const { backend, coverage, operator } = evaluation
      console.error(`${name} ${seed}: ${coverage.judged} servers, ${((performance.now() - began) / 1000).toFixed(0)} s`)
      for (const { question, falseAccusations } of [operator, backend]) {
        for (const { evidence, isGrouped, probability, servers } of falseAccusations) {
          const why = evidence.map(({ bits, comparison }) => `${comparison} ${bits.toFixed(1)}`).join(", ")
          console.error(`  falsely one ${question}: ${servers.join(" and ")}, p = ${probability.toFixed(3)}${isGrouped ? ", grouped" : ""}: ${why}`)
        }
      }
    }
  }
  const machine = `${availableParallelism()} CPUs, Node ${process.versions.node}, load average ${loadavg().map((load) => load.toFixed(2)).join(" ")}`
  const text = `${targetsMarkdown(runs)}\nSeeds ${seeds.join(", ")}; ${machine}.\n`
  if (flags.out === undefined) console.log(text)
  else writeFileSync(flags.out, text)
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
