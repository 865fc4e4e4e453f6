import { decodeBlockHeader } from "../domain/block-header.ts"
import { remembering } from "../domain/remembering.ts"

/** Headers remembered: the deciding heights of any chain, and the tips of the moment. */
const decoded = remembering(64, decodeBlockHeader)

/** `decodeBlockHeader`, remembering results: nearly every server shows the same few headers. */
export const knownHeader = (hex: string): ReturnType<typeof decodeBlockHeader> => decoded(hex.slice(0, 160))
