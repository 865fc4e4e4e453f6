import type { Observation } from "../domain/visit.ts"
import { serverPeersSubscribe } from "../electrum/methods.ts"
import { cutText } from "../electrum/reply-text.ts"

/** Characters, and bytes where they are no UTF-8, kept of a peer list as received, when each of its entries is stored by itself with its own text. */
const keptOfList = 1000

/** The beginning of a list's text, which does not hold on to the rest of it. */
export const listBeginning = (text: string): string => cutText(text, keptOfList)

const endOfEntry = "]".charCodeAt(0)

/** How much is kept where the last whole entry ends there; -1 for none. */
const lengthOfWhole = (end: number): number => end < 0 ? keptOfList : end + 1

/**
 * An observation of a peer list with only the beginning of its text, up to a whole entry: half a name would not be known for one of the opt-out list. Any other as it is.
 *
 * @param beginning that of its text, where somebody has it already: then there is one text in memory and not two
 */
export const withShortList = (observation: Observation, beginning?: string): Observation => {
  const { method, outcome, replyOctets, replyRaw } = observation
  if (method !== serverPeersSubscribe.name || outcome !== "ok" || replyRaw === null || replyRaw.length <= keptOfList) return observation
  const kept = beginning ?? listBeginning(replyRaw)
  return {
    ...observation,
    replyRaw: kept.slice(0, lengthOfWhole(kept.lastIndexOf("]"))),
    replyOctets: replyOctets?.slice(0, lengthOfWhole(replyOctets.lastIndexOf(endOfEntry, keptOfList - 1))) ?? null
  }
}
