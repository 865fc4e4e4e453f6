import { Clock, Effect, Result } from "effect"
import { dialledOf, enterInTurn, leaveInTurn, type Occupancy, occupancyOf } from "../crawl/politeness.ts"
import { type Books, booksOf, reasonForDistance } from "../crawl/cost-ledger.ts"
import { visitWithoutExcluded } from "../crawl/without-excluded.ts"
import { visitOfFailedPlan } from "../crawl/failed-plan.ts"
import type { Visit } from "../domain/visit.ts"
import type { Answering } from "../domain/watch.ts"
import { headersSubscribe } from "../electrum/methods.ts"
import { type OpenSession, openSession } from "../probe/open-session.ts"
import type { Probe } from "../probe/catalogue.ts"
import type { VisitRoom } from "../probe/request-limit.ts"
import { tipFacts } from "../probe/tip-facts.ts"
import type { Fact } from "../store/facts.ts"
import { Dialer, type DialPlan } from "../transport/dialer.ts"
import type { WatchContext } from "./watch-context.ts"
import type { Watched } from "./watch-state.ts"

/** What a look may cost without errors, in ElectrumX's units: a connection, two handshakes, the tip. */
const lookAllowance = 10

/** What there must be room for before a look: a handshake may bring one error and be tried again. */
const leastErrors = 2

const leastLook = lookAllowance + leastErrors * 100

/** The question of a look; also what a held connection subscribes to. */
const tipProbe: Probe = {
  name: "tip",
  method: headersSubscribe,
  params: [],
  harmless: "every wallet keeps this subscription; ours ends with the connection",
  tells: "newest block it knows"
}

/** What a visit says about whether the server answers. */
export const answeringOf = ({ outcome, reason, software }: Visit): Answering => {
  if (outcome === "answered" || software !== null) return "up"
  return reason === "us" || reason === "proxy" || reason === "policy" || reason === "throttled" ? "unknown" : "down"
}

/** A way to a server that may be taken now. */
export interface Way {
  readonly plan: DialPlan
  readonly books: Books
  readonly occupancy: Occupancy
  readonly room: VisitRoom
}

/** There is none: until when to wait; with a visit where that is an answer. */
export interface NoWay {
  readonly until: number | null
  readonly visit: Visit | null
  /** Nothing must ever be asked there. */
  readonly excluded: boolean
}

/** Resolves, asks opt-out lists and ledger, and waits for its turn; books what a look may cost. */
export const findWay = Effect.fnUntraced(function*(context: WatchContext, { endpoint }: Watched) {
  const { exclusions, shared } = context
  const planned = yield* Effect.result(Effect.flatMap(Dialer, (dialer) => dialer.plan(endpoint)))
  const now = yield* Clock.currentTimeMillis
  const none = (more: Partial<NoWay>): NoWay => ({ until: null, visit: null, excluded: false, ...more })
  if (Result.isFailure(planned)) return none({ visit: visitOfFailedPlan(endpoint, planned.failure, now) })
  const plan = planned.success
  if (exclusions.excludes(endpoint.host, plan.dial.addresses) !== undefined) return none({ excluded: true })
  const books = booksOf(plan)
  const refused = shared.ledger.refusal(books, now, leastLook)
  if (refused !== null) return none({ until: refused.until })
  const occupancy = occupancyOf(endpoint.host, dialledOf(plan), [])
  yield* enterInTurn(shared, occupancy)
  // While it waited the server may have told others of us to go away.
  const at = yield* Clock.currentTimeMillis
  const again = shared.ledger.refusal(books, at, leastLook)
  if (again !== null) {
    leaveInTurn(shared, occupancy)
    return none({ until: again.until })
  }
  const room = shared.ledger.room(books, at, lookAllowance, leastErrors)
  yield* context.record(shared.ledger.book(books, room.units, at))
  return { plan, books, occupancy, room } satisfies Way
})

/** Gives back what was booked and occupied, and says what to record for it. */
export const leaveWay = Effect.fnUntraced(function*(context: WatchContext, { books, occupancy, room }: Way, visit: Visit | null) {
  const now = yield* Clock.currentTimeMillis
  leaveInTurn(context.shared, occupancy)
  const [cost, reason, dialled] = visit === null ? [room.units, null, null] : [visit.cost, reasonForDistance(visit), visit.dial.address]
  const facts: ReadonlyArray<Fact> = context.shared.ledger.settle(books, room.units, cost, reason, now, dialled)
  return facts
})

/** Waits for its moment by `--rate`, then connects and shakes hands. */
export const connect = Effect.fnUntraced(function*(
  context: WatchContext,
  { plan, room }: Way,
  kind: "revisit" | "held",
  listeners: Pick<Parameters<typeof openSession>[1], "onTip" | "onEnd"> = {}
) {
  const pace = Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    const wait = context.shared.politeness.slot(now) - now
    if (wait > 0) yield* Effect.sleep(Math.ceil(wait / context.time.scale))
  })
  yield* pace
  return yield* openSession(plan, { chain: context.chain, clientName: context.clientName, kind, room, pace, ...listeners })
})

/** Asks for the tip, on which a held connection is told of further ones. */
export const askTip = Effect.fnUntraced(function*(session: OpenSession) {
  const [reply] = yield* session.ask([tipProbe], Number.POSITIVE_INFINITY)
  return reply?.outcome === "ok" ? tipFacts(reply.result as { readonly hex: string; readonly height: number }) : null
})

/** A look's visit as it is stored: what was answered well is in its columns, and the replies themselves are left out. */
export const storedLook = (visit: Visit, tip: Visit["tip"], context: Pick<WatchContext, "exclusions">): Visit =>
  visitWithoutExcluded({
    ...visit,
    tip,
    observations: visit.observations.filter(({ outcome }) => outcome !== "ok")
  }, context.exclusions)

/** One look by a connection of its own. */
export const lookOnce = Effect.fnUntraced(function*(context: WatchContext, way: Way) {
  const session = yield* connect(context, way, "revisit")
  const tip = session.isOpen() ? yield* askTip(session) : null
  return storedLook(yield* session.leave, tip, context)
}, Effect.scoped)
