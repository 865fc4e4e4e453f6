import type { Block } from "../bitcoin/block.ts"
import type { Transaction } from "../bitcoin/transaction.ts"
import { type LedgerView, touchedBy } from "../chain/ledger.ts"
import { drawn, drawnNormal, drawnWait } from "../draw/mix.ts"
import type { Backend, MempoolStep } from "./backend.ts"
import type { BlockTree, Grown } from "./block-tree.ts"
import { heardOf, mempoolView, type MempoolView } from "./mempool-view.ts"
import type { NodeCharacter } from "./node-character.ts"
import type { WorldClock } from "./world-clock.ts"

const targets = [1, 2, 3, 6, 12, 25, 48, 144, 504, 1008]

/** BTC as bitcoind prints it, to the satoshi. */
const satoshi = (btc: number): number => Math.round(btc * 1e8) / 1e8

const hour = 3_600_000

/**
 * A node that follows a growing chain. It is asked what it knows now, and works
 * that out from what exists: nothing runs while nobody asks or listens.
 */
export class SimNode implements Backend {
  readonly name: string
  readonly subversion: string
  readonly relayFee: number
  readonly #tree: BlockTree
  readonly #clock: WorldClock
  readonly #character: NodeCharacter
  /** Null: it has not even heard of the block that the world begins with. */
  #best: Grown | null = null
  /** Its blocks above the tree's root. */
  readonly #own: Array<Block> = []
  /** How many of the tree's blocks it was told about. */
  #told = 0
  /** Blocks on their way to it, next first. */
  #coming: Array<{ readonly grown: Grown; readonly at: number }> = []
  readonly #heardAt = new Map<Grown, number>()
  /** Planted transactions that it heard of. */
  readonly #heard = new Set<string>()
  /** Those that it will hear of, the last one first. */
  readonly #unheard: Array<{ readonly transaction: Transaction; readonly at: number }>
  /** The time up to which all of this is. */
  #followed = Number.NEGATIVE_INFINITY
  readonly #view: LedgerView
  #mempool: { readonly at: number; readonly tip: Grown; readonly view: MempoolView } | undefined
  readonly #tipListeners = new Set<() => void>()
  readonly #mempoolListeners = new Set<(scripthashes: ReadonlySet<string>) => void>()
  #tipChanged = false
  #touched = new Set<string>()
  #cancel: (() => void) | undefined

  constructor(name: string, tree: BlockTree, clock: WorldClock, character: NodeCharacter) {
    this.name = name
    this.#tree = tree
    this.#clock = clock
    this.#character = character
    this.subversion = character.subversion
    this.relayFee = character.relayFee
    this.#unheard = tree.planted
      .map((item) => ({ transaction: item.transaction!, at: heardOf(item, character) }))
      .filter(({ at }) => at < Number.POSITIVE_INFINITY)
      .toSorted((a, b) => b.at - a.at)
    this.#view = { has: (block) => this.#has(block), holds: (txid) => this.#heard.has(txid) }
  }

  get tipHeight(): number {
    this.#follow()
    return this.#height
  }

  get mempoolMinFee(): number {
    if (this.#character.capacity === Number.POSITIVE_INFINITY) return this.relayFee
    return this.#mempoolView().minFee
  }

  get mempool(): ReadonlyArray<MempoolStep> {
    return this.#mempoolView().bins
  }

  get unbroadcast(): number {
    if (!this.#character.sender) return 0
    const phase = Math.floor(this.#clock.now() / hour)
    return Math.floor(3 * drawn(this.#character.seed, phase, 6))
  }

  header(height: number): string | undefined {
    return this.#block(height)?.header
  }

  hash(height: number): string | undefined {
    return this.#block(height)?.hash
  }

  estimateFee(target: number, conservative?: boolean): number {
    this.#follow()
    const { seed, bias, caution, quiet, fresh } = this.#character
    if (fresh) return -1
    const floor = Math.max(this.relayFee, this.mempoolMinFee)
    if (quiet) return floor
    const grown = this.#best ?? this.#tree.root
    let fee = Number.POSITIVE_INFINITY
    for (const [place, one] of targets.entries()) {
      if (place > 0 && one > target) break
      // Every node saw other transactions confirmed in each block, for each target.
      const error = Math.exp(0.04 * drawnNormal(seed, grown.number, 20 + place))
      const urgency = 1.3 * (grown.heat - 1) * (1 - place / targets.length) ** 1.5
      // A longer wait never costs more.
      fee = Math.min(fee, 1e-5 * (1 + urgency * bias * error * (conservative === true ? caution : 1)))
    }
    return satoshi(Math.max(floor, fee))
  }

  blockTxids(height: number): ReadonlyArray<string> | undefined {
    return this.#block(height)?.transactions.map(({ txid }) => txid)
  }

  transaction(txid: string): ReturnType<Backend["transaction"]> {
    this.#follow()
    return this.#tree.ledger.transaction(txid, this.#view)
  }

  history(scripthash: string): ReturnType<Backend["history"]> {
    this.#follow()
    return this.#tree.ledger.history(scripthash, this.#view)
  }

  unconfirmed(scripthash: string): ReturnType<Backend["unconfirmed"]> {
    this.#follow()
    return this.#tree.ledger.unconfirmed(scripthash, this.#view)
  }

  unspent(scripthash: string): ReturnType<Backend["unspent"]> {
    this.#follow()
    return this.#tree.ledger.unspent(scripthash, this.#view)
  }

  balance(scripthash: string): ReturnType<Backend["balance"]> {
    this.#follow()
    return this.#tree.ledger.balance(scripthash, this.#view)
  }

  onTip(listener: () => void): () => void {
    return this.#listen(this.#tipListeners, listener)
  }

  onMempool(listener: (scripthashes: ReadonlySet<string>) => void): () => void {
    return this.#listen(this.#mempoolListeners, listener)
  }

  get #settled(): number {
    return this.#tree.root.block.height
  }

  get #height(): number {
    return this.#best === null ? this.#settled - 1 : this.#best.block.height
  }

  #block(height: number): Block | undefined {
    this.#follow()
    if (height > this.#height) return undefined
    return height <= this.#settled ? this.#tree.chain.blocks[height] : this.#own[height - this.#settled - 1]
  }

  #has(block: Block): boolean {
    if (block.height > this.#height) return false
    return block.height <= this.#settled || this.#own[block.height - this.#settled - 1] === block
  }

  /** Take in what it has heard of by now. */
  #follow(): void {
    const now = this.#clock.now()
    if (now === this.#followed) return
    this.#followed = now
    this.#tree.grow(now)
    for (; this.#told < this.#tree.grown.length; this.#told++) this.#announce(this.#tree.grown[this.#told]!)
    while (this.#coming.length > 0 && this.#coming[0]!.at <= now) this.#consider(this.#coming.shift()!.grown)
    while (this.#unheard.length > 0 && this.#unheard.at(-1)!.at <= now) {
      const { transaction } = this.#unheard.pop()!
      this.#heard.add(transaction.txid)
      this.#touch(transaction)
    }
    if (this.#tipChanged || this.#touched.size > 0) this.#arm()
  }

  #announce(grown: Grown): void {
    const [least, mean] = this.#character.blockDelay
    const own = grown.foundAt + least + mean * drawnWait(this.#character.seed, grown.number, 4)
    const parent = grown.parent === null ? undefined : this.#heardAt.get(grown.parent)
    const at = Math.max(own, (parent ?? 0) + 1)
    this.#heardAt.set(grown, at)
    const past = grown.parent?.parent
    if (past !== null && past !== undefined) this.#heardAt.delete(past)
    const index = this.#coming.findLastIndex((other) => other.at <= at) + 1
    this.#coming.splice(index, 0, { grown, at })
  }

  /** More work wins; of equals the one that was heard of first. */
  #consider(grown: Grown): void {
    if (this.#best !== null && grown.block.work <= this.#best.block.work) return
    const come: Array<Block> = []
    let shared: Grown = grown
    for (; shared.parent !== null && this.#own[shared.block.height - this.#settled - 1] !== shared.block; shared = shared.parent)
      come.push(shared.block)
    const gone = this.#own.splice(shared.block.height - this.#settled)
    this.#own.push(...come.toReversed())
    this.#best = grown
    this.#tipChanged = true
    for (const block of [...gone, ...come]) for (const transaction of block.transactions) this.#touch(transaction)
  }

  #touch(transaction: Transaction): void {
    if (this.#mempoolListeners.size === 0) return
    for (const scripthash of touchedBy(transaction)) this.#touched.add(scripthash)
  }

  #mempoolView(): MempoolView {
    this.#follow()
    const at = Math.floor(this.#clock.now())
    const tip = this.#best ?? this.#tree.root
    if (this.#mempool?.at !== at || this.#mempool.tip !== tip) {
      this.#mempool = { at, tip, view: mempoolView(this.#tree, tip, this.#character, at) }
    }
    return this.#mempool.view
  }

  #listen<A>(listeners: Set<A>, listener: A): () => void {
    // What it knows by now is no news.
    this.#follow()
    listeners.add(listener)
    this.#arm()
    return () => {
      listeners.delete(listener)
      this.#arm()
    }
  }

  /** Wake up for the next news, if anybody listens. */
  #arm(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#tipListeners.size + this.#mempoolListeners.size === 0) {
      this.#tipChanged = false
      this.#touched = new Set()
      return
    }
    this.#cancel = this.#clock.at(this.#nextNews(), () => {
      this.#cancel = undefined
      this.#follow()
      this.#tell()
      this.#arm()
    })
  }

  #nextNews(): number {
    if (this.#tipChanged || this.#touched.size > 0) return this.#clock.now()
    const never = Number.POSITIVE_INFINITY
    return Math.min(this.#tree.nextAt, this.#coming[0]?.at ?? never, this.#unheard.at(-1)?.at ?? never)
  }

  #tell(): void {
    const touched = this.#touched
    const tipChanged = this.#tipChanged
    this.#touched = new Set()
    this.#tipChanged = false
    if (tipChanged) for (const listener of this.#tipListeners) listener()
    if (touched.size > 0) for (const listener of this.#mempoolListeners) listener(touched)
  }
}
