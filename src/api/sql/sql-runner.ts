import { Context, Effect, Exit, Layer, Scope, Semaphore } from "effect"
import type { Parameter } from "../../store/database.ts"
import { Busy } from "../problem.ts"
import type { SqlFile, SqlSource } from "./sql-source.ts"
import { type SqlProcess, startSqlProcess } from "./sql-process.ts"
import { type SqlLimits, type SqlOutcome, usualSqlLimits } from "./wire.ts"

interface Worker {
  readonly process: SqlProcess
  readonly scope: Scope.Closeable
  /** What it has open. */
  readonly file: SqlFile
}

const notReady: SqlOutcome = { kind: "refusal", message: "There is no copy to run queries on; the log of the server says why.", position: null }

/** Runs SQL of anybody on a file of `sql-source.ts`, apart from this process, within limits. */
export class SqlRunner extends Context.Service<SqlRunner, {
  /** An answer or a refusal; `Busy` when too many wait already. */
  readonly run: (sql: string, parameters?: Readonly<Record<string, Parameter>>) => Effect.Effect<SqlOutcome, Busy>
}>()("electrum-observatory/SqlRunner") {
  /** Processes are started when they are first needed, and anew after an accident or for a new snapshot. */
  static readonly layer = <R>(source: Effect.Effect<SqlSource, never, R>, limits: SqlLimits = usualSqlLimits): Layer.Layer<SqlRunner, never, Exclude<R, Scope.Scope>> =>
    Layer.effect(SqlRunner, Effect.flatMap(source, (source) => makeSqlRunner(source, limits)))
}

const makeSqlRunner = Effect.fnUntraced(function*(source: SqlSource, limits: SqlLimits) {
  const parent = yield* Effect.scope
  const turns = yield* Semaphore.make(limits.atATime)
  const idle: Array<Worker> = []
  let here = 0

  const end = (worker: Worker) => Scope.close(worker.scope, Exit.void)

  const acquire = Effect.fnUntraced(function*(file: SqlFile) {
    while (idle.length > 0) {
      const worker = idle.pop()!
      if (worker.process.isAlive() && worker.file.path === file.path && worker.file.edition === file.edition) return worker
      yield* end(worker)
    }
    const scope = yield* Scope.fork(parent)
    const process = yield* Scope.provide(startSqlProcess(file.path, limits), scope)
    return { process, scope, file } satisfies Worker
  })

  const release = (worker: Worker) =>
    Effect.suspend(() => {
      if (!worker.process.isAlive()) return end(worker)
      idle.push(worker)
      return Effect.void
    })

  const answer = Effect.fnUntraced(function*(sql: string, parameters: Readonly<Record<string, Parameter>>) {
    const file = yield* source
    const outcome = yield* Effect.acquireUseRelease(acquire(file), ({ process }) => process.run(sql, parameters), release)
    return outcome.kind === "answer" ? { ...outcome, answer: file.finish(outcome.answer, sql) } : outcome
  })

  const run = Effect.fn("SqlRunner.run")(function*(sql: string, parameters: Readonly<Record<string, Parameter>> = {}) {
    if (sql.length > limits.textChars) {
      const refusal: SqlOutcome = {
        kind: "refusal",
        message: `The SQL text is longer than ${limits.textChars.toLocaleString("en")} characters.`,
        position: null
      }
      return refusal
    }
    if (here >= limits.atATime + limits.waiting) {
      return yield* new Busy({ message: "Too many queries are waiting already: try again in some seconds." })
    }
    here++
    return yield* Semaphore.withPermit(turns, answer(sql, parameters)).pipe(
      Effect.catch((error) => Effect.as(Effect.logError(`Cannot make a copy for queries: ${error.message}`), notReady)),
      Effect.ensuring(Effect.sync(() => {
        here--
      }))
    )
  })

  return SqlRunner.of({ run })
})
