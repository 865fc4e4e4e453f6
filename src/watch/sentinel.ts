import { Clock, Deferred, Effect, Option, Queue, Random, Result, Semaphore } from "effect"
import type { HeldEnd, TipArrival } from "../domain/watch.ts"
import { headersSubscribe } from "../electrum/methods.ts"
import type { OpenSession } from "../probe/open-session.ts"
import { tipFacts } from "../probe/tip-facts.ts"
import type { Fact, SightingFact } from "../store/facts.ts"
import { askTip, connect, findWay, leaveWay, storedLook, type Way } from "./look.ts"
import { putOff, sightingOf, untilDue } from "./revisits.ts"
import { nextHold, standingAfter } from "./schedule.ts"
import type { WatchContext } from "./watch-context.ts"
import type { Watched } from "./watch-state.ts"

/** New tips kept of one connection within `tipWindowMs`: nobody finds blocks faster, and who says so fills our disk. */
const [mostTips, tipWindowMs] = [30, 3_600_000]

/** Milliseconds that a ping may take, by the clock. */
const pingTimeoutMs = 30_000

/** Reads what a server announced; null where it is no tip. */
const tipOf = (params: ReadonlyArray<unknown>): { readonly height: number; readonly hash: string } | null => {
  const decoded = headersSubscribe.decode(params[0])
  const facts = Result.isSuccess(decoded) ? tipFacts(decoded.success as { readonly hex: string; readonly height: number }) : null
  return facts === null ? null : { height: facts.height, hash: facts.hash }
}

/** Keeps the new tips of one connection: each once, and not more than there can be. */
class TipBook {
  #last: string | null
  readonly #times: Array<number> = []

  /** `first`: the tip that was there when the connection was made; nobody knows when it came. */
  constructor(first: string | null) {
    this.#last = first
  }

  /** `at`: milliseconds by a steady clock. */
  isNew({ hash }: { readonly hash: string }, at: number): boolean {
    if (hash === this.#last) return false
    while (this.#times.length > 0 && this.#times[0]! < at - tipWindowMs) this.#times.shift()
    if (this.#times.length >= mostTips) return false
    this.#times.push(at)
    this.#last = hash
    return true
  }
}

/** How a held connection came to its end. */
interface End {
  readonly by: HeldEnd
  readonly detail: string | null
  /** Until then it is known to have stood. */
  readonly stoodUntil: number
  readonly at: number
}

/** Pings politely until the connection ends, is silent, or is given up; says now and then that it stands. */
const keep = Effect.fnUntraced(function*(
  context: WatchContext,
  session: OpenSession,
  ended: Deferred.Deferred<void>,
  stands: (at: number) => Effect.Effect<void>
) {
  const { settings, time } = context
  let stoodUntil = yield* Clock.currentTimeMillis
  let told = stoodUntil
  while (session.isOpen()) {
    const over = yield* Deferred.await(ended).pipe(Effect.timeoutOption(Math.max(1, Math.ceil(settings.hold.pingMs / time.scale))))
    if (Option.isSome(over)) break
    const answered = yield* session.ping(pingTimeoutMs)
    const now = yield* Clock.currentTimeMillis
    if (!answered && session.isOpen()) return { by: "silence", detail: "no answer to a ping", stoodUntil, at: now } satisfies End
    if (!answered) break
    stoodUntil = now
    if (now - told >= settings.revisit.everyMs) {
      told = now
      yield* stands(now)
    }
  }
  const now = yield* Clock.currentTimeMillis
  // A connection that the peer ends is heard of at once: until then it stood.
  return { by: "peer", detail: session.ended(), stoodUntil: now, at: now } satisfies End
})

/** Connects; the connection's first visit and look are stored. */
const open = Effect.fnUntraced(function*(
  context: WatchContext,
  server: Watched,
  way: Way,
  onTip: (params: ReadonlyArray<unknown>, arrivedMs: number) => void,
  onEnd: () => void
) {
  const session = yield* connect(context, way, "held", { onTip, onEnd })
  const tip = session.isOpen() ? yield* askTip(session) : null
  const visit = storedLook(session.soFar(), tip, context)
  const settled = yield* leaveWay(context, way, visit)
  const look = sightingOf(context, server, visit, yield* Random.next)
  const opened: ReadonlyArray<Fact> = look.state === "up" && session.isOpen()
    ? [{ _tag: "held session", runId: context.runId, endpoint: server.endpoint, openedAt: look.at, endedAt: null, endedBy: null, detail: null }]
    : []
  yield* context.record([{ _tag: "visit", visit }, look, ...settled, ...opened])
  return { session, tip, openedAt: look.at, stands: opened.length > 0 }
})

/** Holds one connection for as long as it stands. Null: none could be made. */
const holdOnce = Effect.fnUntraced(function*(context: WatchContext, server: Watched, way: Way) {
  const { runId, settings, time } = context
  const { endpoint } = server
  const clock = yield* Clock.Clock
  const ended = yield* Deferred.make<void>()
  const arrivals = yield* Queue.unbounded<TipArrival>()
  let origin = clock.monotonicTimeNanosUnsafe()
  let book: TipBook | null = null
  const onTip = (params: ReadonlyArray<unknown>, arrivedMs: number): void => {
    const tip = tipOf(params)
    const at = clock.currentTimeMillisUnsafe()
    const steadyMs = (Number((origin - context.steadyStart) / 1000n) / 1000 + arrivedMs) * time.scale
    if (tip === null || book === null || !book.isNew(tip, steadyMs)) return
    Queue.offerUnsafe(arrivals, { ...tip, at, steadyMs })
  }
  const { openedAt, session, stands, tip } = yield* Semaphore.withPermit(
    context.connections,
    open(context, server, way, onTip, () => Deferred.doneUnsafe(ended, Effect.void))
  )
  if (!stands) return null
  origin = session.origin
  book = new TipBook(tip?.hash ?? null)
  const look = (at: number, state: "up" | "down", reason: SightingFact["reason"], dueAt: number): SightingFact =>
    ({ _tag: "sighting", runId, endpoint, at, state, reason, way: "held", dueAt })
  yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(arrivals), (arrival) =>
    context.record([{ _tag: "tip arrival", runId, endpoint, ...arrival }]))))
  const finish = Effect.fnUntraced(function*(end: End) {
    const closed: Fact = { _tag: "held session", runId, endpoint, openedAt, endedAt: end.at, endedBy: end.by, detail: end.detail }
    server.standing = standingAfter(server.standing, { at: end.stoodUntil, state: "up", asksForDistance: false })
    if (end.by === "us") return yield* context.record([look(end.stoodUntil, "up", null, server.dueAt), closed])
    server.standing = standingAfter(server.standing, { at: end.at, state: "down", asksForDistance: false })
    server.short = end.at - openedAt < settings.hold.shortMs ? server.short + 1 : 0
    server.dueAt = nextHold(
      { endedAt: end.at, failures: 0, short: server.short, standing: server.standing },
      settings.hold,
      settings.revisit,
      yield* Random.next
    )
    yield* context.record([
      look(end.stoodUntil, "up", null, end.stoodUntil),
      look(end.at, "down", "lost", server.dueAt),
      closed
    ])
  })
  yield* keep(context, session, ended, (at) => {
    server.dueAt = at + settings.revisit.everyMs
    server.standing = standingAfter(server.standing, { at, state: "up", asksForDistance: false })
    return Effect.ignore(context.record([look(at, "up", null, server.dueAt)]))
  }).pipe(
    Effect.onInterrupt(() => {
      const at = clock.currentTimeMillisUnsafe()
      return Effect.ignore(finish({ by: "us", detail: null, stoodUntil: at, at }))
    }),
    Effect.flatMap(finish)
  )
  return session
}, Effect.scoped)

/**
 * Holds a connection to a server, and makes it again when it ended: soon at first,
 * as restarts are short, then as seldom as a server is visited that does not answer.
 * Ends when the server seems not to want it, or is not to be asked: false then.
 */
export const sentinel = Effect.fnUntraced(function*(context: WatchContext, server: Watched) {
  const { hold, revisit } = context.settings
  let failures = 0
  while (server.short < hold.mostShort) {
    yield* untilDue(context, server)
    const way = yield* findWay(context, server)
    if (!("plan" in way)) {
      if (way.excluded) return false
      yield* putOff(context, server, way, "held", hold.againMs)
      continue
    }
    const held = yield* holdOnce(context, server, way)
    failures = held === null ? failures + 1 : 0
    if (held === null && server.standing !== null) {
      server.dueAt = nextHold({ endedAt: server.standing.at, failures, short: server.short, standing: server.standing }, hold, revisit, yield* Random.next)
    }
  }
  return true
})
