import { sha256 } from "../bitcoin/hash.ts"
import type { Backend } from "../world/backend.ts"

/** An entry of a script's whole history; `fee` in satoshi where it is unconfirmed. */
export interface ScriptEntry {
  readonly txid: string
  /** 0 in the mempool, -1 there with an unconfirmed parent. */
  readonly height: number
  readonly fee: number | null
}

/** How a family orders the unconfirmed part; the node's order is that of the protocol from 1.6. */
export type MempoolOrder = (entries: ReadonlyArray<ScriptEntry>) => ReadonlyArray<ScriptEntry>

/** The order of the protocol from 1.6 on. */
export const protocolOrder: MempoolOrder = (entries) => entries

/** Confirmed entries by height and place in the block, then the unconfirmed ones. */
export const wholeHistory = (
  backend: Backend,
  scripthash: string,
  order: MempoolOrder = protocolOrder
): ReadonlyArray<ScriptEntry> => [
  ...backend.history(scripthash).map(({ txid, height }) => ({ txid, height, fee: null })),
  ...order(backend.unconfirmed(scripthash))
]

/** The status of a history as subscribers are told: null where there is none. */
export const statusOf = (entries: ReadonlyArray<ScriptEntry>): string | null =>
  entries.length === 0
    ? null
    : sha256(Buffer.from(entries.map(({ txid, height }) => `${txid}:${height}:`).join(""))).toString("hex")
