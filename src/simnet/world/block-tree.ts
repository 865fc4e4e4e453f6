import { type Block, mineBlock } from "../bitcoin/block.ts"
import type { SimulatedChain } from "../chain/chain.ts"
import { Ledger } from "../chain/ledger.ts"
import { drawn, drawnWait } from "../draw/mix.ts"
import { type Demand, type Pending, Traffic } from "./traffic.ts"

/** A block of the tree that grows on a chain while the world's time passes. */
export interface Grown {
  /** Counts all blocks of the tree. */
  readonly number: number
  readonly block: Block
  /** Null for the block that the world begins with. */
  readonly parent: Grown | null
  /** Milliseconds since 1970 in the simulated world. */
  readonly foundAt: number
  /** What waited when it was found and is not in it, highest rates first; forgotten when nobody is that far behind. */
  left: ReadonlyArray<Pending>
  /** Satoshi per virtual byte that lately had to be paid for a place in a block. */
  readonly heat: number
}

/** What a tree grows from, and how. */
export interface BlockTreeOptions {
  readonly chain: SimulatedChain
  readonly seed: number
  /** When the world begins. */
  readonly epoch: number
  /** Mean milliseconds between blocks. */
  readonly gap: number
  /** Share of heights with two blocks for a while. */
  readonly forkShare: number
  readonly demand: Demand
}

/** Virtual bytes of a block for others than its miner. */
const blockSize = 990_000

/** Miners know what is older than this (milliseconds). */
const minersDelay = 5000

/** Virtual bytes after which what pays least is forgotten by everyone. */
const most = 6_000_000

/** Blocks until what waited for one is forgotten; the slowest nodes are some fifty behind. */
const remembered = 200

const byRate = (a: Pending, b: Pending): number => b.rate - a.rate || a.arrival - b.arrival || a.key - b.key

interface Template {
  readonly taken: ReadonlyArray<Pending>
  readonly left: ReadonlyArray<Pending>
  /** The lowest rate that got in, 1 when everybody did. */
  readonly cut: number
}

/** What a miner takes of what waits: the highest rates, parents before children. */
const template = (waiting: ReadonlyArray<Pending>, known: number): Template => {
  const taken: Array<Pending> = []
  const left: Array<Pending> = []
  let size = 0
  let full = false
  for (const item of waiting) {
    full ||= item.arrival <= known && size + item.size > blockSize
    if (full || item.arrival > known) left.push(item)
    else {
      taken.push(item)
      size += item.size
    }
  }
  const cut = full && taken.length > 0 ? Math.max(1, taken.at(-1)!.rate) : 1
  const ids = new Set(taken.map((item) => item.transaction?.txid))
  const missing = new Set(left.flatMap((item) => (item.transaction === null ? [] : [item.transaction.txid])))
  const orphans = taken.filter((item) => item.parent !== null && missing.has(item.parent))
  const fit = taken.filter((item) => !orphans.includes(item))
  const isChild = (item: Pending): boolean => item.parent !== null && ids.has(item.parent)
  return {
    taken: [...fit.filter((item) => !isChild(item)), ...fit.filter(isChild)],
    left: [...left, ...orphans].toSorted(byRate),
    cut
  }
}

/** Without what pays least where too much waits; planted transactions stay. */
const bounded = (waiting: ReadonlyArray<Pending>): ReadonlyArray<Pending> => {
  let size = 0
  return waiting.filter((item) => {
    size += item.size
    return size <= most || item.transaction !== null
  })
}

/**
 * Grows blocks on a chain as time passes: seeded exponential gaps, at some
 * heights two rivals, of which the next block makes one the loser. Which blocks
 * there are, and when, does not depend on who asks or how often.
 */
export class BlockTree {
  readonly chain: SimulatedChain
  readonly root: Grown
  /** Every block so far in the order of finding, the root first. */
  readonly grown: Array<Grown> = []
  /** Planted transactions of the mempool. */
  readonly planted: ReadonlyArray<Pending>
  readonly #options: BlockTreeOptions
  readonly #traffic: Traffic
  /** Blocks that the next one may build on. */
  #tips: ReadonlyArray<Grown>
  #nextAt: number
  readonly #soon = new Map<Grown, { readonly until: number; readonly items: ReadonlyArray<Pending> }>()
  #ledger: Ledger | undefined

  constructor(options: BlockTreeOptions) {
    this.#options = options
    this.chain = options.chain
    this.#traffic = new Traffic(options.seed, options.demand)
    this.planted = options.chain.unconfirmed.map(({ transaction, after, parent }, i) => ({
      key: -1 - i,
      arrival: options.epoch + (after === 0 ? -30_000 : after),
      rate: transaction.fee / transaction.size,
      size: transaction.size,
      transaction,
      parent
    }))
    this.root = this.#begin()
    this.grown.push(this.root)
    this.#tips = [this.root]
    this.#nextAt = this.root.foundAt + this.#gapAfter(this.root)
    // The first one is found after the world began.
    if (this.#nextAt <= options.epoch) this.#nextAt += options.epoch - this.root.foundAt
  }

  /** When the next block is found. */
  get nextAt(): number {
    return this.#nextAt
  }

  /** All transactions of all blocks so far, and the planted ones. */
  get ledger(): Ledger {
    if (this.#ledger === undefined) {
      this.#ledger = new Ledger(this.chain.blocks)
      for (const { transaction } of this.planted) this.#ledger.add(transaction!)
      for (const { block } of this.grown.slice(1)) this.#ledger.addBlock(block)
    }
    return this.#ledger
  }

  /** Find the blocks that are due. */
  grow(now: number): void {
    while (this.#nextAt <= now) {
      const foundAt = this.#nextAt
      const height = this.#tips[0]!.block.height + 1
      const parent = this.#tips[Math.floor(this.#draw(height, 1) * this.#tips.length)]!
      const first = this.#find(parent, foundAt, "")
      const tips = [first]
      let last = foundAt
      if (this.#draw(height, 2) < this.#options.forkShare) {
        last = foundAt + Math.min(6000, 0.01 * this.#options.gap) * (0.1 + this.#draw(height, 3))
        tips.push(this.#find(parent, last, "'s rival"))
      }
      this.#tips = tips
      this.#nextAt = Math.max(foundAt + this.#gapAfter(first), last + 1)
    }
  }

  /** Like what waits now, and perhaps what arrives within a second; worked out once for all who ask. */
  waitingSoon(tip: Grown, now: number): ReadonlyArray<Pending> {
    const until = Math.ceil(now / 1000) * 1000
    const known = this.#soon.get(tip)
    if (known?.until === until) return known.items
    const items = this.#waiting(tip, until)
    for (const old of this.#soon.keys()) if (old.block.height < tip.block.height - 3) this.#soon.delete(old)
    this.#soon.set(tip, { until, items })
    return items
  }

  /** What waits for those whose best block this is, highest rates first. */
  #waiting(tip: Grown, now: number): ReadonlyArray<Pending> {
    const planted = this.planted.filter(({ arrival }) => arrival > tip.foundAt && arrival <= now)
    return [...tip.left, ...this.#traffic.between(tip.foundAt, now), ...planted].toSorted(byRate)
  }

  #draw(height: number, purpose: number): number {
    return drawn(this.#options.seed, height, purpose)
  }

  #gapAfter(grown: Grown): number {
    return Math.max(1, drawnWait(this.#options.seed, grown.block.height, 0) * this.#options.gap)
  }

  /** What waits when the world begins: the rest of two hours of blocks that took what paid best. */
  #begin(): Grown {
    const foundAt = this.#options.epoch - 60_000
    let left: ReadonlyArray<Pending> = []
    let heat = 1
    for (let i = 12; i >= 0; i--) {
      const until = foundAt - i * 600_000
      const waiting = [...left, ...this.#traffic.between(until - 600_000, until)].toSorted(byRate)
      const { left: rest, cut } = template(waiting, until - minersDelay)
      left = bounded(rest)
      heat = 0.5 * heat + 0.5 * cut
    }
    return { number: 0, block: this.chain.blocks.at(-1)!, parent: null, foundAt, left, heat }
  }

  #find(parent: Grown, foundAt: number, rival: string): Grown {
    const { definition, name } = this.chain
    const { taken, left, cut } = template(this.#waiting(parent, foundAt), foundAt - minersDelay)
    const block = mineBlock({
      previous: parent.block,
      time: Math.floor(foundAt / 1000),
      bits: definition.bits,
      halving: definition.halving,
      tag: `${name}${rival} ${this.#options.seed}`,
      transactions: taken.flatMap((item) => (item.transaction === null ? [] : [item.transaction]))
    })
    const grown: Grown = {
      number: this.grown.length,
      block,
      parent,
      foundAt,
      left: bounded(left),
      heat: 0.5 * parent.heat + 0.5 * cut
    }
    this.grown.push(grown)
    const old = this.grown[this.grown.length - remembered]
    if (old !== undefined) old.left = []
    this.#ledger?.addBlock(block)
    return grown
  }
}
