import { fork } from "node:child_process"
import { basename, dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { Deferred, Effect, type Scope } from "effect"
import type { Parameter } from "../../store/database.ts"
import type { SqlJob, SqlLimits, SqlOutcome } from "./wire.ts"

/** Beside this file, called like it: a bundle has the child's beside itself. */
const childFile = (): string => fileURLToPath(new URL(`./sql-child${/\.\w+$/.exec(import.meta.url)?.[0] ?? ".js"}`, import.meta.url))

/** V8's part of the process; DuckDB's is limited by itself. */
const heapMb = 192

/** One process that runs one query at a time. */
export interface SqlProcess {
  /**
   * What came of a query. Interrupting it, or its time being up, stops the query, and
   * kills the process where the query does not stop.
   */
  readonly run: (sql: string, parameters: Readonly<Record<string, Parameter>>) => Effect.Effect<SqlOutcome>
  readonly isAlive: () => boolean
}

const gone: SqlOutcome = {
  kind: "refusal",
  message: "The query ended the process it ran in: it took too much memory, or DuckDB failed.",
  position: null
}

const timeUp = (timeoutMs: number): SqlOutcome => ({
  kind: "refusal",
  message: `The query took longer than ${timeoutMs / 1_000} s and was stopped.`,
  position: null
})

/** Starts a process on a snapshot; it ends with the scope. */
export const startSqlProcess = Effect.fnUntraced(function*(
  snapshot: string,
  limits: SqlLimits
): Effect.fn.Return<SqlProcess, never, Scope.Scope> {
  let next = Deferred.makeUnsafe<SqlOutcome>()
  let isAlive = true
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => fork(childFile(), [basename(snapshot), JSON.stringify(limits)], {
      cwd: dirname(snapshot),
      // Nothing of ours is there to be asked for.
      env: {},
      execArgv: [`--max-old-space-size=${heapMb}`],
      // An accident of V8 writes pages of its own; the refusal says what there is to say.
      stdio: ["ignore", "ignore", "ignore", "ipc"]
    })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  const settle = (outcome: SqlOutcome): void => {
    Deferred.doneUnsafe(next, Effect.succeed(outcome))
  }
  child.on("message", (outcome: SqlOutcome) => settle(outcome))
  child.on("error", () => {
    isAlive = false
    settle(gone)
  })
  child.on("exit", () => {
    isAlive = false
    settle(gone)
  })
  const send = (job: SqlJob): void => {
    if (child.connected) child.send(job, () => undefined)
  }
  /** What comes next: nobody who waits for it loses it to another. */
  const expected = () => {
    next = Deferred.makeUnsafe<SqlOutcome>()
    return next
  }
  const ready = yield* Deferred.await(next)
  if (ready.kind !== "ready") isAlive = false

  const stop = Effect.gen(function*() {
    send({ kind: "stop" })
    yield* Effect.timeoutOrElse(Deferred.await(next), {
      duration: limits.graceMs,
      orElse: () => Effect.sync(() => {
        isAlive = false
        child.kill("SIGKILL")
      })
    })
  })

  const run = (sql: string, parameters: Readonly<Record<string, Parameter>>) =>
    Effect.suspend(() => {
      if (!isAlive) return Effect.succeed(ready.kind === "refusal" ? ready : gone)
      const outcome = expected()
      send({ kind: "run", sql, parameters })
      return Deferred.await(outcome).pipe(
        Effect.timeoutOrElse({ duration: limits.timeoutMs, orElse: () => Effect.as(stop, timeUp(limits.timeoutMs)) }),
        Effect.onInterrupt(() => stop)
      )
    })

  return { run, isAlive: () => isAlive }
})
