import { type Backend, makeBackend } from "./backend.ts"
import { type Planted, settle, type SimulatedChain, type SimulatedChainName } from "./chain.ts"
import { Ledger } from "./ledger.ts"
import type { SeededRandom } from "./random.ts"
import { WorldClock } from "./world-clock.ts"

/** A minute after the block that every simulated chain begins with, its height 2150. */
export const worldEpoch = (1735689600 + 600 * 2150 + 60) * 1000

/** A clock at the beginning of the world, standing still. */
export const worldClock = (scale = 1): WorldClock => new WorldClock({ epoch: worldEpoch, scale })

/** What all servers of a simulation live in: its time, its chains and the nodes that follow them. */
export class World {
  readonly clock: WorldClock
  readonly #random: SeededRandom
  readonly #planted: Planted
  readonly #chains = new Map<SimulatedChainName, SimulatedChain>()
  readonly #ledgers = new Map<SimulatedChainName, Ledger>()
  readonly #backends = new Map<string, Backend>()

  constructor(random: SeededRandom, clock: WorldClock, planted: Planted = new Map()) {
    this.#random = random
    this.clock = clock
    this.#planted = planted
  }

  chain(name: SimulatedChainName): SimulatedChain {
    const known = this.#chains.get(name)
    if (known !== undefined) return known
    const chain = settle(name, this.#planted)
    this.#chains.set(name, chain)
    return chain
  }

  /** The node of that label on that chain, the same for everyone who asks. */
  backend(label: string, chain: SimulatedChainName): Backend {
    const key = `${chain}/${label}`
    const known = this.#backends.get(key)
    if (known !== undefined) return known
    const backend = makeBackend(key, this.chain(chain), () => this.#ledger(chain), this.#random)
    this.#backends.set(key, backend)
    return backend
  }

  #ledger(name: SimulatedChainName): Ledger {
    const known = this.#ledgers.get(name)
    if (known !== undefined) return known
    const { blocks, unconfirmed } = this.chain(name)
    const ledger = new Ledger(blocks)
    for (const { transaction } of unconfirmed) ledger.add(transaction)
    this.#ledgers.set(name, ledger)
    return ledger
  }
}
