import type { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, type Redacted, Schema, Semaphore } from "effect"
import { CrawlError } from "../crawl-error.ts"
import { SharedEvent } from "./shared-event.ts"

/** A step with its time, milliseconds since 1970 by the database's clock. */
export interface Step {
  readonly at: number
  readonly event: SharedEvent
}

/** What a runner decides when it knows all steps: further ones, and which moment for a connection it takes. */
export interface Decision<A> {
  readonly events: ReadonlyArray<SharedEvent>
  /** The next moment at which anybody may open a connection; null: unchanged. */
  readonly nextSlot: number | null
  readonly result: A
}

/** What is known when a runner decides. */
export interface Turn {
  readonly now: number
  readonly nextSlot: number
  /** Leases that ended, by endpoint. */
  readonly lapsed: ReadonlyArray<{ readonly key: string; readonly runner: string }>
}

export interface SharedLogOptions {
  /** Of the database: `postgres://USER:PASSWORD@HOST:PORT/NAME`. */
  readonly url: Redacted.Redacted
  /** Which crawl; the first runner begins it. */
  readonly crawl: string
  readonly network: string
  readonly runner: string
  readonly leaseMs: number
}

/**
 * The log of a crawl that several runner processes share: its steps in one order,
 * which every runner applies to a frontier of its own. Postgres rows and one row
 * lock, no cluster: the order of a crawl (waves, one pace, one connection an
 * address, the end) is global, so there is nothing to shard, and a step is decided
 * in a few milliseconds between visits of seconds.
 */
export class SharedLog extends Context.Service<SharedLog, {
  readonly runner: string
  readonly leaseMs: number
  /**
   * Reads what others did since, which `apply` is given in order, lets `decide`
   * decide alone, appends its steps, which `apply` is given too, and says what came of it.
   */
  readonly turn: <A>(apply: (step: Step) => void, decide: (turn: Turn) => Decision<A>) => Effect.Effect<A, CrawlError>
  /** Makes the leases of this runner last from now. */
  readonly renew: Effect.Effect<void, CrawlError>
}>()("electrum-observatory/SharedLog") {
  /** Connects, and makes the tables and the crawl where they are not there yet. Fails with `shared frontier`. */
  static readonly layer = (options: SharedLogOptions): Layer.Layer<SharedLog, CrawlError> =>
    Layer.effect(SharedLog, Effect.gen(function*() {
      // Loaded here only: a crawl of one needs no client of Postgres.
      const { PgClient } = yield* Effect.promise(() => import("@effect/sql-pg"))
      const services = yield* Effect.mapError(Layer.build(PgClient.layer({ url: options.url, applicationName: "electrum-observatory", maxConnections: 2 })), failed)
      return yield* makeSharedLog(options, Context.get(services, PgClient.PgClient))
    }))
}

const tables = [
  `CREATE TABLE IF NOT EXISTS observatory_crawl (
    name TEXT PRIMARY KEY, network TEXT NOT NULL, steps INTEGER NOT NULL, next_slot_ms DOUBLE PRECISION NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS observatory_step (
    crawl TEXT NOT NULL, step INTEGER NOT NULL, at_ms DOUBLE PRECISION NOT NULL, runner TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (crawl, step))`,
  `CREATE TABLE IF NOT EXISTS observatory_lease (
    crawl TEXT NOT NULL, endpoint_key TEXT NOT NULL, runner TEXT NOT NULL, until_ms DOUBLE PRECISION NOT NULL, PRIMARY KEY (crawl, endpoint_key))`
]

const nowSql = "(extract(epoch FROM clock_timestamp()) * 1000)::DOUBLE PRECISION"

const failed = (cause: { readonly message: string }) =>
  cause instanceof CrawlError ? cause : new CrawlError({ reason: "shared frontier", message: `The shared frontier's database: ${cause.message}` })

const HeadRow = Schema.Struct({ steps: Schema.Int, next_slot_ms: Schema.Finite, now_ms: Schema.Finite, network: Schema.String })
const StepRow = Schema.Struct({ at_ms: Schema.Finite, event: Schema.fromJsonString(SharedEvent) })
const LeaseRow = Schema.Struct({ key: Schema.String, runner: Schema.String })

const decoded = <A>(row: Schema.ConstraintDecoder<A>, rows: ReadonlyArray<unknown>): Effect.Effect<ReadonlyArray<A>, CrawlError> =>
  Schema.decodeUnknownEffect(Schema.Array(row))(rows).pipe(Effect.mapError(failed))

const encodeEvent = Schema.encodeSync(Schema.fromJsonString(SharedEvent))

const makeSharedLog = Effect.fnUntraced(function*({ crawl, leaseMs, network, runner }: SharedLogOptions, sql: PgClient.PgClient) {
  const one = yield* Semaphore.make(1)
  const statement = (text: string, values: ReadonlyArray<unknown> = []) => Effect.mapError(sql.unsafe(text, values), failed)
  // Two runners that begin at once may both make them: whoever is second finds them there.
  for (const table of tables) yield* Effect.retry(statement(table), { times: 3 })
  yield* statement("INSERT INTO observatory_crawl VALUES ($1, $2, 0, 0) ON CONFLICT DO NOTHING", [crawl, network])
  let known = 0

  const turn = <A>(apply: (step: Step) => void, decide: (turn: Turn) => Decision<A>): Effect.Effect<A, CrawlError> =>
    Effect.gen(function*() {
      const [head] = yield* decoded(HeadRow, yield* statement(`SELECT steps, next_slot_ms, network, ${nowSql} AS now_ms FROM observatory_crawl WHERE name = $1 FOR UPDATE`, [crawl]))
      if (head!.network !== network) {
        return yield* new CrawlError({ reason: "shared frontier", message: `The shared crawl ${crawl} is of ${head!.network}, not of ${network}: name another with --shared-crawl.` })
      }
      const steps = head!.steps === known ? [] : yield* decoded(StepRow, yield* statement("SELECT at_ms, event FROM observatory_step WHERE crawl = $1 AND step > $2 ORDER BY step", [crawl, known]))
      for (const { at_ms, event } of steps) apply({ at: at_ms, event })
      known = head!.steps
      const now = head!.now_ms
      const lapsed = yield* decoded(LeaseRow, yield* statement("SELECT endpoint_key AS key, runner FROM observatory_lease WHERE crawl = $1 AND until_ms < $2 ORDER BY endpoint_key", [crawl, now]))
      const { events, nextSlot, result } = decide({ now, nextSlot: head!.next_slot_ms, lapsed })
      for (const event of events) {
        known++
        yield* statement("INSERT INTO observatory_step VALUES ($1, $2, $3, $4, $5)", [crawl, known, now, runner, encodeEvent(event)])
        if (event._tag === "taken") yield* statement("INSERT INTO observatory_lease VALUES ($1, $2, $3, $4)", [crawl, event.key, runner, event.until])
        else if (event._tag === "lapsed" || event._tag === "returned" || event._tag === "visited" || event._tag === "refused") {
          yield* statement("DELETE FROM observatory_lease WHERE crawl = $1 AND endpoint_key = $2", [crawl, event.key])
        }
        apply({ at: now, event })
      }
      if (events.length > 0 || nextSlot !== null) {
        yield* statement("UPDATE observatory_crawl SET steps = $2, next_slot_ms = $3 WHERE name = $1", [crawl, known, nextSlot ?? head!.next_slot_ms])
      }
      return result
    }).pipe(
      (steps) => Effect.mapError(sql.withTransaction(steps), failed),
      // Half a turn would leave this runner with steps that nobody else knows: what is begun is ended.
      Effect.uninterruptible,
      (whole) => Semaphore.withPermit(one, whole)
    )

  return SharedLog.of({
    runner,
    leaseMs,
    turn,
    renew: Effect.asVoid(statement(`UPDATE observatory_lease SET until_ms = ${nowSql} + $3 WHERE crawl = $1 AND runner = $2 AND until_ms >= ${nowSql}`, [crawl, runner, leaseMs]))
  })
})
