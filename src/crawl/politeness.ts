import { Clock, Effect } from "effect"
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
  /** The dialled address and those that are dialled where it does not answer, or what stands for them: one connection at a time. */
  readonly targets: ReadonlyArray<string>
  /** The targets' network blocks; none for names and onions. */
  readonly blocks: ReadonlyArray<string>
}

/** The addresses that a plan may lead to, the first first; none where a proxy resolves the name. */
export const dialledOf = ({ dial, others = [] }: Pick<DialPlan, "dial" | "others">): ReadonlyArray<string> => {
  const first = dial.address ?? dial.addresses[0]
  return first === undefined ? [] : [first, ...others]
}

/**
 * What a connection to an endpoint occupies: every address that it may lead to, since
 * nobody knows before which one answers. Through a proxy the dialled
 * address is unknown: the address announced for the host stands for it, else
 * the host, so that we never lean twice on what is probably one machine.
 */
export const occupancyOf = (
  host: string,
  dialled: ReadonlyArray<string>,
  announced: Iterable<string>
): Occupancy => {
  const addresses = dialled.length > 0 ? dialled : [...announced].toSorted().slice(0, 1)
  return addresses.length === 0 ? { targets: [host], blocks: [] } : { targets: addresses, blocks: blocksOf(addresses) }
}

/** The network blocks of addresses, each once. */
export const blocksOf = (addresses: ReadonlyArray<string>): ReadonlyArray<string> => {
  const blocks: Array<string> = []
  for (const address of addresses) {
    const block = addressBlock(address, 24, 48)
    if (block !== undefined && !blocks.includes(block)) blocks.push(block)
  }
  return blocks
}

const targetText = (target: string): string => `target ${target}`
const blockText = (block: string): string => `block ${block}`

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
    for (const target of occupancy.targets) this.#targets.delete(target)
    for (const block of occupancy.blocks) {
      const rest = this.#blocks.get(block)! - 1
      if (rest > 0) this.#blocks.set(block, rest)
      else this.#blocks.delete(block)
    }
    const admitted: Array<A> = []
    if (this.#waitingCount === 0) return admitted
    for (const obstacle of [...occupancy.targets.map(targetText), ...occupancy.blocks.map(blockText)]) {
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

  #obstacle({ blocks, targets }: Occupancy): string | null {
    const target = targets.find((target) => this.#targets.has(target))
    if (target !== undefined) return targetText(target)
    const block = blocks.find((block) => this.#isFull(block))
    return block === undefined ? null : blockText(block)
  }

  #isFull(block: string): boolean {
    return (this.#blocks.get(block) ?? 0) >= this.#rules.perBlock
  }

  #blocked(obstacle: string): boolean {
    return obstacle.startsWith("target ")
      ? this.#targets.has(obstacle.slice(7))
      : this.#isFull(obstacle.slice(6))
  }

  #occupy({ blocks, targets }: Occupancy): void {
    for (const target of targets) this.#targets.add(target)
    for (const block of blocks) this.#blocks.set(block, (this.#blocks.get(block) ?? 0) + 1)
  }
}

/** What all who connect to servers from one process at one time have in common. */
export interface SharedPoliteness {
  readonly ledger: CostLedger
  readonly politeness: Politeness<() => void>
}

/** Suspends until the next connection may be opened by `--rate`. */
export const paceOf = (politeness: Pick<Politeness<never>, "slot">): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sleep(Math.max(0, politeness.slot(now) - now)))

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
