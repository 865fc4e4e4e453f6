import { Clock, Effect, Latch, Option } from "effect"
import type { Reply } from "../electrum/reply.ts"
import type { ProbeTarget } from "../domain/probe-target.ts"
import type { ReadingState, SnapshotReading, SnapshotValues } from "../domain/snapshot.ts"
import { endpointKey } from "../domain/endpoint.ts"
import type { OpenSession } from "../probe/open-session.ts"
import type { Probe } from "../probe/catalogue.ts"
import { firstPacket, secondPacket, snapshotQuestions } from "../probe/snapshot/questions.ts"
import type { TipSighting } from "../probe/snapshot/tips.ts"
import { snapshotValues } from "../probe/snapshot/values.ts"

/** A reading whose visit may still be going on. */
export type OpenReading = Omit<SnapshotReading, "visit" | "target">

/** What a round asks: a way to an open session, and what to do when it has answered. */
export interface RoundMember<E, R> {
  readonly target: ProbeTarget
  /** Suspends until it may connect, then connects, or finds the connection it has; a text says why there is none. */
  readonly open: Effect.Effect<OpenSession | { readonly problem: string; readonly state: ReadingState }, E, R>
  /** It was asked, or came to nothing. */
  readonly done: Effect.Effect<void>
}

export interface RoundOptions<E> {
  readonly attempt: number
  readonly windowMs: number
  /** Suspends until everybody who may connect now stands. */
  readonly ready: Effect.Effect<void, E>
}

export interface Round {
  /** Milliseconds since 1970: the start of the window. */
  readonly startedAt: number
  /** In the order of the members. */
  readonly readings: ReadonlyArray<OpenReading>
}

const without = (state: ReadingState, detail: string): OpenReading =>
  ({ state, detail, sentMs: null, receivedMs: null, values: null })

const lastArrival = (replies: ReadonlyArray<Reply>): number | null =>
  replies.reduce<number | null>((last, { latencyMs, sentMs }) =>
    latencyMs === null ? last : Math.max(last ?? 0, sentMs + latencyMs), null)

/** What a server's answers are worth. */
const judge = (
  { tipAfter, tipBefore }: SnapshotValues,
  replies: ReadonlyArray<Reply>,
  spent: string | null
): readonly [ReadingState, string | null] => {
  if (tipBefore !== null && tipAfter !== null) {
    return tipBefore.hash === tipAfter.hash ? ["compared", null] : ["moved", `from ${tipBefore.height} to ${tipAfter.height}`]
  }
  const missing = replies.find(({ outcome }) => outcome !== "ok")
  if (replies.some(({ outcome }) => outcome === "timeout")) return ["late", "no answer in time"]
  return ["failed", missing === undefined ? spent ?? "its tip is no block header" : `${missing.request.method.name}: ${missing.outcome}`]
}

/**
 * Everybody is connected first, then all are asked in one go. Who could not be
 * connected before, because there are more servers than connections, is asked
 * as soon as one that was asked has made room: within the same window.
 */
export const takeRound = Effect.fnUntraced(function*<E, R>(
  members: ReadonlyArray<RoundMember<E, R>>,
  options: RoundOptions<E>
): Effect.fn.Return<Round, E, R> {
  const clock = yield* Clock.Clock
  const [begun, over] = [yield* Latch.make(), yield* Latch.make()]
  let startedAt = 0
  let start = 0n
  const elapsed = (nanos = clock.monotonicTimeNanosUnsafe()): number => Number((nanos - start) / 1000n) / 1000

  const questionsTo = Effect.fnUntraced(function*(session: OpenSession) {
    const questions = snapshotQuestions(session.protocol(), options.attempt)
    const left = (): number => options.windowMs - elapsed()
    const replyTo = new Map<Probe, Reply>()
    const ask = Effect.fnUntraced(function*(probes: ReadonlyArray<Probe>, kept: number) {
      // What was answered with an error would be again, in this round and in the next.
      const asked = probes.filter(({ method }) => !session.hasErred(method))
      session.leaveOut(probes.filter((probe) => !asked.includes(probe)), "another of its kind was answered with an error")
      const replies = yield* session.ask(asked, left(), kept)
      replies.forEach((reply, i) => replyTo.set(asked[i]!, reply))
    })
    // Without the tip behind it nothing of this could be compared.
    yield* ask(firstPacket(questions), 1)
    if (session.isOpen() && left() > 0) yield* ask(secondPacket(questions), 1)
    // Asked when all else has come, so that no block came while it did.
    if (session.isOpen()) yield* ask([questions.tipAfter], 0)
    const values = snapshotValues(questions, replyTo)
    const replies = [...replyTo.values()]
    const [first] = replies
    if (first === undefined) return without("failed", session.spent() ?? "all of it was answered with errors before")
    const at = (ms: number): number => elapsed(session.origin) + ms
    const arrived = lastArrival(replies)
    const [state, detail] = judge(values, replies, session.spent())
    return {
      state,
      detail,
      sentMs: at(first.sentMs),
      receivedMs: arrived === null ? null : at(arrived),
      values
    } satisfies OpenReading
  })

  const reading = Effect.fnUntraced(function*(member: RoundMember<E, R>): Effect.fn.Return<OpenReading, E, R> {
    const session = yield* Effect.raceFirst(
      Effect.map(member.open, Option.some),
      Effect.as(over.await, Option.none<never>())
    )
    if (Option.isNone(session)) return without("late", "no connection within the window")
    if ("problem" in session.value) return without(session.value.state, session.value.problem)
    yield* begun.await
    return yield* questionsTo(session.value)
  })

  const window = options.ready.pipe(
    Effect.andThen(Effect.sync(() => {
      startedAt = clock.currentTimeMillisUnsafe()
      start = clock.monotonicTimeNanosUnsafe()
      begun.openUnsafe()
    })),
    Effect.andThen(Effect.sleep(options.windowMs)),
    Effect.andThen(Effect.sync(() => over.openUnsafe()))
  )
  const all = Effect.forEach(
    members,
    (member) => Effect.ensuring(reading(member), member.done),
    { concurrency: "unbounded" }
  )
  // The window ends with the last answer.
  const readings = yield* Effect.raceFirst(all, Effect.andThen(window, Effect.never))
  if (startedAt === 0) startedAt = clock.currentTimeMillisUnsafe()
  return { startedAt, readings }
})

/** The tips of a round, of all that showed any. */
export const sightingsOf = (targets: ReadonlyArray<ProbeTarget>, { readings }: Round): ReadonlyArray<TipSighting> =>
  readings.flatMap(({ values }, i) =>
    values === null
      ? []
      : [{ key: endpointKey(targets[i]!.endpoint), before: values.tipBefore, after: values.tipAfter }]
  )
