import type { SimulatedChain } from "./chain.ts"
import type { Ledger, LedgerView } from "./ledger.ts"
import type { SeededRandom } from "./random.ts"

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

export interface UnspentOutput {
  readonly txid: string
  readonly position: number
  /** Satoshi. */
  readonly value: number
  /** 0 in the mempool. */
  readonly height: number
}

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
  /** Fee rate (sat per virtual byte) and size (virtual bytes) of its mempool, now, in descending order of rate. */
  readonly mempool: ReadonlyArray<readonly [rate: number, size: number]>
  /** BTC per 1,000 virtual bytes, now; targets are clamped to 1..1008. */
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

const satoshi = (btc: number): number => Math.round(btc * 1e8) / 1e8

/** A backend whose numbers depend on the seed and its own name only. */
export const makeBackend = (
  name: string,
  chain: SimulatedChain,
  ledger: () => Ledger,
  random: SeededRandom
): Backend => {
  const draw = random.fork(`backend/${name}`)
  const level = 1.2 + draw.unit() * 3
  const estimates = [1, 2, 3, 6, 12, 25, 48, 144, 504, 1008].map((target, i, all) => ({
    target,
    fee: satoshi(Math.max(0.00001, level * (1 - (0.6 * i) / all.length) * (1 + 0.15 * draw.unit()) * 1e-5))
  }))
  const mempool: Array<readonly [number, number]> = []
  let rate = level * 30
  for (let i = 0; i < 14; i++) {
    mempool.push([Math.round(rate * 10) / 10, draw.integer(30_000, 400_000)])
    rate *= 0.55 + 0.3 * draw.unit()
    if (rate < 1) break
  }
  // A few nodes are a block behind, as in the field.
  const tipHeight = Math.min(chain.length - 1, 2150 - (draw.chance(0.05) ? 1 : 0))
  const held = new Set(chain.unconfirmed.filter(({ after }) => after === 0).map(({ transaction }) => transaction.txid))
  const view: LedgerView = { has: (block) => block.height <= tipHeight, holds: (txid) => held.has(txid) }
  return {
    name,
    tipHeight,
    header: (height) => (height > tipHeight ? undefined : chain.header(height)),
    hash: (height) => (height > tipHeight ? undefined : chain.hash(height)),
    relayFee: draw.chance(0.3) ? 0.000001 : 0.00001,
    estimateFee: (target, conservative) => {
      const { fee } = estimates.findLast((e) => e.target <= Math.max(1, target))!
      return conservative === true ? satoshi(fee * 1.3) : fee
    },
    mempool,
    mempoolMinFee: 0.00001,
    subversion: `/Satoshi:${draw.pick(["26.0.0", "27.1.0", "28.0.0", "28.1.0", "29.0.0", "30.0.0"])}/`,
    blockTxids: (height) =>
      height > tipHeight ? undefined : chain.blocks[height]?.transactions.map(({ txid }) => txid),
    transaction: (txid) => ledger().transaction(txid, view),
    history: (scripthash) => ledger().history(scripthash, view),
    unconfirmed: (scripthash) => ledger().unconfirmed(scripthash, view),
    unspent: (scripthash) => ledger().unspent(scripthash, view),
    balance: (scripthash) => ledger().balance(scripthash, view),
    unbroadcast: 0,
    // The chain stands still.
    onTip: () => () => undefined,
    onMempool: () => () => undefined
  }
}
