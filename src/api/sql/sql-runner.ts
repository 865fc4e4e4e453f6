import { Context, Effect, Exit, Layer, Scope, Semaphore } from "effect"
import type { Parameter } from "../../store/database.ts"
import { Busy } from "../problem.ts"
import { Editions } from "../editions.ts"
import { type SqlProcess, startSqlProcess } from "./sql-process.ts"
import { sqlLimits, type SqlOutcome } from "./wire.ts"

interface Worker {
  readonly process: SqlProcess
  readonly scope: Scope.Closeable
  /** Of the snapshot it has open. */
  readonly edition: string
}

/** Runs SQL of anybody on the snapshot, apart from this process, within `sqlLimits`. */
export class SqlRunner extends Context.Service<SqlRunner, {
  /** An answer or a refusal; `Busy` when too many wait already. */
  readonly run: (sql: string, parameters?: Readonly<Record<string, Parameter>>) => Effect.Effect<SqlOutcome, Busy>
}>()("electrum-observatory/SqlRunner") {
  /** Processes are started when they are first needed, and anew after an accident or for a new snapshot. */
  static readonly layer = (snapshot: string): Layer.Layer<SqlRunner, never, Editions> =>
    Layer.effect(SqlRunner, makeSqlRunner(snapshot))
}

const makeSqlRunner = Effect.fnUntraced(function*(snapshot: string) {
  const editions = yield* Editions
  const parent = yield* Effect.scope
  const turns = yield* Semaphore.make(sqlLimits.atATime)
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
    const process = yield* Scope.provide(startSqlProcess(snapshot), scope)
    return { process, scope, edition } satisfies Worker
  })

  const release = (worker: Worker) =>
    Effect.suspend(() => {
      if (!worker.process.isAlive()) return end(worker)
      idle.push(worker)
      return Effect.void
    })

  const run = Effect.fn("SqlRunner.run")(function*(sql: string, parameters: Readonly<Record<string, Parameter>> = {}) {
    if (sql.length > sqlLimits.textChars) {
      const refusal: SqlOutcome = {
        kind: "refusal",
        message: `The SQL text is longer than ${sqlLimits.textChars.toLocaleString("en")} characters.`,
        position: null
      }
      return refusal
    }
    if (here >= sqlLimits.atATime + sqlLimits.waiting) {
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
