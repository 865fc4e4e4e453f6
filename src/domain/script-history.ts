import { sha256Hex } from "./sha256.ts"

/** An entry of a history as servers write it. */
export interface HistoryLine {
  readonly tx_hash: string
  readonly height: number
}

/** The status that a history has (Electrum protocol, "Status"); null for an empty one. */
export const statusOf = (history: ReadonlyArray<HistoryLine>): string | null =>
  history.length === 0 ? null : sha256Hex(history.map(({ height, tx_hash }) => `${tx_hash.toLowerCase()}:${height}:`).join(""))
