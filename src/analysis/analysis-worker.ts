import { parentPort, workerData } from "node:worker_threads"
import { exposureRowsOf, type ExposureWork } from "./exposure/exposure-rows.ts"
import { type LayoutInput, serverLayout } from "./graph/layout.ts"
import { judgeOperators, type OperatorOptions } from "./operators.ts"
import type { ServerTraits } from "./traits/server-traits.ts"

/** What the thread is started with. */
export type AnalysisWork =
  | { readonly kind: "judge"; readonly servers: ReadonlyArray<ServerTraits>; readonly options: OperatorOptions }
  | { readonly kind: "layout"; readonly input: LayoutInput }
  | { readonly kind: "exposure"; readonly work: ExposureWork }

const done = (work: AnalysisWork): unknown => {
  switch (work.kind) {
    case "judge":
      return judgeOperators(work.servers, work.options)
    case "layout":
      return serverLayout(work.input)
    case "exposure":
      return exposureRowsOf(work.work)
  }
}

// An entry of its own: it runs in a worker thread, from the sources or from its own bundle beside the program's.
parentPort!.postMessage(done(workerData as AnalysisWork), [])
