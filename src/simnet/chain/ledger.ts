import type { Block } from "../bitcoin/block.ts"
import { scripthashOf } from "../bitcoin/hash.ts"
import type { Output, Transaction } from "../bitcoin/transaction.ts"

/** A transaction of a script's history. */
export interface HistoryEntry {
  readonly txid: string
  readonly height: number
}

/** A transaction of a script that no block has yet. */
export interface UnconfirmedEntry {
  readonly txid: string
  /** -1 where it spends an output that is unconfirmed itself. */
  readonly height: 0 | -1
  /** Satoshi. */
  readonly fee: number
}

/** An output of a script that nothing spends. */
export interface UnspentOutput {
  readonly txid: string
  readonly position: number
  /** Satoshi. */
  readonly value: number
  /** 0 in the mempool. */
  readonly height: number
}

interface Place {
  readonly block: Block
  readonly position: number
}

/** What one node holds for true of all that exists. */
export interface LedgerView {
  /** Whether a block is in its best chain. */
  readonly has: (block: Block) => boolean
  /** Whether a transaction is in its mempool. */
  readonly holds: (txid: string) => boolean
}

interface Placed {
  readonly transaction: Transaction
  /** Undefined: in the mempool. */
  readonly place: Place | undefined
}

const valueOf = (ends: ReadonlyArray<Output>, scripthash: string): number =>
  ends.reduce((sum, end) => sum + (scripthashOf(end.script) === scripthash ? end.value : 0), 0)

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The scripthashes that a transaction pays or spends from. */
export const touchedBy = (transaction: Transaction): ReadonlySet<string> =>
  new Set([...transaction.outputs, ...transaction.spends].map((end) => scripthashOf(end.script)))

/** Every transaction of a chain and its forks by id and by script; nodes differ in what of it they see. */
export class Ledger {
  readonly #transactions = new Map<string, Transaction>()
  readonly #places = new Map<string, Array<Place>>()
  readonly #scripts = new Map<string, Array<Transaction>>()

  constructor(blocks: Iterable<Block>) {
    for (const block of blocks) this.addBlock(block)
  }

  addBlock(block: Block): void {
    for (const [position, transaction] of block.transactions.entries()) {
      this.add(transaction)
      const places = this.#places.get(transaction.txid)
      if (places === undefined) this.#places.set(transaction.txid, [{ block, position }])
      else places.push({ block, position })
    }
  }

  /** Make a transaction known that no block has yet. */
  add(transaction: Transaction): void {
    if (this.#transactions.has(transaction.txid)) return
    this.#transactions.set(transaction.txid, transaction)
    for (const scripthash of touchedBy(transaction)) {
      const known = this.#scripts.get(scripthash)
      if (known === undefined) this.#scripts.set(scripthash, [transaction])
      else known.push(transaction)
    }
  }

  /** `height` 0: in the view's mempool. */
  transaction(
    txid: string,
    view: LedgerView
  ): { readonly hex: string; readonly height: number; readonly position: number } | undefined {
    const transaction = this.#transactions.get(txid)
    if (transaction === undefined) return undefined
    const place = this.#placeOf(txid, view)
    if (place !== undefined) return { hex: transaction.hex, height: place.block.height, position: place.position }
    return view.holds(txid) ? { hex: transaction.hex, height: 0, position: 0 } : undefined
  }

  /** By height and place in the block. */
  history(scripthash: string, view: LedgerView): ReadonlyArray<HistoryEntry> {
    return this.#confirmed(scripthash, view).map(({ transaction, place }) => ({
      txid: transaction.txid,
      height: place.block.height
    }))
  }

  /** Those with unconfirmed inputs last, then by transaction id. */
  unconfirmed(scripthash: string, view: LedgerView): ReadonlyArray<UnconfirmedEntry> {
    return this.#visible(scripthash, view)
      .filter(({ place }) => place === undefined)
      .map(({ transaction }) => ({
        txid: transaction.txid,
        height: transaction.spends.some((coin) => this.#placeOf(coin.txid, view) === undefined)
          ? (-1 as const)
          : (0 as const),
        fee: transaction.fee
      }))
      .toSorted((a, b) => b.height - a.height || byText(a.txid, b.txid))
  }

  /** Confirmed ones first, by height, place in the block and output; then those of the mempool. */
  unspent(scripthash: string, view: LedgerView): ReadonlyArray<UnspentOutput> {
    const visible = this.#visible(scripthash, view)
    const spent = new Set(
      visible.flatMap(({ transaction }) => transaction.spends.map((coin) => `${coin.txid}:${coin.position}`))
    )
    const confirmed = this.#confirmed(scripthash, view)
    const pending = visible
      .filter(({ place }) => place === undefined)
      .toSorted((a, b) => byText(a.transaction.txid, b.transaction.txid))
    return [...confirmed, ...pending].flatMap(({ transaction: { txid, outputs }, place }) =>
      outputs.flatMap(({ script, value }, position) =>
        scripthashOf(script) === scripthash && !spent.has(`${txid}:${position}`)
          ? [{ txid, position, value, height: place?.block.height ?? 0 }]
          : []
      )
    )
  }

  /** Satoshi: of the blocks alone, and what the mempool adds or, by spending, takes. */
  balance(scripthash: string, view: LedgerView): { readonly confirmed: number; readonly unconfirmed: number } {
    let confirmed = 0
    let unconfirmed = 0
    for (const { transaction, place } of this.#visible(scripthash, view)) {
      const change = valueOf(transaction.outputs, scripthash) - valueOf(transaction.spends, scripthash)
      if (place === undefined) unconfirmed += change
      else confirmed += change
    }
    return { confirmed, unconfirmed }
  }

  #placeOf(txid: string, view: LedgerView): Place | undefined {
    return this.#places.get(txid)?.find((place) => view.has(place.block))
  }

  #visible(scripthash: string, view: LedgerView): ReadonlyArray<Placed> {
    return (this.#scripts.get(scripthash) ?? [])
      .map((transaction) => ({ transaction, place: this.#placeOf(transaction.txid, view) }))
      .filter(({ transaction, place }) => place !== undefined || view.holds(transaction.txid))
  }

  #confirmed(
    scripthash: string,
    view: LedgerView
  ): ReadonlyArray<{ readonly transaction: Transaction; readonly place: Place }> {
    return this.#visible(scripthash, view)
      .flatMap(({ transaction, place }) => (place === undefined ? [] : [{ transaction, place }]))
      .toSorted((a, b) => a.place.block.height - b.place.block.height || a.place.position - b.place.position)
  }
}
