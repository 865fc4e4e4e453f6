import { Clock, Effect, Exit, Scope } from "effect"
import type { Chain } from "../domain/chain.ts"
import type { Visit, VisitKind } from "../domain/visit.ts"
import { ByteBudget } from "../electrum/byte-budget.ts"
import { EntryTable } from "../electrum/entry-table.ts"
import { type Method, serverPing } from "../electrum/methods.ts"
import type { Reply } from "../electrum/reply.ts"
import type { RequestWriting } from "../electrum/request-writing.ts"
import { Session } from "../electrum/session.ts"
import { Dialer, type DialPlan } from "../transport/dialer.ts"
import type { TransportError } from "../transport/transport-error.ts"
import type { Probe } from "./catalogue.ts"
import { type Attempt, shakeHands } from "./handshake.ts"
import { errorsEnough, unitsEnough, type VisitRoom } from "./request-limit.ts"
import { VisitDraft } from "./visit-draft.ts"
import { timeoutsFor, VisitTimeouts } from "./visit-timeouts.ts"

/** A server that shook hands, or did not: then the visit says why, and nothing can be asked. */
export interface OpenSession {
  readonly isOpen: () => boolean
  /** The protocol agreed on; null without. */
  readonly protocol: () => string | null
  /**
   * One packet, or several where it could bring more errors than are left; each reply becomes
   * an observation of the visit. Waits so long, and no longer than visits do for each. Replies
   * to as many as there was room for, from the first on; the others are left out. `kept`:
   * errors to be left for what is asked later.
   */
  readonly ask: (probes: ReadonlyArray<Probe>, timeoutMs: number, kept?: number) => Effect.Effect<ReadonlyArray<Reply>>
  /** Some request for this was answered with an error. */
  readonly hasErred: (method: Method) => boolean
  /** For the record: what is not asked, and why. */
  readonly leaveOut: (probes: ReadonlyArray<Probe>, why: string) => void
  /** Why something was left out for want of room; null where there was room for all. */
  readonly spent: () => string | null
  /** When the visit began, by the steady clock, in nanoseconds: replies count milliseconds from here. */
  readonly origin: bigint
  /**
   * A ping that is no observation, for connections that are held for days: true when it was
   * answered, false when it was not in time or the connection has ended.
   */
  readonly ping: (timeoutMs: number) => Effect.Effect<boolean>
  /** How and by what words the connection ended; null while it stands. */
  readonly ended: () => string | null
  /** The visit as far as it came, of a connection that stays open. */
  readonly soFar: () => Visit
  /** Closes the connection; the visit as far as it came. Once only. */
  readonly leave: Effect.Effect<Visit>
}

/**
 * Connects and shakes hands, and leaves everything else to whoever asks: for
 * questions that have to wait for others. A refused version earns a second
 * attempt, as in every visit. The scope closes what is left open.
 */
export const openSession = Effect.fn("openSession")(function*(
  plan: DialPlan,
  options: {
    readonly chain: Chain
    readonly clientName: string
    readonly kind: VisitKind
    readonly writing?: RequestWriting
    /** What the visit may bring the server, see `CostLedger.room`. */
    readonly room: VisitRoom
    /** Waited for before every connection but the first: the pace of new connections. */
    readonly pace?: Effect.Effect<void>
    /** Of a connection that is held: told of new tips and of its end. */
    readonly onTip?: (params: ReadonlyArray<unknown>, arrivedMs: number) => void
    readonly onEnd?: () => void
  }
): Effect.fn.Return<OpenSession, never, Dialer | ByteBudget | Scope.Scope> {
  const dialer = yield* Dialer
  const budget = yield* ByteBudget
  const base = yield* VisitTimeouts
  const clock = yield* Clock.Clock
  const origin = clock.monotonicTimeNanosUnsafe()
  const now = (): number => Number((clock.monotonicTimeNanosUnsafe() - origin) / 1000n) / 1000
  const draft = new VisitDraft(plan, options.chain, clock.currentTimeMillisUnsafe(), now, new EntryTable())
  let session: Session | null = null
  let exchangeMs = base.exchangeMs

  /** One connection in a scope of its own, which is closed when it came to nothing. */
  const attempt = Effect.fnUntraced(function*(number: Attempt) {
    const own = yield* Scope.make()
    yield* Effect.addFinalizer(() => Scope.close(own, Exit.void))
    const since = now()
    const refusal = yield* Effect.gen(function*() {
      const connection = yield* dialer.connect(plan, options.pace)
      draft.connected(connection, since)
      const timeouts = timeoutsFor(base, plan.endpoint, connection.dial.via)
      exchangeMs = timeouts.exchangeMs
      const opened = yield* Session.open(connection.socket, {
        share: budget.open(),
        deadline: connection.deadline,
        now,
        ...(options.writing === undefined ? {} : { writing: options.writing }),
        ...(options.onTip === undefined ? {} : { onTip: options.onTip }),
        ...(options.onEnd === undefined ? {} : { onEnd: options.onEnd })
      })
      yield* Effect.addFinalizer(() => Effect.sync(() => draft.leave(opened)))
      session = opened
      return yield* shakeHands(opened, draft, options.clientName, number, timeouts.handshakeMs)
    }).pipe(
      Scope.provide(own),
      Effect.catch(({ detail, phase, reason }: TransportError) => Effect.succeed({ detail, phase, reason, again: false }))
    )
    if (refusal === null) return { refusal, own }
    session = null
    yield* Scope.close(own, Exit.void)
    return { refusal, own }
  })

  let last = yield* attempt(1)
  if (last.refusal?.again === true) {
    if (options.pace !== undefined) yield* options.pace
    last = yield* attempt(2)
  }
  if (last.refusal !== null) draft.fail(last.refusal)

  const erred = new Set<Method>()
  let spent: string | null = null

  const exchange = Effect.fnUntraced(function*(session: Session, probes: ReadonlyArray<Probe>, timeoutMs: number) {
    const replies = yield* session.exchange(probes, Math.max(0, Math.min(timeoutMs, exchangeMs)))
    probes.forEach((probe, i) => {
      draft.observe(probe, replies[i]!)
      if (replies[i]!.outcome === "error") erred.add(probe.method)
    })
    session.retained = draft.keptCharacters
    return replies
  })

  const leaveOut = (probes: ReadonlyArray<Probe>, why: string): void => {
    for (const probe of probes) draft.leaveOut(probe, why)
  }

  const ask = Effect.fnUntraced(function*(probes: ReadonlyArray<Probe>, timeoutMs: number, kept = 0) {
    const [it, until] = [session!, now() + timeoutMs]
    const replies: Array<Reply> = []
    let leave: string | null = null
    while (replies.length < probes.length && leave === null) {
      const errorsLeft = options.room.errors - draft.errors - it.strayErrors - kept
      if (errorsLeft <= 0) leave = spent = errorsEnough(options.room)
      else if (draft.spent(it) >= options.room.units) leave = spent = unitsEnough
      else {
        const packet = probes.slice(replies.length, replies.length + errorsLeft)
        const answered = yield* exchange(it, packet, until - now())
        replies.push(...answered)
        if (answered.some(({ outcome }) => outcome === "throttled")) leave = "the server asked for less"
      }
    }
    if (leave !== null) leaveOut(probes.slice(replies.length), leave)
    return replies
  })

  const ping = Effect.fnUntraced(function*(timeoutMs: number) {
    const it = session
    if (it === null || it.ended !== null) return false
    const [reply] = yield* it.exchange([{ method: serverPing, params: [] }], timeoutMs)
    it.forgetAnswered()
    // Who refuses a ping has heard it.
    return reply!.outcome !== "timeout" && reply!.outcome !== "closed"
  })

  return {
    ping,
    ended: () => session === null ? "never opened" : session.ended === null ? null : session.endDetail ?? session.ended,
    soFar: () => ({ ...draft.finish(), kind: options.kind, identification: null }),
    isOpen: () => session !== null && session.ended === null,
    protocol: () => draft.protocol,
    ask,
    hasErred: (method) => erred.has(method),
    leaveOut,
    spent: () => spent,
    origin,
    leave: Effect.andThen(Scope.close(last.own, Exit.void), Effect.sync(() => ({ ...draft.finish(), kind: options.kind, identification: null })))
  }
})
