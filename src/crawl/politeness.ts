import { Effect } from "effect"
import { addressBlock } from "../domain/address.ts"
import type { DialPlan } from "../transport/dialer.ts"
import type { CostLedger } from "./cost-ledger.ts"

export interface PolitenessRules {
  /** Connections at a time per /24 (IPv4) or /48 (IPv6) of the target. */
  readonly perBlock: number
  /** New connections per second, over all targets; 0 for no limit. */
  readonly rate: number
}

/** What a connection occupies while it lasts. */
export interface Occupancy {
  /** The dialled address, or what stands for it: one connection at a time. */
  readonly target: string
  /** The target's network block; null for names and onions. */
  readonly block: string | null
}

/** The address that a plan leads to; null where a proxy resolves the name. */
export const dialledOf = ({ dial }: Pick<DialPlan, "dial">): string | null => dial.address ?? dial.addresses[0] ?? null

/**
 * What a connection to an endpoint occupies. Through a proxy the dialled
 * address is unknown: the address announced for the host stands for it, else
 * the host, so that we never lean twice on what is probably one machine.
 */
export const occupancyOf = (
  host: string,
  dialled: string | null,
  announced: Iterable<string>
): Occupancy => {
  const address = dialled ?? [...announced].toSorted()[0] ?? null
  return {
    target: address ?? host,
    block: address === null ? null : addressBlock(address, 24, 48) ?? null
  }
}

/**
 * Who may connect now. Plain data with one owner. `A` waits here while its
 * target or block is busy, and is given back by `leave`, first come first served.
 */
export class Politeness<A> {
  readonly #rules: PolitenessRules
  readonly #targets = new Set<string>()
  readonly #blocks = new Map<string, number>()
  readonly #waiting = new Map<string, Array<{ readonly waiter: A; readonly occupancy: Occupancy }>>()
  #waitingCount = 0
  #nextSlot = Number.NEGATIVE_INFINITY
  /** When a slot was asked for the last time. */
  #latest = Number.NEGATIVE_INFINITY

  constructor(rules: PolitenessRules) {
    this.#rules = rules
  }

  get waiting(): number {
    return this.#waitingCount
  }

  /** True: go ahead, the occupancy is yours until `leave`. False: `waiter` is queued. */
  enter(waiter: A, occupancy: Occupancy): boolean {
    const obstacle = this.#obstacle(occupancy)
    if (obstacle === null) {
      this.#occupy(occupancy)
      return true
    }
    const queue = this.#waiting.get(obstacle)
    if (queue === undefined) this.#waiting.set(obstacle, [{ waiter, occupancy }])
    else queue.push({ waiter, occupancy })
    this.#waitingCount++
    return false
  }

  /** Frees an occupancy. Returns those who waited for it and may go ahead now; it is theirs already. */
  leave(occupancy: Occupancy): Array<A> {
    this.#targets.delete(occupancy.target)
    if (occupancy.block !== null) {
      const rest = this.#blocks.get(occupancy.block)! - 1
      if (rest > 0) this.#blocks.set(occupancy.block, rest)
      else this.#blocks.delete(occupancy.block)
    }
    const admitted: Array<A> = []
    for (const obstacle of [`target ${occupancy.target}`, `block ${occupancy.block}`]) {
      const queue = this.#waiting.get(obstacle)
      if (queue === undefined) continue
      while (queue.length > 0 && !this.#blocked(obstacle)) {
        const { occupancy: wanted, waiter } = queue.shift()!
        this.#waitingCount--
        if (this.enter(waiter, wanted)) admitted.push(waiter)
      }
      if (queue.length === 0) this.#waiting.delete(obstacle)
    }
    return admitted
  }

  /** The moment (same clock as `now`) at which the next connection may be opened; takes that slot. */
  slot(now: number): number {
    if (this.#rules.rate === 0) return now
    // Where somebody set the clock back, nobody waits for what it said before.
    this.#nextSlot -= Math.max(0, this.#latest - now)
    this.#latest = now
    this.#nextSlot = Math.max(now, this.#nextSlot + 1000 / this.#rules.rate)
    return this.#nextSlot
  }

  #obstacle({ block, target }: Occupancy): string | null {
    if (this.#targets.has(target)) return `target ${target}`
    return block !== null && (this.#blocks.get(block) ?? 0) >= this.#rules.perBlock ? `block ${block}` : null
  }

  #blocked(obstacle: string): boolean {
    return obstacle.startsWith("target ")
      ? this.#targets.has(obstacle.slice(7))
      : (this.#blocks.get(obstacle.slice(6)) ?? 0) >= this.#rules.perBlock
  }

  #occupy({ block, target }: Occupancy): void {
    this.#targets.add(target)
    if (block !== null) this.#blocks.set(block, (this.#blocks.get(block) ?? 0) + 1)
  }
}

/** What all who connect to servers from one process at one time have in common. */
export interface SharedPoliteness {
  readonly ledger: CostLedger
  readonly politeness: Politeness<() => void>
}

/** Suspends until a connection may be made; the occupancy is the caller's until `leave`. Given up while waiting, it is left again. */
export const enterInTurn = ({ politeness }: Pick<SharedPoliteness, "politeness">, occupancy: Occupancy): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    let gone = false
    let admitted = false
    const admit = (): void => {
      if (gone) return leaveInTurn({ politeness }, occupancy)
      admitted = true
      resume(Effect.void)
    }
    if (politeness.enter(admit, occupancy)) admit()
    return Effect.sync(() => {
      gone = true
      if (admitted) leaveInTurn({ politeness }, occupancy)
    })
  })

/** Frees an occupancy and lets in who waited for it. */
export const leaveInTurn = ({ politeness }: Pick<SharedPoliteness, "politeness">, occupancy: Occupancy): void => {
  for (const admit of politeness.leave(occupancy)) admit()
}
