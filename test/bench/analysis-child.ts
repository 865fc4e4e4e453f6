/**
 * `node analysis-child.js DATABASE`, from a bundle
 *
 * Analyses the one crawl in a database as `observatory analyze` does, and prints
 * as JSON what each part of it took: seconds by the clock, and of processor time
 * of the whole process, its threads and DuckDB's included; of judging also what the
 * thread alone takes that does it.
 */
import { NodeServices } from "@effect/platform-node"
import { Effect, Layer, Tracer } from "effect"
import { Analysis } from "../../src/analysis/analysis.ts"
import { isJudgedApart } from "../../src/analysis/judge-in-worker.ts"
import { walletListOf } from "../../src/cli/wallet-list.ts"
import { AnalysisStore } from "../../src/store/database.ts"
import type { MeasuredAnalysis, MeasuredJudging, MeasuredStage, MeasuredThread, Took } from "./messages.ts"

const path = process.argv[2]
if (path === undefined) throw new Error("say which database")

const secondsOf = ({ system, user }: NodeJS.CpuUsage): number => (system + user) / 1e6

const cpuSeconds = (): number => secondsOf(process.cpuUsage())

const stages: Array<MeasuredStage> = []

/** The analysis without what loads the program and opens the database. */
let alone: Took = { seconds: 0, cpuSeconds: 0 }

let judging: MeasuredJudging | undefined

// What `measured-worker.ts` says last; the analysis asks for no more answers by then.
process.on("worker", (worker) => {
  worker.on("message", (said: MeasuredThread | object) => {
    if (!("thread" in said) || said.thread !== "judge") return
    judging = { isApart: true, verdicts: said.answers[0]!, tables: said.answers.at(-1)! }
  })
})

/** Of spans that overlap, each has the processor time of both. */
class MeasuringSpan extends Tracer.NativeSpan {
  readonly #cpu = cpuSeconds()
  readonly #thread = secondsOf(process.threadCpuUsage())
  readonly #began = performance.now()

  override end(...ended: Parameters<Tracer.NativeSpan["end"]>): void {
    super.end(...ended)
    const took = { seconds: (performance.now() - this.#began) / 1_000, cpuSeconds: cpuSeconds() - this.#cpu }
    if (this.name === "Analysis.analyze") alone = took
    // Of a small crawl, whose judging is nothing but a function that this thread calls; a thread of its own says it better, and later.
    if (this.name === "Analysis: judge") {
      judging = { isApart: false, verdicts: { seconds: took.seconds, cpuSeconds: secondsOf(process.threadCpuUsage()) - this.#thread }, tables: null }
    }
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
if (judging?.isApart !== isJudgedApart(result.servers)) throw new Error("The thread that judged did not say how long it took.")
console.log(JSON.stringify({
  servers: result.servers,
  announcements: result.announcements,
  pairs: result.operators.linkage.compared,
  clusters: result.operators.clusters.length,
  stages,
  alone,
  judging,
  longestPauseMs
} satisfies MeasuredAnalysis))
