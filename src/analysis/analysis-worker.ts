import { parentPort, workerData } from "node:worker_threads"
import { judgeOperators, type OperatorOptions } from "./operators.ts"
import type { ServerTraits } from "./traits/server-traits.ts"

/** What the thread is started with. */
export interface AnalysisWork {
  readonly servers: ReadonlyArray<ServerTraits>
  readonly options: OperatorOptions
}

// An entry of its own: it runs in a worker thread, from the sources or from its own bundle beside the program's.
const { options, servers } = workerData as AnalysisWork
parentPort!.postMessage(judgeOperators(servers, options), [])
