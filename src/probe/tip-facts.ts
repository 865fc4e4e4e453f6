import type { TipFacts } from "../domain/visit.ts"
import { knownHeader } from "./known-header.ts"

/** No chain reaches this height; a server that claims more is lying, and a database column ends there. */
const maxHeight = 0x7fffffff

/** The tip a reply to `blockchain.headers.subscribe` claims; null when height or header are none. */
export const tipFacts = (reply: { readonly hex: string; readonly height: number }): TipFacts | null => {
  if (reply.height > maxHeight) return null
  const header = knownHeader(reply.hex)
  if (header === undefined) return null
  return { height: reply.height, hash: header.hash, time: header.time, validWork: header.meetsOwnTarget }
}
