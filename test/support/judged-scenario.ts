import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { analyse, lookAtScenario, type SeenScenario, seenIn } from "./analysed-scenario.ts"
import type { ScenarioRun } from "./evaluation-targets.ts"
import { evaluateScenario, scenarioFile, victimMoves, withoutFramers } from "./scenario-evaluation.ts"

/** All that ship but `large` (whose size is for speed), with at most so many servers where fleets can shrink. */
export const evaluatedScenarios: Readonly<Record<string, number | null>> = {
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

/** Whose servers answer with many errors, or byte by byte: a series waits up to half an hour for room at each of them. */
const errScenarios: ReadonlySet<string> = new Set(["hostile", "mixed"])

/** The crawl of a scenario, made or found in the folder, analysed by the program as it is now. */
const seen = async (scenario: string, seed: number, folder: string): Promise<SeenScenario> => {
  const known = seenIn(folder, scenario, seed)
  // A crawl that was cut short has a database and no mark that it is whole.
  const mark = `${known.db}.whole`
  if (!existsSync(mark)) {
    for (const file of [known.db, `${known.db}.wal`]) rmSync(file, { force: true })
    const name = basename(scenario, ".json")
    await lookAtScenario(scenario, seed, folder, { servers: evaluatedScenarios[name] ?? null, differential: !errScenarios.has(name) })
    writeFileSync(mark, "")
  }
  await analyse(known)
  return known
}

const isFramed = (scenario: string): boolean => /"(?:relays|copies)"/.test(readFileSync(scenarioFile(scenario), "utf8"))

/** Looks at a scenario as `lookAtScenario` does, unless its crawl is in the folder, and judges it by its truth. */
export const judgeScenario = async (scenario: string, seed: number, folder: string): Promise<ScenarioRun> => {
  mkdirSync(folder, { recursive: true })
  const [framed, unframed] = await Promise.all([
    seen(scenario, seed, folder),
    isFramed(scenario) ? seen(withoutFramers(scenario, folder), seed, folder) : null
  ])
  return {
    scenario: basename(scenario, ".json"),
    seed,
    evaluation: await evaluateScenario(framed),
    moves: unframed === null ? [] : await victimMoves(framed, unframed)
  }
}

const judgement = ".judged.json"

/** Where what was judged is kept beside its crawl. */
export const judgedFile = (folder: string, scenario: string, seed: number): string =>
  join(folder, `${basename(scenario, ".json")}-${seed}${judgement}`)

/** Keeps it, at once or not at all. */
export const writeJudged = (folder: string, run: ScenarioRun): void => {
  const file = judgedFile(folder, run.scenario, run.seed)
  writeFileSync(`${file}.new`, JSON.stringify(run))
  renameSync(`${file}.new`, file)
}

/** All that was judged in a folder, by scenario and seed. */
export const readJudged = (folder: string): ReadonlyArray<ScenarioRun> =>
  readdirSync(folder)
    .filter((name) => name.endsWith(judgement))
    .map((name): ScenarioRun => JSON.parse(readFileSync(join(folder, name), "utf8")))
    .toSorted((a, b) => a.scenario < b.scenario ? -1 : a.scenario > b.scenario ? 1 : a.seed - b.seed)
