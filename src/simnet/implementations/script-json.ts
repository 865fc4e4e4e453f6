import type { UnspentOutput } from "../chain/ledger.ts"
import type { Json } from "../model/dialect.ts"
import type { Backend } from "../world/backend.ts"
import type { ScriptEntry } from "./script-history.ts"

/** An entry of a history; the fee where it is unconfirmed. */
export const entryJson = ({ txid, height, fee }: ScriptEntry): Json => ({
  tx_hash: txid,
  height,
  ...(fee === null ? {} : { fee })
})

/** An entry of `listunspent`. */
export const unspentJson = ({ txid, position, value, height }: UnspentOutput): Json => ({
  tx_hash: txid,
  tx_pos: position,
  height,
  value
})

/** Satoshi. */
export const balanceJson = (backend: Backend, scripthash: string): Json => {
  const { confirmed, unconfirmed } = backend.balance(scripthash)
  return { confirmed, unconfirmed }
}
