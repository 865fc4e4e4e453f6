import { settle, settledTime, type Planted, type SimulatedChain, type SimulatedChainName } from "../chain/chain.ts"
import type { SeededRandom } from "../draw/random.ts"
import type { Backend } from "./backend.ts"
import { BlockTree } from "./block-tree.ts"
import { drawCharacter, type NodeCharacter } from "./node-character.ts"
import { SimNode } from "./node.ts"
import type { Demand } from "./traffic.ts"
import { WorldClock } from "./world-clock.ts"

/** A minute after the block that most simulated chains begin with, its height 2150. */
const worldEpoch = (settledTime(2150) + 60) * 1000

/** A clock at the beginning of the world, standing still. */
export const worldClock = (scale = 1): WorldClock => new WorldClock({ epoch: worldEpoch, scale })

/** How the chains of a world go on. */
export interface WorldCourse {
  readonly planted: Planted
  /** Mean seconds between blocks; null: each chain's own. */
  readonly blockGap: number | null
  /** Share of heights at which two blocks compete for a while. */
  readonly forkShare: number
  readonly demand: Demand
  /** By backend label: what is not drawn about it. */
  readonly nodes: ReadonlyMap<string, Partial<NodeCharacter>>
}

/** Nothing planted, blocks as they usually come. */
export const usualCourse: WorldCourse = {
  planted: new Map(),
  blockGap: null,
  forkShare: 0.02,
  demand: "busy",
  nodes: new Map()
}

/** What all servers of a simulation live in: its time, its chains and the nodes that follow them. */
export class World {
  readonly clock: WorldClock
  readonly #random: SeededRandom
  readonly #course: WorldCourse
  readonly #chains = new Map<SimulatedChainName, SimulatedChain>()
  readonly #trees = new Map<SimulatedChainName, BlockTree>()
  readonly #backends = new Map<string, Backend>()

  constructor(random: SeededRandom, clock: WorldClock, course: WorldCourse = usualCourse) {
    this.#random = random
    this.clock = clock
    this.#course = course
  }

  /** A chain as it is when the world begins. */
  chain(name: SimulatedChainName): SimulatedChain {
    const known = this.#chains.get(name)
    if (known !== undefined) return known
    const chain = settle(name, this.#course.planted)
    this.#chains.set(name, chain)
    return chain
  }

  /** The node of that label on that chain, the same for everyone who asks. */
  backend(label: string, chain: SimulatedChainName): Backend {
    const key = `${chain}/${label}`
    const known = this.#backends.get(key)
    if (known !== undefined) return known
    const character = { ...drawCharacter(this.#random.fork(`backend/${key}`)), ...this.#course.nodes.get(label) }
    const backend = new SimNode(key, this.#tree(chain), this.clock, character)
    this.#backends.set(key, backend)
    return backend
  }

  #tree(name: SimulatedChainName): BlockTree {
    const known = this.#trees.get(name)
    if (known !== undefined) return known
    const chain = this.chain(name)
    const { blockGap, forkShare, demand } = this.#course
    const tree = new BlockTree({
      chain,
      seed: this.#random.fork(`blocks of ${name}`).bits(),
      epoch: this.clock.epoch,
      gap: (blockGap ?? chain.definition.blockGap) * 1000,
      forkShare,
      demand
    })
    this.#trees.set(name, tree)
    return tree
  }
}
