import { decodeTransaction } from "../bitcoin/decoded-transaction.ts"
import { scripthashOf } from "../bitcoin/hash.ts"
import type { SimulatedChainName } from "../chain/chain-definitions.ts"
import type { HistoryEntry, UnconfirmedEntry, UnspentOutput } from "../chain/ledger.ts"
import type { LieSpec } from "../scenario/lie-spec.ts"
import { scriptOf } from "../scenario/script-text.ts"
import type { Backend } from "../world/backend.ts"

/** A node as another one shows it; what is not overridden is true. */
class BackendView implements Backend {
  protected readonly base: Backend

  constructor(base: Backend) {
    this.base = base
  }

  get name(): string {
    return this.base.name
  }
  get subversion(): string {
    return this.base.subversion
  }
  get relayFee(): number {
    return this.base.relayFee
  }
  get mempoolMinFee(): number {
    return this.base.mempoolMinFee
  }
  get tipHeight(): number {
    return this.base.tipHeight
  }
  header(height: number): string | undefined {
    return this.base.header(height)
  }
  hash(height: number): string | undefined {
    return this.base.hash(height)
  }
  get mempool(): Backend["mempool"] {
    return this.base.mempool
  }
  estimateFee(target: number, conservative?: boolean): number {
    return this.base.estimateFee(target, conservative)
  }
  blockTxids(height: number): ReadonlyArray<string> | undefined {
    return this.base.blockTxids(height)
  }
  transaction(txid: string): ReturnType<Backend["transaction"]> {
    return this.base.transaction(txid)
  }
  history(scripthash: string): ReadonlyArray<HistoryEntry> {
    return this.base.history(scripthash)
  }
  unconfirmed(scripthash: string): ReadonlyArray<UnconfirmedEntry> {
    return this.base.unconfirmed(scripthash)
  }
  unspent(scripthash: string): ReadonlyArray<UnspentOutput> {
    return this.base.unspent(scripthash)
  }
  balance(scripthash: string): ReturnType<Backend["balance"]> {
    return this.base.balance(scripthash)
  }
  get unbroadcast(): number {
    return this.base.unbroadcast
  }
  onTip(listener: () => void): () => void {
    return this.base.onTip(listener)
  }
  onMempool(listener: (scripthashes: ReadonlySet<string>) => void): () => void {
    return this.base.onMempool(listener)
  }
}

/** A balance less the outputs that are not shown. */
const without = (
  balance: ReturnType<Backend["balance"]>,
  all: ReadonlyArray<UnspentOutput>,
  shown: ReadonlyArray<UnspentOutput>
): ReturnType<Backend["balance"]> => {
  const total = (outputs: ReadonlyArray<UnspentOutput>): number =>
    outputs.reduce((sum, output) => sum + (output.height > 0 ? output.value : 0), 0)
  return { ...balance, confirmed: balance.confirmed - total(all) + total(shown) }
}

/**
 * What a script could spend if some of its transactions had not
 * happened: without their outputs, and with those that only they spent.
 */
const unspentWithout = (
  base: Backend,
  scripthash: string,
  hidden: ReadonlySet<string>
): ReadonlyArray<UnspentOutput> => {
  const returned = [...hidden].flatMap((txid) =>
    (decodeTransaction(base.transaction(txid)?.hex ?? "")?.inputs ?? []).flatMap((input): ReadonlyArray<UnspentOutput> => {
      const funding = hidden.has(input.txid) ? undefined : base.transaction(input.txid)
      const output = decodeTransaction(funding?.hex ?? "")?.outputs[input.vout]
      return output === undefined || scripthashOf(output.script.toString("hex")) !== scripthash
        ? []
        : [{ txid: input.txid, position: input.vout, value: output.value, height: funding!.height }]
    })
  )
  const shown = [...base.unspent(scripthash).filter((output) => !hidden.has(output.txid)), ...returned]
  const order = new Map(base.history(scripthash).map(({ txid }, place) => [txid, place]))
  const placeOf = ({ txid }: UnspentOutput): number => order.get(txid) ?? order.size
  return shown.toSorted((a, b) => placeOf(a) - placeOf(b) || a.position - b.position)
}

/** Nothing was ever paid to one script. */
class HidingHistory extends BackendView {
  readonly #hidden: string

  constructor(base: Backend, scripthash: string) {
    super(base)
    this.#hidden = scripthash
  }

  override history(scripthash: string): ReadonlyArray<HistoryEntry> {
    return scripthash === this.#hidden ? [] : super.history(scripthash)
  }
  override unconfirmed(scripthash: string): ReadonlyArray<UnconfirmedEntry> {
    return scripthash === this.#hidden ? [] : super.unconfirmed(scripthash)
  }
  override unspent(scripthash: string): ReadonlyArray<UnspentOutput> {
    return scripthash === this.#hidden ? [] : super.unspent(scripthash)
  }
  override balance(scripthash: string): ReturnType<Backend["balance"]> {
    return scripthash === this.#hidden ? { confirmed: 0, unconfirmed: 0 } : super.balance(scripthash)
  }
  override onMempool(listener: (scripthashes: ReadonlySet<string>) => void): () => void {
    return super.onMempool((all) => {
      const shown = new Set(all)
      shown.delete(this.#hidden)
      if (shown.size > 0) listener(shown)
    })
  }
}

/** The last confirmed transactions of one script never happened. */
class HidingNewest extends BackendView {
  readonly #script: string
  readonly #count: number

  constructor(base: Backend, scripthash: string, count: number) {
    super(base)
    this.#script = scripthash
    this.#count = count
  }

  get #hidden(): ReadonlySet<string> {
    return new Set(super.history(this.#script).slice(-this.#count).map((entry) => entry.txid))
  }

  override history(scripthash: string): ReadonlyArray<HistoryEntry> {
    const hidden = this.#hidden
    return super.history(scripthash).filter((entry) => !hidden.has(entry.txid))
  }
  override unspent(scripthash: string): ReadonlyArray<UnspentOutput> {
    return unspentWithout(this.base, scripthash, this.#hidden)
  }
  override balance(scripthash: string): ReturnType<Backend["balance"]> {
    return without(super.balance(scripthash), super.unspent(scripthash), this.unspent(scripthash))
  }
  override transaction(txid: string): ReturnType<Backend["transaction"]> {
    return this.#hidden.has(txid) ? undefined : super.transaction(txid)
  }
}

/** No transaction waits for a block. */
class WithoutMempool extends BackendView {
  override get mempool(): Backend["mempool"] {
    return []
  }
  override unconfirmed(): ReadonlyArray<UnconfirmedEntry> {
    return []
  }
  override unspent(scripthash: string): ReadonlyArray<UnspentOutput> {
    return unspentWithout(this.base, scripthash, new Set(super.unconfirmed(scripthash).map((entry) => entry.txid)))
  }
  override balance(scripthash: string): ReturnType<Backend["balance"]> {
    return { ...super.balance(scripthash), unconfirmed: 0 }
  }
  override get unbroadcast(): number {
    return 0
  }
  override transaction(txid: string): ReturnType<Backend["transaction"]> {
    const found = super.transaction(txid)
    return found?.height === 0 ? undefined : found
  }
}

/** The newest blocks have not come yet. */
class Stale extends BackendView {
  readonly #blocks: number

  constructor(base: Backend, blocks: number) {
    super(base)
    this.#blocks = blocks
  }

  override get tipHeight(): number {
    return Math.max(0, super.tipHeight - this.#blocks)
  }
  override header(height: number): string | undefined {
    return height > this.tipHeight ? undefined : super.header(height)
  }
  override hash(height: number): string | undefined {
    return height > this.tipHeight ? undefined : super.hash(height)
  }
  override blockTxids(height: number): ReadonlyArray<string> | undefined {
    return height > this.tipHeight ? undefined : super.blockTxids(height)
  }
  override history(scripthash: string): ReadonlyArray<HistoryEntry> {
    return super.history(scripthash).filter((entry) => entry.height <= this.tipHeight)
  }
  override unspent(scripthash: string): ReadonlyArray<UnspentOutput> {
    const later = super.history(scripthash).filter((entry) => entry.height > this.tipHeight)
    return unspentWithout(this.base, scripthash, new Set(later.map((entry) => entry.txid)))
  }
  override balance(scripthash: string): ReturnType<Backend["balance"]> {
    return without(super.balance(scripthash), super.unspent(scripthash), this.unspent(scripthash))
  }
  override transaction(txid: string): ReturnType<Backend["transaction"]> {
    const found = super.transaction(txid)
    return found !== undefined && found.height > this.tipHeight ? undefined : found
  }
}

/** Fees are some other multiple. */
class WrongFee extends BackendView {
  readonly #factor: number

  constructor(base: Backend, factor: number) {
    super(base)
    this.#factor = factor
  }

  override estimateFee(target: number, conservative?: boolean): number {
    const honest = super.estimateFee(target, conservative)
    // -1 says that there is no estimate.
    return honest < 0 ? honest : Math.round(honest * this.#factor * 1e8) / 1e8
  }
}

/** What is needed to lie. */
export interface LyingOptions {
  readonly chain: SimulatedChainName
  /** A node that follows the low-work fork. */
  readonly fork: () => Backend
}

/** A node as somebody who tells these lies shows it. */
export const lyingBackend = (
  honest: Backend,
  lies: ReadonlyArray<LieSpec>,
  { chain, fork }: LyingOptions
): Backend => {
  const hashOf = (text: string): string => scripthashOf(scriptOf(text, chain)!)
  // The fork first: what else they hide, they hide there too.
  const first = lies.some((lie) => lie.lie === "low-work fork") ? fork() : honest
  return lies.reduce<Backend>((base, lie) => {
    switch (lie.lie) {
      case "hides history":
        return new HidingHistory(base, hashOf(lie.script))
      case "hides newest":
        return new HidingNewest(base, hashOf(lie.script), lie.transactions ?? 1)
      case "withholds mempool":
        return new WithoutMempool(base)
      case "stale tip":
        return new Stale(base, lie.blocks)
      case "wrong fee":
        return new WrongFee(base, lie.factor)
      case "low-work fork":
      case "slow":
      case "silent":
      case "busy":
        return base
    }
  }, first)
}
