import { tallied } from "../../domain/tallied.ts"
import type { EndpointFact, LedgerFact } from "../../store/facts.ts"
import type { CostLedger } from "../cost-ledger.ts"
import type { Frontier } from "../frontier.ts"
import { MetServers } from "../met-servers.ts"
import type { Claim, SharedEvent } from "./shared-event.ts"

/** An endpoint that a runner has, and what its visit occupies once it began. */
interface Taken {
  readonly runner: string
  claim: Claim | null
}

/**
 * What a shared crawl has come to, as every runner of it knows: the steps of the
 * log, applied one by one. The same classes as in a crawl of one decide.
 */
export class Replica {
  readonly frontier: Frontier
  readonly ledger: CostLedger
  readonly #met: MetServers
  readonly #perBlock: number
  readonly #taken = new Map<string, Taken>()
  readonly #occupied = new Map<string, number>()
  /** Targets and hosts that owe what nobody told of. */
  readonly #unproven = new Set<string>()
  /** Whether the next wave was asked for and brought nothing, and nothing happened since. */
  #exhausted = false
  /** What was booked since they were taken out, by whichever runner. */
  #bookings: Array<LedgerFact> = []

  constructor(frontier: Frontier, ledger: CostLedger, perBlock: number) {
    this.frontier = frontier
    this.ledger = ledger
    this.#met = new MetServers(ledger)
    this.#perBlock = perBlock
  }

  /** Endpoints that runners have. */
  get underWay(): number {
    return this.#taken.size
  }

  /** Whether nothing is left to be done, as far as anybody has said: discovery is complete. */
  get isComplete(): boolean {
    const { due, parked } = this.frontier.counts()
    return this.underWay === 0 && due === 0 && (parked === 0 || this.#exhausted)
  }

  /** What was booked since the last call. */
  takeBookings(): ReadonlyArray<LedgerFact> {
    const bookings = this.#bookings
    this.#bookings = []
    return bookings
  }

  holderOf(key: string): string | null {
    return this.#taken.get(key)?.runner ?? null
  }

  /** Whether an address or a block is busy. */
  isBusy({ blocks, occupies }: Pick<Claim, "occupies" | "blocks">): boolean {
    return occupies.some((target) => (this.#occupied.get(`target ${target}`) ?? 0) > 0) ||
      blocks.some((block) => (this.#occupied.get(`block ${block}`) ?? 0) >= this.#perBlock)
  }

  /** Whether what an account owes is partly what lost visits may have cost: then room comes with time, and nothing is given up for want of it. */
  mayOweLess({ host, others = [], target }: Pick<Claim, "host" | "target" | "others">): boolean {
    return [host, target, ...others].some((owing) => this.#unproven.has(owing))
  }

  /** Applies a step that happened at a time (milliseconds since 1970, by the clock of the log) and says what changed in the frontier. */
  apply(event: SharedEvent, at: number): Array<EndpointFact> {
    const facts = this.#apply(event, at)
    this.#exhausted = event._tag === "advanced" ? facts.length === 0 : this.#exhausted && facts.length === 0
    return facts
  }

  #apply(event: SharedEvent, at: number): Array<EndpointFact> {
    switch (event._tag) {
      case "learned":
        return this.frontier.learn(
          tallied(event.named.map((named) => ({ ...named, raw: "", versionText: null, pruning: null, problem: null, notes: [] }))),
          { bySeed: event.bySeed, accepted: event.accepted, at }
        )
      case "taken":
        this.frontier.claim(event.key)
        this.#taken.set(event.key, { runner: event.runner, claim: null })
        return []
      case "lapsed":
      case "returned":
        this.#leave(event.key, null, at)
        this.frontier.putBack(this.#entry(event.key))
        return []
      case "entered":
        this.#enter(event.key, event.claim, at)
        return []
      case "visited": {
        const taken = this.#taken.get(event.key)
        if (taken?.claim != null) this.#met.meet(taken.claim, event.claims)
        this.#leave(event.key, event, at)
        return this.frontier.visited(this.#entry(event.key), { reachable: event.reachable }, at)
      }
      case "refused":
        this.#leave(event.key, null, at)
        return this.frontier.refused(this.#entry(event.key), event.reason, event.detail, at)
      case "advanced":
        return this.frontier.advance(at)
    }
  }

  #entry(key: string) {
    const entry = this.frontier.entry(key)
    if (entry === undefined) throw new Error(`The log of the shared crawl speaks of ${key} before anybody named it.`)
    return entry
  }

  #count(what: string, by: 1 | -1): void {
    const count = (this.#occupied.get(what) ?? 0) + by
    if (count > 0) this.#occupied.set(what, count)
    else this.#occupied.delete(what)
  }

  #countAll({ blocks, occupies }: Claim, by: 1 | -1): void {
    for (const target of occupies) this.#count(`target ${target}`, by)
    for (const block of blocks) this.#count(`block ${block}`, by)
  }

  #enter(key: string, claim: Claim, at: number): void {
    this.#taken.get(key)!.claim = claim
    this.#countAll(claim, 1)
    this.#bookings.push(...this.ledger.book(claim, claim.units, at))
  }

  /** A visit whose cost nobody tells is owed at the most that it may have cost. */
  #leave(key: string, visited: Pick<Extract<SharedEvent, { _tag: "visited" }>, "cost" | "reason" | "dialled"> | null, at: number): void {
    const claim = this.#taken.get(key)?.claim ?? null
    this.#taken.delete(key)
    if (claim === null) return
    this.#countAll(claim, -1)
    if (visited === null) for (const owing of [claim.host, claim.target, ...claim.others ?? []]) this.#unproven.add(owing)
    const { cost, dialled, reason } = visited ?? { cost: claim.units, reason: null, dialled: null }
    this.#bookings.push(...this.ledger.settle(claim, claim.units, cost, reason, at, dialled))
  }
}
