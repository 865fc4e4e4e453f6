import { Cause, Clock, Context, Effect, Layer } from "effect"
import type { Chain } from "../../domain/chain.ts"
import type { MalformedFacts } from "../../domain/malformed-facts.ts"
import type { Visit } from "../../domain/visit.ts"
import { ByteBudget } from "../../electrum/byte-budget.ts"
import { Dialogue } from "../../electrum/dialogue.ts"
import { Session } from "../../electrum/session.ts"
import { Dialer, type DialPlan } from "../../transport/dialer.ts"
import { timeoutsFor, VisitTimeouts } from "../visit-timeouts.ts"
import { askProofs } from "./ask-proofs.ts"
import { type DeepChoice, dialoguesOf, mostErrors } from "./budget.ts"
import type { DeepDialogue } from "./catalogue.ts"
import { converseDeep } from "./converse-deep.ts"
import { DeepDraft } from "./deep-draft.ts"
import { type DeepReply, outOfTime } from "./deep-reply.ts"
import { proofsNotAsked } from "./judge-proofs.ts"
import { type BehavesLike, malformedFacts } from "./malformed-response.ts"
import { proofProbes, type ProofQuestions, proofQuestions } from "./proof-questions.ts"

export interface DeepVisitOptions {
  /** Whose pinned entries are asked for. */
  readonly chain: Chain
  /** Sent in `server.version`. */
  readonly clientName: string
  readonly choice: DeepChoice
  /** What the regular visit behaved like; null when that is not known. */
  readonly behavesLike: BehavesLike | null
  /** It answered for its features in the regular visit. */
  readonly offersFeatures: boolean
  /** Waited for before every connection, and every further address of a name: the crawl's pace of new connections. */
  readonly pace: Effect.Effect<void>
}

/** A visit of kind `deep`, and what its replies come to. */
export interface DeepVisit {
  readonly visit: Visit
  readonly malformed: MalformedFacts
  /** As identification looks at replies; `visit.observations` tell the same. */
  readonly replies: ReadonlyArray<DeepReply>
  /** Not all was asked, because our own time for it was up: it says nothing about the server, and is not finished. */
  readonly isCut: boolean
}

/** Bounds of the connection for proofs: bytes cost a server units, and what is longer is not let pass. */
const proofLimits = { totalBytes: 100_000, skippedBytes: 0, strays: 200 } as const

/** What a visit has left for dialogues; waiting for our own pace and for connections takes nothing of it. */
interface Talk {
  leftMs: number
}

/** Dialogues in a row that bring nothing, after which the server is left alone. */
const mostSilent = 2

/**
 * Conducts a deep visit: questions for proofs, then short dialogues, each on a
 * connection of its own, one after the other. Never fails: what went wrong is in the visit.
 */
export class DeepVisitor extends Context.Service<DeepVisitor, {
  readonly visit: (plan: DialPlan, options: DeepVisitOptions) => Effect.Effect<DeepVisit>
}>()("electrum-observatory/DeepVisitor") {
  static readonly layer: Layer.Layer<DeepVisitor, never, Dialer | ByteBudget> = Layer.effect(
    DeepVisitor,
    Effect.gen(function*() {
      const dialer = yield* Dialer
      const budget = yield* ByteBudget

      const dial = Effect.fnUntraced(function*(draft: DeepDraft, plan: DialPlan, { pace }: DeepVisitOptions) {
        const since = draft.now()
        const connection = yield* dialer.connect(plan, pace)
        draft.connected(connection, since)
        const timeouts = timeoutsFor(yield* VisitTimeouts, plan.endpoint, connection.dial.via)
        return { socket: connection.socket, deadline: connection.deadline, timeouts }
      })

      /** Speaks until the time that is left is over, and takes what it took off. */
      const spending = <A, E, R>(draft: DeepDraft, talk: Talk, speak: (until: number) => Effect.Effect<A, E, R>) =>
        Effect.suspend(() => {
          const begun = draft.now()
          return speak(begun + talk.leftMs).pipe(
            Effect.ensuring(Effect.sync(() => {
              talk.leftMs -= draft.now() - begun
            }))
          )
        })

      const hold = Effect.fnUntraced(function*(
        draft: DeepDraft,
        plan: DialPlan,
        dialogue: DeepDialogue,
        options: DeepVisitOptions,
        talk: Talk
      ) {
        const { socket, timeouts } = yield* dial(draft, plan, options)
        const speech = yield* Dialogue.open(socket, { share: budget.open(), now: () => draft.now() })
        yield* Effect.addFinalizer(() => Effect.sync(() => draft.leave(speech)))
        yield* spending(draft, talk, (until) =>
          converseDeep(speech, draft, dialogue, { clientName: options.clientName, timeouts, until }))
        if (speech.ended === "budget") draft.fail({ reason: "us", phase: "session", detail: speech.endDetail })
      }, Effect.scoped)

      /** The questions for proofs, on one connection. */
      const prove = Effect.fnUntraced(function*(
        draft: DeepDraft,
        plan: DialPlan,
        questions: ProofQuestions,
        options: DeepVisitOptions,
        talk: Talk
      ) {
        const { deadline, socket, timeouts } = yield* dial(draft, plan, options)
        const session = yield* Session.open(socket, { share: budget.open(), deadline, now: () => draft.now(), limits: proofLimits })
        yield* Effect.addFinalizer(() => Effect.sync(() => {
          draft.leave(session)
          draft.chargeErrors(session.strayErrors)
        }))
        draft.judge(
          yield* spending(draft, talk, (until) =>
            askProofs(session, draft, questions, { clientName: options.clientName, offersFeatures: options.offersFeatures, timeouts, until }))
        )
      }, Effect.scoped)

      /** Null, or why the server is left alone. */
      const begin = Effect.fnUntraced(function*(draft: DeepDraft, plan: DialPlan, options: DeepVisitOptions, talk: Talk) {
        if (options.choice !== "usual") return null
        const questions = proofQuestions(options.chain)
        if (questions === undefined) {
          draft.judge(proofsNotAsked(`no public scripts of ${options.chain.name} are known`))
          return null
        }
        yield* options.pace
        const error = yield* prove(draft, plan, questions, options, talk).pipe(
          Effect.as(null),
          Effect.catch((error) => Effect.succeed(error))
        )
        if (error === null) return draft.throttled ? "the server asked for less" : null
        draft.fail({ reason: error.reason, phase: error.phase, detail: error.detail })
        const why = `${error.reason}: ${error.detail}`
        for (const probe of proofProbes(questions)) draft.leaveOutQuestion(probe, why)
        draft.judge(proofsNotAsked(why))
        return `a connection had failed: ${error.reason}`
      })

      /** Why a dialogue is not begun; null when it is. */
      const reasonAgainst = ({ when }: DeepDialogue, draft: DeepDraft, plan: DialPlan): string | null => {
        if (when === "padded" && !draft.padded) return "replies are not padded"
        if (when === "tcp" && plan.endpoint.transport !== "tcp") return "over TLS the end is the TLS library's"
        return draft.errors >= mostErrors ? `${mostErrors} errors were made` : null
      }

      const conduct = Effect.fnUntraced(function*(draft: DeepDraft, plan: DialPlan, options: DeepVisitOptions) {
        const { exchangeMs, handshakeMs, sessionMs } = timeoutsFor(yield* VisitTimeouts, plan.endpoint, plan.dial.via)
        const talk: Talk = { leftMs: sessionMs }
        let leave = yield* begin(draft, plan, options, talk)
        let silent = options.choice === "usual" && draft.isMute ? 1 : 0
        for (const dialogue of dialoguesOf(options.choice)) {
          const against: string | null = leave ?? reasonAgainst(dialogue, draft, plan)
            ?? (talk.leftMs < Math.max(handshakeMs, exchangeMs) ? outOfTime : null)
          if (against !== null) {
            for (const probe of dialogue.probes) draft.leaveOut(probe, against)
            continue
          }
          const heard = draft.replies.filter(({ raw }) => raw !== null).length
          yield* options.pace
          const error = yield* hold(draft, plan, dialogue, options, talk).pipe(
            Effect.as(null),
            Effect.catch((error) => Effect.succeed(error))
          )
          if (error !== null) {
            draft.fail({ reason: error.reason, phase: error.phase, detail: error.detail })
            for (const probe of dialogue.probes) draft.leaveOut(probe, `${error.reason}: ${error.detail}`)
            leave = `a connection had failed: ${error.reason}`
          } else if (draft.throttled) leave = "the server asked for less"
          silent = draft.replies.filter(({ raw }) => raw !== null).length > heard ? 0 : silent + 1
          if (silent >= mostSilent) leave ??= "the server had stopped answering"
        }
      })

      const visit = Effect.fnUntraced(function*(plan: DialPlan, options: DeepVisitOptions) {
        const clock = yield* Clock.Clock
        const origin = clock.monotonicTimeNanosUnsafe()
        const now = (): number => Number((clock.monotonicTimeNanosUnsafe() - origin) / 1000n) / 1000
        const draft = new DeepDraft(plan, clock.currentTimeMillisUnsafe(), now)
        yield* conduct(draft, plan, options).pipe(
          Effect.catchDefect((defect) => {
            draft.fail({ reason: "us", phase: "session", detail: defect instanceof Error ? defect.message : String(defect) })
            return Effect.logError("a deep visit failed by our fault", Cause.die(defect))
          })
        )
        const finished = draft.finish(options.behavesLike?.implementation ?? null)
        const malformed = malformedFacts(draft.replies, options.behavesLike, finished.identification)
        return { visit: finished, malformed, replies: draft.replies, isCut: draft.isCut }
      })

      return DeepVisitor.of({ visit })
    })
  )
}
