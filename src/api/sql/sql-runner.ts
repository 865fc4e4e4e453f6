import { Context, Effect, Exit, Layer, Scope, Semaphore } from "effect"
import type { Parameter } from "../../store/database.ts"
import { Busy } from "../problem.ts"
import { Editions } from "../editions.ts"
import { type SqlProcess, startSqlProcess } from "./sql-process.ts"
import { type SqlLimits, type SqlOutcome, usualSqlLimits } from "./wire.ts"

interface Worker {
  readonly process: SqlProcess
  readonly scope: Scope.Closeable
  /** Of the snapshot it has open. */
  readonly edition: string
}

/** Runs SQL of anybody on the snapshot, apart from this process, within limits. */
export class SqlRunner extends Context.Service<SqlRunner, {
  /** An answer or a refusal; `Busy` when too many wait already. */
  readonly run: (sql: string, parameters?: Readonly<Record<string, Parameter>>) => Effect.Effect<SqlOutcome, Busy>
}>()("electrum-observatory/SqlRunner") {
  /** Processes are started when they are first needed, and anew after an accident or for a new snapshot. */
  static readonly layer = (snapshot: string, limits: SqlLimits = usualSqlLimits): Layer.Layer<SqlRunner, never, Editions> =>
    Layer.effect(SqlRunner, makeSqlRunner(snapshot, limits))
}

const makeSqlRunner = Effect.fnUntraced(function*(snapshot: string, limits: SqlLimits) {
  const editions = yield* Editions
  const parent = yield* Effect.scope
  const turns = yield* Semaphore.make(limits.atATime)
  const idle: Array<Worker> = []
  let here = 0

  const end = (worker: Worker) => Scope.close(worker.scope, Exit.void)

  const acquire = Effect.gen(function*() {
    const edition = editions.newest().id
    while (idle.length > 0) {
      const worker = idle.pop()!
      if (worker.process.isAlive() && worker.edition === edition) return worker
      yield* end(worker)
    }
    const scope = yield* Scope.fork(parent)
    const process = yield* Scope.provide(startSqlProcess(snapshot, limits), scope)
    return { process, scope, edition } satisfies Worker
  })

  const release = (worker: Worker) =>
    Effect.suspend(() => {
      if (!worker.process.isAlive()) return end(worker)
      idle.push(worker)
      return Effect.void
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
    return yield* Semaphore.withPermit(
      turns,
      Effect.acquireUseRelease(acquire, ({ process }) => process.run(sql, parameters), release)
    ).pipe(Effect.ensuring(Effect.sync(() => {
      here--
    })))
  })

  return SqlRunner.of({ run })
})
