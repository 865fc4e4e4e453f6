import { type Chain, decidingHeights, expectedHash, shippedChains } from "../domain/chain.ts"
import type { ChainVerdict } from "../domain/visit.ts"
import { knownHeader } from "./known-header.ts"

/** A header as a server gave it for a height we asked. */
export interface ShownHeader {
  readonly height: number
  readonly hash: string
}

/** The header a server shows for a height; undefined when it is none. */
export const shownHeader = (height: number, hex: string): ShownHeader | undefined => {
  const header = knownHeader(hex)
  return header === undefined ? undefined : { height, hash: header.hash }
}

const fits = (chain: Chain, shown: ReadonlyArray<ShownHeader>): boolean => {
  const judged = shown.filter(({ height }) => expectedHash(chain, height) !== undefined)
  return judged.length > 0 && judged.every(({ hash, height }) => expectedHash(chain, height) === hash)
}

/**
 * Decide a server's chain by its headers at the deciding heights. One mismatch
 * makes it another chain. `same` needs the header at the highest deciding height
 * the server can have, judged by the tip it claims: genesis alone proves nothing
 * where a chain has checkpoints (Bitcoin Cash and SV share Bitcoin's), so a
 * server that has not synchronised up to the first checkpoint is `unverified`.
 */
export const checkChain = (
  chain: Chain,
  shown: ReadonlyArray<ShownHeader>,
  tipHeight: number | null,
  known: ReadonlyArray<Chain> = shippedChains
): ChainVerdict => {
  if (shown.some(({ hash, height }) => expectedHash(chain, height) !== hash)) {
    const other = known.find((candidate) => candidate.name !== chain.name && fits(candidate, shown))
    return { verdict: "other", chain: other?.name ?? null, headers: shown }
  }
  const heights = decidingHeights(chain)
  const reachable = heights.filter((height) => tipHeight === null || height <= tipHeight)
  const decisive = reachable.at(-1) ?? 0
  const proven = shown.some(({ height }) => height === decisive) && (decisive > 0 || heights.length === 1)
  return { verdict: proven ? "same" : "unverified", chain: null, headers: shown }
}
