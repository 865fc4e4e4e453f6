import { NodeServices } from "@effect/platform-node"
import { Effect, Result } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { type CrawlEvaluation, evaluateCrawl } from "../../src/analysis/evaluation/evaluate-crawl.ts"
import { readCrawledEndpoints } from "../../src/analysis/evaluation/evaluation-input.ts"
import { mapTruth } from "../../src/analysis/evaluation/server-truth.ts"
import { parseTruth } from "../../src/analysis/evaluation/truth-file.ts"
import { readPairVerdicts, readSuspicion } from "../../src/analysis/evaluation/verdicts-input.ts"
import { Database } from "../../src/store/database.ts"
import type { SeenScenario } from "./analysed-scenario.ts"

const truthOf = (file: string) => Result.getOrThrow(parseTruth(readFileSync(file, "utf8")))

/** What `observatory evaluate` says of an analysed scenario; only crawl 1 is one, the others are probes. */
export const evaluateScenario = ({ db, truthFile }: SeenScenario, hasPower = false): Promise<CrawlEvaluation> =>
  Effect.runPromise(
    evaluateCrawl({ crawlId: 1 }, truthOf(truthFile), { hasPower }).pipe(
      Effect.provide(Database.layer(db)),
      Effect.provide(NodeServices.layer)
    )
  )

/** What is said of some servers by their names in the truth. */
export interface Said {
  /** Probability of one operator, by `server server` in order of names; missing: nothing worth a row. */
  readonly operator: ReadonlyMap<string, number>
  readonly score: ReadonlyMap<string, number | null>
}

/** What an analysis says, by the names of the truth, which crawls of one scenario have in common. */
export const saidOf = ({ db, truthFile }: SeenScenario): Promise<Said> =>
  Effect.gen(function*() {
    const { known } = mapTruth(truthOf(truthFile), yield* readCrawledEndpoints(1))
    const name = (serverId: number): string => known.get(serverId)?.server ?? `unknown ${serverId}`
    return {
      operator: new Map((yield* readPairVerdicts(1)).map(({ a, b, operator }) => [[name(a), name(b)].toSorted().join(" "), operator])),
      score: new Map((yield* readSuspicion(1)).map(({ score, serverId }) => [name(serverId), score]))
    }
  }).pipe(Effect.provide(Database.layer(db)), Effect.provide(NodeServices.layer), Effect.runPromise)

interface Fleet {
  readonly relays?: string
  readonly copies?: string
}

/** The file of a shipped scenario, or the file itself. */
export const scenarioFile = (scenario: string): string =>
  scenario.endsWith(".json") ? scenario : fileURLToPath(new URL(`../../src/simnet/scenarios/${scenario}.json`, import.meta.url))

/** The same scenario without the fleets that relay or copy somebody: what would be said of their victims then. */
export const withoutFramers = (scenario: string, folder: string): string => {
  const { fleets, ...rest } = JSON.parse(readFileSync(scenarioFile(scenario), "utf8")) as { readonly fleets: ReadonlyArray<Fleet> }
  const file = join(folder, `unframed-${basename(scenarioFile(scenario))}`)
  writeFileSync(file, JSON.stringify({ ...rest, name: `unframed-${basename(scenario, ".json")}`, fleets: fleets.filter((fleet) => fleet.relays === undefined && fleet.copies === undefined) }))
  return file
}

/** How much more, or less, is said of a victim because of those who frame it. */
export interface VictimMove {
  readonly victim: string
  /** Largest change of a probability with a server that is in both crawls, or with a framer the probability itself. */
  readonly probability: number
  /** Change of the score, in points; null where one crawl has none. */
  readonly points: number | null
}

/** Compares what is said of the victim of relays and copies with what is said in a world without them. */
export const victimMoves = async (framed: SeenScenario, unframed: SeenScenario): Promise<ReadonlyArray<VictimMove>> => {
  const victims = new Set(truthOf(framed.truthFile).flatMap(({ traits }) => traits.flatMap((trait) => /^(?:relays|copies) (.+)$/.exec(trait)?.[1] ?? [])))
  const [one, other] = [await saidOf(framed), await saidOf(unframed)]
  return [...victims].map((victim) => {
    const involved = [...new Set([...one.operator.keys(), ...other.operator.keys()])].filter((pair) => pair.split(" ").includes(victim))
    const changes = involved.map((pair) => Math.abs((one.operator.get(pair) ?? 0) - (other.operator.get(pair) ?? 0)))
    const [score, before] = [one.score.get(victim) ?? null, other.score.get(victim) ?? null]
    return { victim, probability: Math.max(0, ...changes), points: score === null || before === null ? null : Math.abs(score - before) }
  })
}
