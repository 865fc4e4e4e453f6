import { parentPort, workerData } from "node:worker_threads"
import { type LayoutInput, serverLayout } from "./graph/layout.ts"
import { judgeOperators, type OperatorOptions } from "./operators.ts"
import type { ServerTraits } from "./traits/server-traits.ts"

/** What the thread is started with. */
export type AnalysisWork =
  | { readonly kind: "judge"; readonly servers: ReadonlyArray<ServerTraits>; readonly options: OperatorOptions }
  | { readonly kind: "layout"; readonly input: LayoutInput }

// An entry of its own: it runs in a worker thread, from the sources or from its own bundle beside the program's.
const work = workerData as AnalysisWork
parentPort!.postMessage(work.kind === "judge" ? judgeOperators(work.servers, work.options) : serverLayout(work.input), [])
