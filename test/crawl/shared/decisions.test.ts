import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CostLedger } from "../../../src/crawl/cost-ledger.ts"
import { Frontier } from "../../../src/crawl/frontier.ts"
import { decideEnd, decideEntry, decideNext } from "../../../src/crawl/shared/decisions.ts"
import { Replica } from "../../../src/crawl/shared/replica.ts"
import type { Claim, SharedEvent } from "../../../src/crawl/shared/shared-event.ts"
import type { Decision, Turn } from "../../../src/crawl/shared/shared-log.ts"

const [leaseMs, perBlock, rate] = [1_000, 2, 10]
const hosts = Array.from({ length: 9 }, (_, i) => `h${i}.example.org`)
/** Two hosts are one machine each, six of a block. */
const claimOf = (key: string): Omit<Claim, "units"> => {
  const host = key.split(":")[0]!
  const address = `192.0.${Number(host[1]) < 6 ? 2 : 3}.${Math.floor(Number(host[1]) / 2)}`
  return { host, target: host, occupies: [address], blocks: [address.replace(/[0-9]+$/, "0/24")] }
}
const learnedOf = (named: ReadonlyArray<string>): SharedEvent => ({
  _tag: "learned",
  bySeed: false,
  accepted: 100,
  named: named.map((host) => ({ host, networkClass: "name", address: null, services: [{ transport: "tls", port: 50_002 }, { transport: "tcp", port: 50_001 }] }))
})
const newReplica = () =>
  new Replica(new Frontier({ maxEndpoints: 1000, portsPerHost: 8, allEndpoints: false, defaultPorts: { tcp: 50_001, tls: 50_002 } }), new CostLedger([]), perBlock)

/** What Postgres holds, with its rule: steps are appended where nobody else's came in between. */
class Log {
  now = 1_000_000
  nextSlot = 0
  readonly steps: Array<{ readonly at: number; readonly event: SharedEvent }> = []
  readonly leases = new Map<string, { readonly runner: string; until: number }>()

  read(): Turn & { readonly steps: number } {
    const lapsed = [...this.leases].flatMap(([key, { runner, until }]) => until < this.now ? [{ key, runner }] : []).toSorted((a, b) => a.key < b.key ? -1 : 1)
    return { now: this.now, nextSlot: this.nextSlot, lapsed, steps: this.steps.length }
  }

  append(read: { readonly steps: number; readonly now: number }, { events, nextSlot }: Decision<unknown>): boolean {
    if (this.steps.length !== read.steps) return false
    for (const event of events) {
      this.steps.push({ at: read.now, event })
      if (event._tag === "taken") this.leases.set(event.key, { runner: event.runner, until: event.until })
      else if ("key" in event && event._tag !== "entered") this.leases.delete(event.key)
    }
    if (events.length > 0) this.nextSlot = nextSlot ?? this.nextSlot
    return true
  }
}

/** What a runner has under way: when its visit is over, or null while it has not begun. */
interface Work {
  readonly key: string
  begun: boolean
}

class Runner {
  static #started = 0
  readonly log: Log
  readonly holder = `runner ${++Runner.#started}`
  replica = newReplica()
  known = 0
  work: Work | null = null
  ended = false
  /** A turn that was decided and is not appended yet: others may come in between. */
  pending: (() => void) | null = null

  constructor(log: Log) {
    this.log = log
  }

  catchUp(steps = this.log.steps.length): void {
    while (this.known < steps) {
      const { at, event } = this.log.steps[this.known++]!
      this.replica.apply(event, at)
    }
  }

  #turn<A>(decide: (turn: Turn) => Decision<A>, then: (result: A) => void): void {
    const read = this.log.read()
    this.catchUp()
    const decision = decide(read)
    this.pending = () => {
      this.pending = null
      if (decision.events.length === 0 || this.log.append(read, decision)) then(decision.result)
    }
  }

  /** Decides what is next to do. */
  step(reachable: boolean, learns: ReadonlyArray<string>): void {
    if (this.pending !== null) return this.pending()
    const { work } = this
    if (work === null) {
      return this.#turn((turn) => decideNext(this.replica, { holder: this.holder, leaseMs }, null, turn), (next) => {
        this.ended = next._tag === "end"
        if (next._tag === "visit") this.work = { key: next.entry.key, begun: false }
      })
    }
    if (!work.begun) {
      return this.#turn((turn) => decideEntry(this.replica, this.holder, rate, { ...claimOf(work.key), key: work.key }, turn), ({ _tag }) => {
        if (_tag === "enter") work.begun = true
        else if (_tag !== "busy") this.work = null
      })
    }
    this.#turn(
      () => decideEnd(this.replica, this.holder, work.key, () => [
        { _tag: "visited", key: work.key, reachable, cost: 30, dialled: null, reason: null, claims: [] },
        ...(learns.length === 0 ? [] : [learnedOf(learns)])
      ]),
      () => {
        this.work = null
      }
    )
  }

  renew(): void {
    for (const lease of this.log.leases.values()) if (lease.runner === this.holder && lease.until >= this.log.now) lease.until = this.log.now + leaseMs
  }
}

const stateOf = ({ frontier, underWay }: Replica) => ({ underWay, counts: frontier.counts(), next: frontier.next()?.key })

/** Checks the log against what must hold of it, read by itself. */
const check = (steps: Log["steps"]): void => {
  const holders = new Map<string, string>()
  const open = new Map<string, Claim>()
  const visited = new Set<string>()
  for (const { event } of steps) {
    if (!("key" in event)) continue
    const { key } = event
    if (event._tag === "taken") {
      expect([holders.has(key), visited.has(key)], key).toEqual([false, false])
      holders.set(key, event.runner)
    } else if (event._tag === "entered") {
      const others = [...open.values()]
      expect(others.filter(({ occupies }) => occupies[0] === event.claim.occupies[0])).toEqual([])
      expect(others.filter(({ blocks }) => blocks[0] === event.claim.blocks[0]).length).toBeLessThan(perBlock)
      open.set(key, event.claim)
    } else {
      expect(holders.delete(key), key).toBe(true)
      open.delete(key)
      if (event._tag === "visited") {
        expect(visited.has(key), key).toBe(false)
        visited.add(key)
      }
    }
  }
}

/** What happens next: who does something, how it goes, or that time passes, somebody stays silent or is gone. */
const happening = fc.oneof(
  { weight: 12, arbitrary: fc.record({ what: fc.constant("step" as const), who: fc.nat(2), reachable: fc.boolean(), learns: fc.subarray(hosts.slice(3)) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant("time" as const), ms: fc.integer({ min: 1, max: 700 }), silent: fc.subarray([0, 1, 2]) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("gone" as const), who: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("seeds" as const), who: fc.nat(2) }) }
)

describe("what three runners decide, in whatever order, with leases that run out, turns that come too late and runners that start again", () => {
  it("gives each endpoint to one at a time, visits it once, keeps addresses and blocks, and comes to an end that all know alike", () => {
    fc.assert(fc.property(fc.array(happening, { maxLength: 120 }), (happenings) => {
      const log = new Log()
      const runners = [0, 1, 2].map(() => new Runner(log))
      const seed = (who: number) => {
        const read = log.read()
        runners[who]!.catchUp()
        log.append(read, { events: [learnedOf(hosts.slice(0, 3))], nextSlot: null, result: undefined })
      }
      seed(0)
      for (const it of happenings) {
        if (it.what === "step") runners[it.who]!.step(it.reachable, it.learns)
        else if (it.what === "seeds") seed(it.who)
        else if (it.what === "gone") runners[it.who] = new Runner(log)
        else {
          log.now += it.ms
          for (const [who, runner] of runners.entries()) if (!it.silent.includes(who)) runner.renew()
        }
      }
      // From here on all are well.
      for (let rounds = 0; runners.some(({ ended }) => !ended); rounds++) {
        expect(rounds).toBeLessThan(5_000)
        log.now += 200
        for (const runner of runners) {
          runner.renew()
          if (!runner.ended) runner.step(true, [])
        }
      }
      check(log.steps)
      expect(log.leases.size).toBe(0)
      const fresh = new Runner(log)
      fresh.catchUp()
      for (const runner of runners) {
        runner.catchUp()
        expect(stateOf(runner.replica)).toEqual(stateOf(fresh.replica))
      }
      expect(fresh.replica.isComplete).toBe(true)
      const { due, inFlight, known, notVisited, visited } = fresh.replica.frontier.counts()
      // Every host was visited until one of its endpoints answered; nothing is left.
      expect([due, inFlight]).toEqual([0, 0])
      expect(visited + notVisited).toBe(known)
    }), { numRuns: 150 })
  })

  it("gives out moments for connections in one pace to all, and ends at the limit of visits that all have together", () => {
    const log = new Log()
    const runners = [0, 1, 2].map(() => new Runner(log))
    log.append(log.read(), { events: [learnedOf(hosts)], nextSlot: null, result: undefined })
    const moments: Array<number> = []
    const limit = 5
    const taken = runners.flatMap((runner) => [0, 1].flatMap(() => {
      runner.catchUp()
      const read = log.read()
      const next = decideNext(runner.replica, { holder: runner.holder, leaseMs }, limit, read)
      log.append(read, next)
      return next.result._tag === "visit" ? [{ runner, key: next.result.entry.key }] : []
    }))
    expect(taken).toHaveLength(limit)
    for (const { key, runner } of taken) {
      runner.catchUp()
      const read = log.read()
      const entry = decideEntry(runner.replica, runner.holder, rate, { ...claimOf(key), occupies: [key], blocks: [], key }, read)
      if (entry.result._tag === "enter") moments.push(read.now + entry.result.delayMs)
      log.append(read, entry)
    }
    expect(moments.map((at) => at - moments[0]!)).toEqual([0, 100, 200, 300, 400])
    for (const { key, runner } of taken) {
      runner.catchUp()
      log.append(log.read(), decideEnd(runner.replica, runner.holder, key, () => [{ _tag: "visited", key, reachable: true, cost: 1, dialled: null, reason: null, claims: [] }]))
    }
    for (const runner of runners) {
      runner.catchUp()
      expect(decideNext(runner.replica, { holder: runner.holder, leaseMs }, limit, log.read()).result).toEqual({ _tag: "end", end: "limit" })
    }
  })
})
