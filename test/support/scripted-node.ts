import { scripthashOf } from "../../src/simnet/bitcoin/hash.ts"
import type { UnconfirmedEntry, UnspentOutput } from "../../src/simnet/chain/ledger.ts"
import type { Backend } from "../../src/simnet/world/backend.ts"
import { filler, fillerHeader, hashOfHeader } from "./filler.ts"

/** A transaction with two outputs, of which the first is worth 11,110,844 satoshi to `script`. */
export const transaction = {
  txid: "c69ac5795d083c7b0c183471b24baa9d58bec710c9523464c224f36dc2040c10",
  hex: "02000000000101468ca359609b8027bb971c37e2e69211203ea80f3c530f65f42a28cd7737369e2b00000000fdffffff02bc89a9000000000022512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f8179858e85201000000002200204ae81572f06e1b88fd5ced7a1a000945432e83e1551e6f721ee9c00b8cc3326001015100000000",
  height: 7,
  position: 1,
  value: 11_110_844,
  scripthash: scripthashOf("512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
} as const

/** Two more in the mempool that pay the same script; the second spends the first. */
export const unconfirmed: ReadonlyArray<UnconfirmedEntry> = [
  { txid: filler("first"), height: 0, fee: 253 },
  { txid: filler("second"), height: -1, fee: 1135 }
]

/** A node whose blocks and transactions come when a test says so. */
export class ScriptedNode implements Backend {
  readonly name = "scripted"
  readonly subversion = "/Satoshi:28.1.0/"
  readonly relayFee = 1e-5
  readonly mempoolMinFee = 1e-5
  readonly unbroadcast = 0
  readonly mempool = [
    [40, 100_000, 0, 0, 100_000],
    [12.34, 30_000, 0, 0, 30_000],
    [3, 20_000, 0, 0, 20_000],
    [1.5, 60_000, 0, 0, 60_000],
    [0.5, 1000, 0, 0, 1000]
  ] as const
  tipHeight = 10
  readonly #branch = new Map<number, string>()
  readonly #tipListeners = new Set<() => void>()
  readonly #mempoolListeners = new Set<(scripthashes: ReadonlySet<string>) => void>()
  #unconfirmed: ReadonlyArray<UnconfirmedEntry> = unconfirmed

  header(height: number): string | undefined {
    if (height > this.tipHeight) return undefined
    return fillerHeader(`${this.#branch.get(height) ?? "header"} ${height}`)
  }
  hash(height: number): string | undefined {
    const header = this.header(height)
    return header === undefined ? undefined : hashOfHeader(header)
  }
  estimateFee(target: number, conservative?: boolean): number {
    return target > 25 ? 2.5e-7 : conservative === true ? 2e-5 : 1e-5
  }
  blockTxids(height: number): ReadonlyArray<string> | undefined {
    if (height > this.tipHeight) return undefined
    return [filler(`coinbase ${height}`), ...(height === transaction.height ? [transaction.txid] : [])]
  }
  transaction(txid: string): ReturnType<Backend["transaction"]> {
    return txid === transaction.txid ? transaction : undefined
  }
  history(scripthash: string): ReturnType<Backend["history"]> {
    return scripthash === transaction.scripthash ? [{ txid: transaction.txid, height: transaction.height }] : []
  }
  unconfirmed(scripthash: string): ReadonlyArray<UnconfirmedEntry> {
    return scripthash === transaction.scripthash ? this.#unconfirmed : []
  }
  unspent(scripthash: string): ReadonlyArray<UnspentOutput> {
    if (scripthash !== transaction.scripthash) return []
    return [{ txid: transaction.txid, position: 0, value: transaction.value, height: transaction.height }]
  }
  balance(scripthash: string): ReturnType<Backend["balance"]> {
    return scripthash === transaction.scripthash
      ? { confirmed: transaction.value, unconfirmed: -5000 }
      : { confirmed: 0, unconfirmed: 0 }
  }
  onTip(listener: () => void): () => void {
    this.#tipListeners.add(listener)
    return () => this.#tipListeners.delete(listener)
  }
  onMempool(listener: (scripthashes: ReadonlySet<string>) => void): () => void {
    this.#mempoolListeners.add(listener)
    return () => this.#mempoolListeners.delete(listener)
  }

  /** How many servers follow it. */
  get followers(): number {
    return this.#tipListeners.size
  }
  /** Blocks without transactions. */
  mine(blocks = 1): void {
    this.tipHeight += blocks
    for (const listener of this.#tipListeners) listener()
  }
  /** Another block in the place of the best one. */
  reorganise(): void {
    this.#branch.set(this.tipHeight, "rival")
    for (const listener of this.#tipListeners) listener()
  }
  /** Another mempool for the one script it knows. */
  receive(entries: ReadonlyArray<UnconfirmedEntry>): void {
    this.#unconfirmed = entries
    for (const listener of this.#mempoolListeners) listener(new Set([transaction.scripthash]))
  }
}
