import { Worker } from "node:worker_threads"
import { Effect } from "effect"
import type { AnalysisWork } from "./analysis-worker.ts"
import { judgeOperators, type OperatorFindings, type OperatorOptions } from "./operators.ts"
import type { ServerTraits } from "./traits/server-traits.ts"

/** Up to here judging takes less time than starting a thread. */
const fewServers = 400

/** Beside this file, called like it: a bundle has the worker's beside itself. */
const workerFile = (): URL => new URL(`./analysis-worker${/\.\w+$/.exec(import.meta.url)?.[0] ?? ".js"}`, import.meta.url)

/**
 * Judges in a thread of its own when there are many servers, so that this one
 * goes on answering. Interruption ends the thread. What goes wrong in it is a
 * defect: judging has no errors.
 */
export const judgeApart = (
  servers: ReadonlyArray<ServerTraits>,
  options: OperatorOptions,
  inThread = servers.length > fewServers
): Effect.Effect<OperatorFindings> =>
  !inThread
    ? Effect.sync(() => judgeOperators(servers, options))
    : Effect.callback<OperatorFindings>((resume) => {
      const work: AnalysisWork = { servers, options }
      const worker = new Worker(workerFile(), { workerData: work })
      worker.once("message", (findings: OperatorFindings) => resume(Effect.succeed(findings)))
      worker.once("error", (cause) => resume(Effect.die(cause)))
      worker.once("exit", (code) => resume(Effect.die(new Error(`The analysis thread ended with code ${code}.`))))
      return Effect.promise(() => worker.terminate())
    })
