import { Cause, Clock, Context, Effect, Layer, Scope } from "effect"
import type { Chain } from "../domain/chain.ts"
import type { Visit, VisitScope } from "../domain/visit.ts"
import { ByteBudget } from "../electrum/byte-budget.ts"
import { EntryTable } from "../electrum/entry-table.ts"
import { readCutList } from "../electrum/cut-list.ts"
import { serverPeersSubscribe } from "../electrum/methods.ts"
import { Session } from "../electrum/session.ts"
import { Dialer, type DialPlan } from "../transport/dialer.ts"
import { converse } from "./conversation.ts"
import { type Attempt, type Refusal, shakeHands } from "./handshake.ts"
import { maxEntries } from "./peers-tally.ts"
import { type VisitRoom, wholeRoom } from "./request-limit.ts"
import { VisitDraft } from "./visit-draft.ts"
import { timeoutsFor, VisitTimeouts } from "./visit-timeouts.ts"

export interface VisitOptions {
  readonly chain: Chain
  /** Sent in `server.version`, e.g. `electrum-observatory/0.1.0 (+https://…)`. */
  readonly clientName: string
  /** How often to ask for peers: a number, or until the estimated unseen mass is small; no oftener than leaves room for all else. */
  readonly peerRounds: number | "auto"
  /** How much it asks; all by default. */
  readonly scope?: VisitScope
  /** What it may bring the server, see `CostLedger.room`; all that a visit ever may where nobody keeps books. */
  readonly room?: VisitRoom
  /** Waited for before every connection but the first: the crawl's pace of new connections. */
  readonly pace?: Effect.Effect<void>
}

/** Has a peer's form. Whose a line without an end is can be a guess, and payments or fees are no peers to follow. */
const isEntry = (element: unknown): boolean => Array.isArray(element) && typeof element[0] === "string"

/** Conducts a visit: connect, shake hands, ask, read, leave. Never fails: what went wrong is in the visit. */
export class Visitor extends Context.Service<Visitor, {
  readonly visit: (plan: DialPlan, options: VisitOptions) => Effect.Effect<Visit>
}>()("electrum-observatory/Visitor") {
  static readonly layer: Layer.Layer<Visitor, never, Dialer | ByteBudget> = Layer.effect(
    Visitor,
    Effect.gen(function*() {
      const dialer = yield* Dialer
      const budget = yield* ByteBudget
      const entries = new EntryTable()

      /** One connection, from dialling to leaving. Null when the server shook hands. */
      const attempt = Effect.fnUntraced(function*(
        draft: VisitDraft,
        plan: DialPlan,
        options: VisitOptions,
        number: Attempt
      ) {
        const since = draft.now()
        const connection = yield* dialer.connect(plan, options.pace)
        draft.connected(connection, since)
        const timeouts = timeoutsFor(yield* VisitTimeouts, plan.endpoint, connection.dial.via)
        const session = yield* Session.open(connection.socket, {
          share: budget.open(),
          deadline: connection.deadline,
          entries,
          now: () => draft.now(),
          onOverflow: (start, { method }) => {
            const list = method === serverPeersSubscribe ? readCutList(start, maxEntries) : undefined
            if (list !== undefined && list.elements.some(isEntry)) draft.peers.add(list.elements, { more: list.more, cut: true })
          }
        })
        yield* Scope.addFinalizer(yield* Effect.scope, Effect.sync(() => draft.leave(session)))
        const { clientName } = options
        const refusal: Refusal | null = yield* shakeHands(session, draft, clientName, number, timeouts.handshakeMs)
        if (refusal === null) yield* converse(session, draft, { room: wholeRoom, scope: "regular", ...options }, timeouts)
        return refusal
      }, Effect.scoped)

      /** The first attempt, and the second that an empty close or a refused version earns. */
      const conduct = Effect.fnUntraced(function*(draft: VisitDraft, plan: DialPlan, options: VisitOptions) {
        const first = yield* attempt(draft, plan, options, 1)
        if (first === null) return
        if (!first.again) return draft.fail(first)
        if (options.pace !== undefined) yield* options.pace
        const second = yield* attempt(draft, plan, options, 2).pipe(
          // The first connection stood, so its end is the better reason; the second's failure goes with it.
          Effect.catch((error) =>
            Effect.succeed({ ...first, detail: `${first.detail ?? ""}; then ${error.reason}: ${error.detail}` })
          )
        )
        if (second !== null) draft.fail(second)
      })

      const visit = Effect.fnUntraced(function*(plan: DialPlan, options: VisitOptions) {
        const clock = yield* Clock.Clock
        const origin = clock.monotonicTimeNanosUnsafe()
        const now = (): number => Number((clock.monotonicTimeNanosUnsafe() - origin) / 1000n) / 1000
        const draft = new VisitDraft(plan, options.chain, clock.currentTimeMillisUnsafe(), now, entries)
        yield* conduct(draft, plan, options).pipe(
          Effect.catch((error) =>
            Effect.sync(() => draft.fail({ reason: error.reason, phase: error.phase, detail: error.detail }))
          ),
          Effect.catchDefect((defect) => {
            const detail = defect instanceof Error ? defect.message : String(defect)
            draft.fail({ reason: "us", phase: draft.software === null ? "handshake" : "session", detail })
            return Effect.logError("a visit failed by our fault", Cause.die(defect))
          })
        )
        return draft.finish()
      })

      return Visitor.of({ visit })
    })
  )
}
