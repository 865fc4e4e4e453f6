import type { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer, Random, type Redacted, Schedule, Schema, Semaphore } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { CrawlError } from "../crawl-error.ts"
import { HeldLeases } from "./held-leases.ts"
import { type SharedEvent, SharedEventText } from "./shared-event.ts"
import { appendSql, beginSql, begunSql, headSql, mostSteps, renewSql, stepsSql, tablesSql } from "./shared-log-sql.ts"

/** A step with its time, milliseconds since 1970 by the database's clock. */
export interface Step {
  readonly at: number
  readonly event: SharedEvent
}

/** What a runner decides when it knows all steps: further ones, and which moment for a connection it takes. */
export interface Decision<A> {
  readonly events: ReadonlyArray<SharedEvent>
  /** The next moment at which anybody may open a connection; null: unchanged. Counts only with steps. */
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
  /** What every runner must have alike, or they would not come to the same from the same steps; by the names of flags. */
  readonly terms: Readonly<Record<string, string | number | boolean>>
  readonly runner: string
  readonly leaseMs: number
  /** For how long a database that does not answer is asked again before the runner stops. */
  readonly waitMs: number
}

/**
 * The log of a crawl that several runner processes share: its steps in one order,
 * which every runner applies to a frontier of its own. No cluster: the order of a
 * crawl (waves, one pace, one connection an address, the end) is global, so there
 * is nothing to shard. And no lock that a runner could hold while it is frozen: it
 * decides by itself, and its steps are appended by one statement, if nobody else's
 * came in between; else it reads those and decides anew.
 */
export class SharedLog extends Context.Service<SharedLog, {
  /** Who holds leases: the runner's name and a part of its own, so that one who starts again is somebody else. */
  readonly holder: string
  readonly leaseMs: number
  /** When the shared crawl began, milliseconds since 1970 by the database's clock: with its name what tells it from others. */
  readonly beganAt: number
  /**
   * Reads what others did since, which `apply` is given in order, lets `decide`
   * decide, appends its steps, which `apply` is given too, and says what came of
   * it. `decide` may be asked several times, and must change nothing. Waits for a
   * database that does not answer, and fails with `shared frontier` after that.
   */
  readonly turn: <A>(apply: (step: Step) => void, decide: (turn: Turn) => Decision<A>) => Effect.Effect<A, CrawlError>
  /** Makes the leases of this runner last, for as long as it runs. */
  readonly renewing: Effect.Effect<never>
  /** Endpoints that it took and has not settled. */
  readonly heldKeys: () => ReadonlyArray<string>
  /** Whether an endpoint is certainly still its own. */
  readonly isHeld: (key: string) => boolean
  /** Ends when it may be another's: then nothing more may be asked of it or said about it. */
  readonly untilLost: (key: string) => Effect.Effect<void>
}>()("electrum-observatory/SharedLog") {
  /** Connects, and makes the tables and the crawl where they are not there yet. Fails with `shared frontier`. */
  static readonly layer = (options: SharedLogOptions): Layer.Layer<SharedLog, CrawlError> =>
    Layer.effect(SharedLog, Effect.gen(function*() {
      // Loaded here only: a crawl of one needs no client of Postgres.
      const { PgClient } = yield* Effect.promise(() => import("@effect/sql-pg"))
      const services = yield* Effect.mapError(Layer.build(PgClient.layer({ url: options.url, applicationName: "electrum-observatory", maxConnections: 4 })), failed)
      return yield* makeSharedLog(options, Context.get(services, PgClient.PgClient))
    }))
}

/** What the server or the system said at last, such as that a password was refused: the client's own words are about itself. */
const sayingOf = (error: Error): string => {
  let last = error
  for (let depth = 0; depth < 5 && last.cause instanceof Error; depth++) last = last.cause
  return last.message === "" ? error.message : last.message.slice(0, 300)
}

const failed = (cause: Error): CrawlError =>
  cause instanceof CrawlError ? cause : new CrawlError({ reason: "shared frontier", message: `The shared frontier's database: ${sayingOf(cause)}` })

const BeganRow = Schema.Struct({ network: Schema.String, began_ms: Schema.Finite, terms: Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)) })
const HeadRow = Schema.Struct({
  steps: Schema.Int,
  next_slot_ms: Schema.Finite,
  now_ms: Schema.Finite,
  lapsed: Schema.fromJsonString(Schema.Array(Schema.Struct({ key: Schema.String, runner: Schema.String })))
})
const StepRow = Schema.Struct({ at_ms: Schema.Finite, turn: Schema.String, event: SharedEventText })
const KeyRow = Schema.Struct({ key: Schema.String })
const AppendedRow = Schema.Struct({ appended: Schema.Int })

const encodeEvent = Schema.encodeSync(SharedEventText)
const json = (value: unknown): string => JSON.stringify(value)

/** A statement that hangs is given up after so long: the way to the database may be cut. */
const statementMs = 5_000
const silent = new CrawlError({ reason: "shared frontier", message: "The shared frontier's database: it does not answer." })

/** What may pass by itself; a refused password or a missing table does not. */
const mayPass = (error: SqlError | CrawlError): boolean =>
  error === silent || (error._tag === "SqlError" && !["AuthenticationError", "AuthorizationError", "SqlSyntaxError", "ConstraintError"].includes(error.reason._tag))

/** Between two looks whether the database answers again: from a quarter of a second to two. */
const backOff = Schedule.jittered(Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("2 seconds")]))

const givenUp = (waitMs: number, cause: Error): CrawlError =>
  new CrawlError({
    reason: "shared frontier",
    message: `The shared frontier's database has not answered for ${Math.round(waitMs / 1000)} s (${sayingOf(cause)}). What this runner saw is saved; start it again when the database is back: it goes on where the others are.`
  })

/** Columns that are missing or not known: the tables are of another version. */
const isOfAnotherVersion = (error: SqlError | CrawlError): boolean => error._tag === "SqlError" && error.reason._tag === "SqlSyntaxError"

const otherTables = new CrawlError({
  reason: "shared frontier",
  message: "The shared frontier's database has tables of another version of this program: drop observatory_crawl, observatory_step and observatory_lease when no crawl runs, or name another database."
})

const makeSharedLog = Effect.fnUntraced(function*({ crawl, leaseMs, network, runner, terms, waitMs }: SharedLogOptions, sql: PgClient.PgClient) {
  const clock = yield* Clock.Clock
  const one = yield* Semaphore.make(1)
  const holder = `${runner} ${(yield* Random.nextIntBetween(0, 36 ** 8 - 1)).toString(36)}`
  const leases = new HeldLeases(clock, leaseMs)
  const rowsOf = <A>(row: Schema.ConstraintDecoder<A>, text: string, values: ReadonlyArray<unknown> = []): Effect.Effect<ReadonlyArray<A>, SqlError | CrawlError> =>
    sql.unsafe(text, values).pipe(
      Effect.timeoutOrElse({ duration: statementMs, orElse: () => Effect.fail(silent) }),
      Effect.flatMap((rows) => Effect.mapError(Schema.decodeUnknownEffect(Schema.Array(row))(rows), failed))
    )

  // Two runners that begin at once may both make them: whoever is second finds them there.
  for (const table of tablesSql) yield* Effect.retry(Effect.mapError(sql.unsafe(table), failed), { times: 3 })
  const began = (error: SqlError | CrawlError): CrawlError => isOfAnotherVersion(error) ? otherTables : failed(error)
  yield* Effect.mapError(sql.unsafe(beginSql, [crawl, network, json(terms)]), began)
  const [begun] = yield* Effect.mapError(rowsOf(BeganRow, begunSql, [crawl]), began)
  if (begun!.network !== network) {
    return yield* new CrawlError({ reason: "shared frontier", message: `The shared crawl ${crawl} is of ${begun!.network}, not of ${network}: name another with --shared-crawl.` })
  }
  const differing = Object.entries(terms).filter(([name, value]) => begun!.terms[name] !== value)
  if (differing.length > 0) {
    return yield* new CrawlError({
      reason: "shared frontier",
      message: `The shared crawl ${crawl} was begun with other settings (${
        differing.map(([name, value]) => `--${name} ${String(begun!.terms[name])}, not ${String(value)}`).join("; ")
      }): give the same, or name another with --shared-crawl.`
    })
  }
  let known = 0
  let turns = 0

  const turn = <A>(apply: (step: Step) => void, decide: (turn: Turn) => Decision<A>): Effect.Effect<A, CrawlError> => {
    /** What this turn decided, by the mark of its steps, where it is not known yet whether they were appended. */
    const sent = new Map<string, { readonly decision: Decision<A>; readonly asked: ReturnType<HeldLeases["now"]> }>()
    const settled = ({ asked, decision }: { readonly decision: Decision<A>; readonly asked: ReturnType<HeldLeases["now"]> }): A => {
      for (const event of decision.events) {
        if (event._tag === "taken") leases.hold(event.key, asked)
        else if ("key" in event && event._tag !== "entered") leases.leave(event.key)
      }
      return decision.result
    }

    const attempt = Effect.gen(function*() {
      for (;;) {
        const asked = leases.now()
        const [head] = yield* rowsOf(HeadRow, headSql, [crawl, leaseMs])
        if (head === undefined) return yield* new CrawlError({ reason: "shared frontier", message: `The shared crawl ${crawl} is no longer in its database.` })
        let mine: ReturnType<typeof sent.get>
        while (known < head.steps) {
          for (const { at_ms, event, turn } of yield* rowsOf(StepRow, stepsSql, [crawl, known, Math.min(head.steps, known + mostSteps)])) {
            apply({ at: at_ms, event })
            known++
            mine ??= sent.get(turn)
          }
        }
        if (mine !== undefined) return settled(mine)
        const decision = decide({ now: head.now_ms, nextSlot: head.next_slot_ms, lapsed: head.lapsed })
        if (decision.events.length === 0) return decision.result
        const mark = `${holder} ${++turns}`
        sent.set(mark, { decision, asked })
        const ended = decision.events.flatMap((event) => "key" in event && event._tag !== "taken" && event._tag !== "entered" ? [event.key] : [])
        const [row] = yield* rowsOf(AppendedRow, appendSql, [
          crawl, known, head.now_ms, decision.nextSlot, runner, mark, json(decision.events.map((event) => encodeEvent(event))),
          json(decision.events.flatMap((event) => event._tag === "taken" ? [event] : [])), json(ended)
        ])
        if (row!.appended === 0) {
          // Others were quicker: these steps can no longer be appended.
          sent.delete(mark)
          continue
        }
        for (const event of decision.events) {
          known++
          apply({ at: head.now_ms, event })
        }
        return settled({ decision, asked })
      }
    })

    return Semaphore.withPermit(one, attempt.pipe(
      Effect.retry({ while: mayPass, schedule: Schedule.upTo(backOff, { duration: waitMs }) }),
      Effect.mapError((cause) => mayPass(cause) ? givenUp(waitMs, cause) : failed(cause))
    ))
  }

  const renew = Effect.gen(function*() {
    const asked = leases.now()
    if (leases.keys.length === 0) return
    leases.renewed((yield* rowsOf(KeyRow, renewSql, [crawl, holder, leaseMs, json(leases.keys)])).map(({ key }) => key), asked)
  })

  return SharedLog.of({
    holder,
    leaseMs,
    beganAt: begun!.began_ms,
    turn,
    // What fails is tried again: whether the database is there at all, turns find out.
    renewing: Effect.forever(Effect.delay(Effect.ignore(renew), leaseMs / 3)),
    heldKeys: () => leases.keys,
    isHeld: (key) => leases.leftMs(key) > 0,
    untilLost: (key) => Effect.suspend(() => {
      const left = leases.leftMs(key)
      return left === 0 ? Effect.succeed(false) : Effect.as(Effect.sleep(left), true)
    }).pipe(Effect.repeat({ while: (more) => more }), Effect.asVoid)
  })
})
