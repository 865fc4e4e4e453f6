import type { HistoryEntry, UnconfirmedEntry, UnspentOutput } from "../chain/ledger.ts"

/**
 * Transactions of a mempool that pay the same rate (satoshi per virtual byte).
 * `size`: virtual bytes, each transaction rounded up as bitcoind does it;
 * `segwit`: how many of them have witnesses; `rounded`: for how many rounding
 * up added something; `bytes`: their length with witnesses. Server software
 * derives sizes of its own from these.
 */
export type MempoolStep = readonly [rate: number, size: number, segwit: number, rounded: number, bytes: number]

/**
 * What a bitcoind-like node tells the servers in front of it: one node's view,
 * which is not every node's. Servers with the same backend label share one.
 * A scripthash is the reversed SHA-256 of the output script, in lower-case hex.
 */
export interface Backend {
  readonly name: string
  /** e.g. `/Satoshi:28.1.0/`. */
  readonly subversion: string
  /** BTC per 1,000 virtual bytes. */
  readonly relayFee: number
  /** BTC per 1,000 virtual bytes, now. */
  readonly mempoolMinFee: number
  /** The height of its best block, now. */
  readonly tipHeight: number
  /** The header of its own chain as 160 hex digits; undefined above its tip. */
  readonly header: (height: number) => string | undefined
  /** The block hash of its own chain as people write it; undefined above its tip. */
  readonly hash: (height: number) => string | undefined
  /** Its mempool, now, in descending order of rate. */
  readonly mempool: ReadonlyArray<MempoolStep>
  /** BTC per 1,000 virtual bytes, now; targets are clamped to 1..1008. -1: it has no estimate. */
  readonly estimateFee: (target: number, conservative?: boolean) => number
  /** In block order; undefined above its tip. */
  readonly blockTxids: (height: number) => ReadonlyArray<string> | undefined
  /** `height` 0: in its mempool. `position`: its place in the block. */
  readonly transaction: (
    txid: string
  ) => { readonly hex: string; readonly height: number; readonly position: number } | undefined
  /** Confirmed, by height and place in the block. */
  readonly history: (scripthash: string) => ReadonlyArray<HistoryEntry>
  /** In the order the protocol asks for: unconfirmed inputs last, then by transaction id. */
  readonly unconfirmed: (scripthash: string) => ReadonlyArray<UnconfirmedEntry>
  /** Outputs that nothing spends, not even in its mempool, by height, transaction and place. */
  readonly unspent: (scripthash: string) => ReadonlyArray<UnspentOutput>
  /** Satoshi: of the blocks alone, and what its mempool adds or, by spending, takes. */
  readonly balance: (scripthash: string) => { readonly confirmed: number; readonly unconfirmed: number }
  /** Transactions of its own that no peer has asked for yet. */
  readonly unbroadcast: number
  /** Called when its best block changed, by a new block or a reorganisation. The result stops it. */
  readonly onTip: (listener: () => void) => () => void
  /**
   * Called with the scripthashes whose history changed: a transaction entered or
   * left the mempool, or its block came or went. The result stops it.
   */
  readonly onMempool: (listener: (scripthashes: ReadonlySet<string>) => void) => () => void
}
