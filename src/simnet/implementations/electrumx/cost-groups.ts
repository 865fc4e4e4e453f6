/** ElectrumX's cost table, in its units (protocol-facts 7.1). */
const methodCost: Readonly<Record<string, number>> = {
  "server.version": 0.5,
  "server.features": 0.2,
  "server.banner": 0.5,
  "server.donation_address": 0.1,
  "server.ping": 0.1,
  "server.peers.subscribe": 1,
  "server.add_peer": 100,
  "blockchain.headers.subscribe": 0.25,
  "blockchain.block.header": 0.25,
  "blockchain.estimatefee": 0.1,
  "blockchain.transaction.get": 1,
  "blockchain.relayfee": 1,
  "mempool.get_info": 1,
  "mempool.get_fee_histogram": 1
}

const connectionCost = 5
const softLimit = 1000
const hardLimit = 10_000
const sessionDecay = 1
const retainedDecay = 2
const bytesPerUnit = 5000
/** What an error costs. */
export const errorCost = 100
/** What a line costs that is no JSON. */
export const parseErrorCost = 1100

/** Its fixed part; methods that cost by what they find charge for that themselves. */
export const costOfMethod = (method: string): number => methodCost[method] ?? 0

class Decaying {
  #value: number
  #at: number
  #perSecond: number

  constructor(value: number, perSecond: number, at: number) {
    this.#value = value
    this.#perSecond = perSecond
    this.#at = at
  }

  valueAt(now: number): number {
    this.#value = Math.max(0, this.#value - (this.#perSecond * (now - this.#at)) / 1000)
    this.#at = now
    return this.#value
  }

  add(amount: number, now: number): void {
    this.#value = this.valueAt(now) + amount
  }

  decayBy(perSecond: number, now: number): void {
    this.valueAt(now)
    this.#perSecond = perSecond
  }
}

/** The cost of one connection, counted together with the others of its group. */
export interface SessionCost {
  readonly add: (units: number) => void
  readonly addBytes: (bytes: number) => void
  /** 0 below the soft limit, 1 and more where the server refuses. */
  readonly fraction: () => number
  /** Forgetting is slower the more scripts the connection is subscribed to. */
  readonly slowedBy: (subscriptions: number) => void
  /** What was used stays with the group. */
  readonly leave: () => void
}

/** Costs of a server's clients: shared by all of one /24 or /48 and remembered after they leave. */
export class CostGroups {
  readonly #groups = new Map<string, { retained: Decaying; readonly sessions: Set<Decaying> }>()
  readonly #now: () => number
  readonly #exhausted: boolean
  #most = 0
  #slowed = 0

  /** `exhausted`: everybody's allowance is used up already. */
  constructor(now: () => number, exhausted: boolean) {
    this.#now = now
    this.#exhausted = exhausted
  }

  /** Most units that a group had. */
  get most(): number {
    return this.#most
  }

  /** How often a group was found above the soft limit. */
  get slowed(): number {
    return this.#slowed
  }

  /** A client that is null shares with nobody and is not remembered, as private addresses with the real ones. */
  enter(client: string | null): SessionCost {
    const known = client === null ? undefined : this.#groups.get(client)
    const group = known ?? { retained: new Decaying(0, retainedDecay, this.#now()), sessions: new Set() }
    if (client !== null) this.#groups.set(client, group)
    const own = new Decaying(connectionCost, sessionDecay, this.#now())
    group.sessions.add(own)
    const cost = (): number => {
      const now = this.#now()
      let sum = group.retained.valueAt(now)
      for (const session of group.sessions) sum += session.valueAt(now)
      return sum
    }
    const add = (units: number): void => {
      own.add(units, this.#now())
      this.#most = Math.max(this.#most, cost())
    }
    add(0)
    return {
      add,
      addBytes: (bytes) => add(bytes / bytesPerUnit),
      fraction: () => {
        const fraction = this.#exhausted ? 1 : Math.max(0, (cost() - softLimit) / (hardLimit - softLimit))
        if (fraction > 0) this.#slowed++
        return fraction
      },
      slowedBy: (subscriptions) =>
        own.decayBy((sessionDecay * hardLimit) / (hardLimit + 5 * subscriptions), this.#now()),
      leave: () => {
        if (group.sessions.delete(own)) group.retained.add(own.valueAt(this.#now()), this.#now())
      }
    }
  }
}
