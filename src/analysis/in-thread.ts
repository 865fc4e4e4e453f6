import { Worker } from "node:worker_threads"
import { Effect, type Scope } from "effect"
import type { AnalysisWork } from "./analysis-worker.ts"

/** Beside this file, called like it: a bundle has the worker's beside itself. */
const workerFile = (): URL => new URL(`./analysis-worker${/\.\w+$/.exec(import.meta.url)?.[0] ?? ".js"}`, import.meta.url)

/**
 * Does heavy work in a thread of its own, so that this one goes on answering.
 * Gives an effect that waits for its next answer, for one that asks at a time.
 * The thread ends with the scope, whatever is still to come. What goes wrong in it
 * is a defect: the work has no errors. Runs once: what was handed to the thread is
 * not kept here, where it would stand in memory a second time.
 */
export const answersInThread = (work: AnalysisWork): Effect.Effect<Effect.Effect<unknown>, never, Scope.Scope> => {
  let handed: AnalysisWork | undefined = work
  const started = Effect.sync(() => {
    if (handed === undefined) throw new Error("This work was handed to a thread before.")
    const worker = new Worker(workerFile(), { workerData: handed })
    handed = undefined
    const came: Array<Effect.Effect<unknown>> = []
    let waiting: ((answer: Effect.Effect<unknown>) => void) | undefined
    const come = (answer: Effect.Effect<unknown>): void => {
      const resume = waiting
      waiting = undefined
      if (resume === undefined) came.push(answer)
      else resume(answer)
    }
    worker.on("message", (found: unknown) => come(Effect.succeed(found)))
    worker.once("error", (cause) => come(Effect.die(cause)))
    worker.once("exit", (code) => come(Effect.die(new Error(`The analysis thread ended with code ${code}.`))))
    const next = Effect.callback<unknown>((resume) => {
      const answer = came.shift()
      if (answer === undefined) waiting = resume
      else resume(answer)
    })
    return { worker, next }
  })
  return Effect.map(Effect.acquireRelease(started, ({ worker }) => Effect.promise(() => worker.terminate())), ({ next }) => next)
}

/** The same for work that answers once; interruption ends the thread. */
export const inThread = <A>(work: AnalysisWork): Effect.Effect<A> => {
  const answers = answersInThread(work)
  return Effect.scoped(Effect.flatten(answers)) as Effect.Effect<A>
}
