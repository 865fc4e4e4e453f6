import { type BlockHeader, decodeBlockHeader } from "../domain/block-header.ts"

/** Headers remembered: the deciding heights of any chain, and the tips of the moment. */
const maxKnown = 64

const known = new Map<string, BlockHeader>()

/** `decodeBlockHeader`, remembering results: nearly every server shows the same few headers. */
export const knownHeader = (hex: string): BlockHeader | undefined => {
  const text = hex.slice(0, 160)
  const before = known.get(text)
  if (before !== undefined) return before
  const header = decodeBlockHeader(text)
  if (header === undefined) return undefined
  if (known.size >= maxKnown) known.clear()
  known.set(text, header)
  return header
}
