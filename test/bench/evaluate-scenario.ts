/**
 * `node test/bench/evaluate-scenario.ts SCENARIO SEED FOLDER`
 *
 * One world of `npm run evaluate`, in a process of its own: it is looked at,
 * judged, and what came of it is written into the folder.
 */
import { judgeScenario, writeJudged } from "../support/judged-scenario.ts"

const [scenario, seed, folder] = process.argv.slice(2)
if (scenario === undefined || seed === undefined || folder === undefined) throw new Error("say scenario, seed and folder")
writeJudged(folder, await judgeScenario(scenario, Number(seed), folder))
