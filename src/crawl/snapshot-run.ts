import { Clock, Effect, type Scope } from "effect"
import type { Exclusions } from "../domain/exclusions.ts"
import type { Chain } from "../domain/chain.ts"
import type { Snapshot, Tip } from "../domain/snapshot.ts"
import type { Visit } from "../domain/visit.ts"
import type { ByteBudget } from "../electrum/byte-budget.ts"
import { electrumxCost } from "../electrum/methods.ts"
import type { VisitRoom } from "../probe/request-limit.ts"
import { type OpenSession, openSession } from "../probe/open-session.ts"
import { judgeTips, lonelyNews } from "../probe/snapshot/tips.ts"
import type { LedgerFact } from "../store/facts.ts"
import { Store, type Vantage } from "../store/store.ts"
import type { StoreError } from "../store/store-error.ts"
import type { Dialer, DialPlan } from "../transport/dialer.ts"
import { visitWithoutExcluded } from "./without-excluded.ts"
import { ConnectionGate } from "./connection-gate.ts"
import { type CostLedger, reasonForDistance } from "./cost-ledger.ts"
import { CrawlError } from "./crawl-error.ts"
import { openLedger } from "./open-ledger.ts"
import { prepareMember, type ProbeMember } from "./probe-member.ts"
import { type OpenReading, type Round, type RoundMember, sightingsOf, takeRound } from "./snapshot-round.ts"
import { leastSnapshot, snapshotAllowance, type SnapshotSettings } from "./snapshot-settings.ts"

/** What a snapshot needs. */
export interface SnapshotRun {
  readonly chain: Chain
  readonly vantage: Vantage
  readonly codeVersion: string
  readonly settings: SnapshotSettings
  readonly exclusions: Exclusions
  /** Books that are shared with others who connect to servers meanwhile; the run's own without. */
  readonly ledger?: CostLedger
  /** Told what happens, a sentence at a time. */
  readonly onNote: (note: string) => Effect.Effect<void>
}

export interface SnapshotSummary {
  /** The run, a crawl of kind `probe`. */
  readonly crawlId: number
  /** All that were taken, the kept one last; discarded ones only where blocks kept coming. */
  readonly snapshots: ReadonlyArray<Snapshot>
}

/** One server in the course of a run, which may be asked several times over one connection. */
interface Member extends ProbeMember {
  session: OpenSession | null
  /** What is booked for the connection that is open, or about to be. */
  room: VisitRoom | null
  /** Its visits, ended, by the connection they were made over. */
  readonly visits: Map<OpenSession, Visit>
}

/**
 * Connects members and takes them off again. What a connection may cost is booked
 * and recorded before it is opened; what it did cost is to be recorded when the
 * snapshot is over.
 */
const makeHost = Effect.fnUntraced(function*(
  run: SnapshotRun,
  ledger: CostLedger,
  record: (fact: LedgerFact) => Effect.Effect<void, StoreError>
) {
  const clock = yield* Clock.Clock
  const gate = new ConnectionGate(run.settings)
  const charges: Array<LedgerFact> = []
  /** The connection that a member's latest reading came over. */
  const lastSession = new Map<Member, OpenSession>()

  const settle = (member: Member, cost: number, visit: Visit | null): void => {
    const booked = member.room?.units ?? 0
    member.room = null
    const [reason, dialled] = visit === null ? [null, null] : [reasonForDistance(visit), visit.dial.address]
    charges.push(...ledger.settle(member.books, booked, cost, reason, clock.currentTimeMillisUnsafe(), dialled))
  }

  /** Books a connection that may be opened; else why it may not: its other names are asked at the same time. */
  const book = Effect.fnUntraced(function*(member: Member) {
    const now = clock.currentTimeMillisUnsafe()
    const refusal = ledger.refusal(member.books, now, leastSnapshot)
    if (refusal !== null) return { state: "not asked", problem: refusal.detail } as const
    const room = ledger.room(member.books, now, snapshotAllowance)
    member.room = room
    yield* Effect.forEach(ledger.book(member.books, room.units, now), record)
    return room
  })

  const leave = Effect.fnUntraced(function*(member: Member) {
    const { session } = member
    if (session === null) return
    member.session = null
    const visit = yield* session.leave
    member.visits.set(session, visitWithoutExcluded(visit, run.exclusions))
    settle(member, visit.cost, visit)
    gate.leave(member.occupancy)
  })

  /** Opens a connection once that is allowed. Given up in between, it counts as one that was made. */
  const connect = Effect.fnUntraced(function*(member: Member, plan: DialPlan) {
    const room = yield* book(member)
    if ("problem" in room) return room
    yield* gate.pace
    const session = yield* openSession(plan, { chain: run.chain, clientName: run.settings.clientName, kind: "snapshot", room, pace: gate.pace }).pipe(
      Effect.onInterrupt(() => Effect.sync(() => settle(member, electrumxCost.connection + 1, null)))
    )
    member.session = session
    return session
  })

  const open = Effect.fnUntraced(function*(member: Member) {
    lastSession.delete(member)
    if (member.refusal !== null) return member.refusal
    if (member.session?.isOpen() === true) return member.session
    yield* leave(member)
    yield* gate.enter(member.occupancy)
    const session = yield* connect(member, member.plan!).pipe(
      Effect.onError(() => Effect.sync(() => gate.leave(member.occupancy))),
      Effect.ensuring(Effect.sync(() => gate.opened()))
    )
    if ("problem" in session) {
      gate.leave(member.occupancy)
      return session
    }
    if (session.isOpen()) return session
    yield* leave(member)
    const { detail, reason } = member.visits.get(session)!
    return { state: "failed", problem: `${reason ?? "closed"}${detail === null ? "" : `: ${detail}`}` } as const
  }, (effect, member) => Effect.map(effect, (opened) => {
    if (!("problem" in opened)) lastSession.set(member, opened)
    return opened
  }))

  return {
    gate,
    charges,
    leave,
    member: (member: Member): RoundMember<StoreError, Dialer | ByteBudget | Scope.Scope> => ({
      target: member.target,
      open: open(member),
      done: Effect.suspend(() => gate.isAwaited ? leave(member) : Effect.void)
    }),
    sessionOf: (member: Member): OpenSession | null => lastSession.get(member) ?? null
  }
})

const newsText = (news: ReadonlyMap<string, Tip>): string => {
  const [first] = [...news.values()].toSorted((a, b) => b.height - a.height)
  return `a block came in between: ${news.size} ${news.size === 1 ? "server" : "servers"} went on to ${first!.height} ${first!.hash}`
}

/** A snapshot whose visits are not over. */
interface OpenSnapshot extends Omit<Snapshot, "readings"> {
  readonly readings: ReadonlyArray<{ readonly member: Member; readonly session: OpenSession | null; readonly reading: OpenReading }>
}

/** Rounds until one is kept, or there were enough of them. */
const rounds = Effect.fnUntraced(function*(
  run: SnapshotRun,
  members: ReadonlyArray<Member>,
  host: Effect.Success<ReturnType<typeof makeHost>>,
  flush: Effect.Effect<void, StoreError>
) {
  const { attempts, settleMs, warmUpMs, windowMs } = run.settings
  const targets = members.map(({ target }) => target)
  const taken: Array<OpenSnapshot> = []
  const ignored = new Set<string>()
  let news: ReadonlyMap<string, Tip> = new Map()
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) yield* Effect.sleep(settleMs)
    // Flushed: a process that is killed while it asks must not forget what that may have cost.
    const ready = Effect.timeoutOption(Effect.andThen(Effect.yieldNow, host.gate.settled), warmUpMs).pipe(Effect.andThen(flush))
    const round: Round = yield* takeRound(members.map(host.member), { attempt, windowMs, ready })
    const sightings = sightingsOf(targets, round)
    for (const key of lonelyNews(news, sightings)) ignored.add(key)
    const verdict = judgeTips(sightings, ignored)
    news = verdict.news
    const reason = news.size === 0 ? null : newsText(news)
    taken.push({
      startedAt: round.startedAt,
      windowMs,
      attempt,
      tip: verdict.tip,
      state: reason === null ? "kept" : "discarded",
      reason,
      readings: round.readings.map((reading, i) => ({ member: members[i]!, session: host.sessionOf(members[i]!), reading }))
    })
    if (reason === null) break
    yield* run.onNote(`Snapshot ${attempt} of at most ${attempts} discarded: ${reason}.`)
  }
  return taken
})

const closed = ({ readings, ...snapshot }: OpenSnapshot): Snapshot => ({
  ...snapshot,
  readings: readings.map(({ member, reading, session }) => ({
    ...reading,
    target: member.target,
    visit: session === null ? null : member.visits.get(session) ?? null
  }))
})

/**
 * Asks one endpoint of every server that answered in the latest finished crawl
 * at one time, and stores it. Discarded and taken again when a block came in
 * between. Nothing else that we ask may be compared across servers.
 */
export const takeSnapshot = Effect.fn("takeSnapshot")(function*(
  run: SnapshotRun
): Effect.fn.Return<SnapshotSummary, CrawlError | StoreError, Store | Dialer | ByteBudget> {
  const store = yield* Store
  const { crawlId: serversOf, targets } = yield* store.probing.targets(run.chain.name)
  if (serversOf === null || targets.length === 0) {
    return yield* new CrawlError({
      reason: "no servers",
      message: `No finished crawl of ${run.chain.name} in this database has a server that answered: crawl first.`
    })
  }
  const ledger = run.ledger ?? (yield* openLedger(run.chain.name, run.vantage.name))
  const startedAt = yield* Clock.currentTimeMillis
  const crawlId = yield* store.startCrawl({
    kind: "probe",
    chain: run.chain,
    vantage: run.vantage,
    settings: { probe: "snapshot", serversOf, ...run.settings },
    codeVersion: run.codeVersion,
    startedAt
  })
  yield* store.saveOptOuts(crawlId, run.exclusions.lists, startedAt)
  const host = yield* makeHost(run, ledger, (fact) => store.record(crawlId, [fact]))
  const rules = { exclusions: run.exclusions, allowance: leastSnapshot }
  const members = yield* Effect.forEach(
    targets,
    (target) => Effect.map(prepareMember(target, rules, ledger), (member): Member => ({ ...member, session: null, room: null, visits: new Map() })),
    { concurrency: 64 }
  )
  yield* run.onNote(`Asking ${members.length} servers of crawl ${serversOf} at one time.`)
  const end = Effect.fnUntraced(function*(state: "finished" | "interrupted" | "failed", taken: ReadonlyArray<OpenSnapshot>) {
    for (const member of members) yield* host.leave(member)
    const snapshots = taken.map(closed)
    const visits = members.flatMap((member) => [...member.visits.values()])
    yield* store.record(crawlId, [{ _tag: "snapshots", serversOf, visits, snapshots }, ...host.charges])
    yield* store.flush
    yield* store.endCrawl(crawlId, state, yield* Clock.currentTimeMillis)
    yield* store.publishSnapshot
    return { crawlId, snapshots }
  }, Effect.uninterruptible)
  return yield* Effect.scoped(rounds(run, members, host, store.flush).pipe(
    // What was asked is on their books, whatever became of it.
    Effect.onError((cause) => Effect.ignore(end(cause.reasons.some((r) => r._tag === "Interrupt") ? "interrupted" : "failed", []))),
    Effect.flatMap((taken) => end("finished", taken))
  ))
})
