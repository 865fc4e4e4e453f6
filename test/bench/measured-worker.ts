/**
 * The thread of an analysis, which measures itself: takes the place of
 * `src/analysis/analysis-worker.ts` in the bundle of `analysis-child.ts`. After all
 * its answers it sends what they took (`MeasuredThread`), from having its input.
 */
import { parentPort, workerData } from "node:worker_threads"
import type { AnalysisWork } from "../../src/analysis/analysis-worker.ts"
import type { MeasuredThread } from "./messages.ts"

const port = parentPort!
const began = performance.now()
const before = process.threadCpuUsage()
const answers: Array<MeasuredThread["answers"][number]> = []

const post = port.postMessage.bind(port)
port.postMessage = (answer, transferred) => {
  // Copying an answer is part of handing it on.
  post(answer, transferred as ReadonlyArray<never>)
  const { system, user } = process.threadCpuUsage(before)
  answers.push({ seconds: (performance.now() - began) / 1_000, cpuSeconds: (system + user) / 1e6 })
}

// Loading what it needs is measured too: it is only begun once the thread has its input.
await import("../../src/analysis/analysis-worker.ts")
post({ thread: (workerData as AnalysisWork).kind, answers } satisfies MeasuredThread, [])
