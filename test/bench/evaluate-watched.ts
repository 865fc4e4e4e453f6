import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { loadavg } from "node:os"
import { parseArgs } from "node:util"
import { evaluationText } from "../../src/cli/evaluation-text.ts"
import { analyse } from "../support/analysed-scenario.ts"
import { evaluateScenario } from "../support/scenario-evaluation.ts"
import { watchedIn, watchScenario } from "../support/watched-scenario.ts"

/**
 * `node test/bench/evaluate-watched.ts SCENARIO SEED FOLDER [--from HOUR] [--hours N] [--scale X]`
 *
 * Watches a world for a simulated day, analyses what was seen and judges it by the
 * truth. A millisecond of the machine is as many of theirs as time passes faster: beyond
 * a hundred, tips tell nothing. What was watched before into the same folder is only analysed anew.
 */
const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: "string", default: "18" },
    hours: { type: "string", default: "24" },
    scale: { type: "string", default: "60" },
    json: { type: "boolean", default: false }
  }
})
const [scenario, seed, folder] = positionals
if (scenario === undefined || seed === undefined || folder === undefined) throw new Error("say scenario, seed and folder")

mkdirSync(folder, { recursive: true })
const run = {
  scenario, randomSeed: Number(seed), folder, fromHour: Number(flags.from), hours: Number(flags.hours), scale: Number(flags.scale)
}
const seen = watchedIn(run)
// A watch that was cut short has a database and no mark that it is whole.
const mark = `${seen.db}.whole`
const startedAt = performance.now()
if (!existsSync(mark)) {
  for (const file of [seen.db, `${seen.db}.wal`]) rmSync(file, { force: true })
  await watchScenario(run)
  writeFileSync(mark, "")
}
await analyse(seen)
const evaluation = await evaluateScenario(seen)
console.log(`${scenario} ${seed}, ${flags.hours} h from hour ${flags.from}; ${((performance.now() - startedAt) / 1000).toFixed(0)} s, load ${loadavg()[0]!.toFixed(1)}`)
console.log(evaluationText(evaluation, flags.json ? "json" : "text"))
