import type { Client } from "../../model/client.ts"

/** Most items of a batch. */
export const batchLimit = 345

/** Most scripts that connections of one address subscribe to. */
const subscriptionLimit = 75_000

/** Subscriptions by address: connections of one share them. */
export class SubscriptionBudget {
  readonly #limit: number
  readonly #taken = new Map<string, number>()

  constructor(limit = subscriptionLimit) {
    this.#limit = limit
  }

  /** Count one more; false when that is too many. A client that is null has no limit. */
  take(client: Client | null): boolean {
    if (client === null) return true
    const taken = this.#taken.get(client.address) ?? 0
    if (taken >= this.#limit) return false
    this.#taken.set(client.address, taken + 1)
    return true
  }

  give(client: Client | null, count: number): void {
    if (client === null) return
    const left = (this.#taken.get(client.address) ?? 0) - count
    if (left > 0) this.#taken.set(client.address, left)
    else this.#taken.delete(client.address)
  }
}

/** Methods that it hands on to its node. */
const askNode: ReadonlySet<string> = new Set([
  "blockchain.estimatefee",
  "blockchain.transaction.get",
  "blockchain.transaction.broadcast",
  "blockchain.transaction.broadcast_package",
  "blockchain.transaction.id_from_pos",
  "blockchain.transaction.get_merkle"
])

const [high, low, perSecond] = [50, 20, 5]

/**
 * How much a connection makes it ask its node: with more than 50 requests on
 * the books it reads nothing more until 20 are left; 5 a second are forgotten.
 * Clients notice that as silence, not as an error.
 */
export class NodeThrottle {
  #count = 0
  #at = 0
  #reads = true

  /** @param now milliseconds of a steady clock */
  ask(method: string, now: number): void {
    if (!askNode.has(method)) return
    this.#forget(now)
    this.#count++
    if (this.#count > high) this.#reads = false
  }

  /** Milliseconds until it reads on; 0 = it does. */
  wait(now: number): number {
    this.#forget(now)
    if (this.#count <= low) this.#reads = true
    return this.#reads ? 0 : ((this.#count - low) / perSecond) * 1000
  }

  #forget(now: number): void {
    this.#count = Math.max(0, this.#count - ((now - this.#at) / 1000) * perSecond)
    this.#at = now
  }
}
