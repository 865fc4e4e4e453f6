/**
 * `node analysis-child.js DATABASE`, from a bundle
 *
 * Analyses the one crawl in a database as `observatory analyze` does, and prints
 * as JSON what each part of it took: seconds by the clock, and of processor time
 * of the whole process, its threads and DuckDB's included.
 */
import { NodeServices } from "@effect/platform-node"
import { Effect, Layer, Tracer } from "effect"
import { Analysis } from "../../src/analysis/analysis.ts"
import { walletListOf } from "../../src/cli/wallet-list.ts"
import { AnalysisStore } from "../../src/store/database.ts"
import type { MeasuredAnalysis, MeasuredStage } from "./messages.ts"

const path = process.argv[2]
if (path === undefined) throw new Error("say which database")

const cpuSeconds = (): number => {
  const { system, user } = process.cpuUsage()
  return (system + user) / 1e6
}

const stages: Array<MeasuredStage> = []

/** The analysis without what loads the program and opens the database. */
let alone: Omit<MeasuredStage, "name"> = { seconds: 0, cpuSeconds: 0 }

/** Of spans that overlap, each has the processor time of both. */
class MeasuringSpan extends Tracer.NativeSpan {
  readonly #cpu = cpuSeconds()
  readonly #began = performance.now()

  override end(...ended: Parameters<Tracer.NativeSpan["end"]>): void {
    super.end(...ended)
    const took = { seconds: (performance.now() - this.#began) / 1_000, cpuSeconds: cpuSeconds() - this.#cpu }
    if (this.name === "Analysis.analyze") alone = took
    if (this.name.startsWith("Analysis: ")) stages.push({ name: this.name.slice("Analysis: ".length), ...took })
  }
}

/** The longest time that anything else on the main thread had to wait, milliseconds. */
let longestPauseMs = 0
let last = performance.now()
const look = (): void => {
  const now = performance.now()
  longestPauseMs = Math.max(longestPauseMs, now - last)
  last = now
}
const timer = setInterval(look, 5)

const result = await Effect.runPromise(
  Effect.flatMap(Analysis, (analysis) => analysis.analyze({ crawlId: 1 }, { walletListOf })).pipe(
    Effect.provide(Layer.provide(Analysis.layer, AnalysisStore.layer(path))),
    Effect.provide(NodeServices.layer),
    Effect.provideService(Tracer.Tracer, Tracer.make({ span: (options) => new MeasuringSpan(options) }))
  )
)
clearInterval(timer)
look()
console.log(JSON.stringify({
  servers: result.servers,
  announcements: result.announcements,
  pairs: result.operators.linkage.compared,
  clusters: result.operators.clusters.length,
  stages,
  alone,
  longestPauseMs
} satisfies MeasuredAnalysis))
