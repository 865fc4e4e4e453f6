import type { Observation } from "../domain/visit.ts"
import { serverPeersSubscribe } from "../electrum/methods.ts"
import { cutText } from "../electrum/reply-text.ts"

/** Characters, and bytes where they are no UTF-8, kept of a peer list as received, when each of its entries is stored by itself with its own text. */
const keptOfList = 1000

/** The beginning of a list's text, which does not hold on to the rest of it. */
export const listBeginning = (text: string): string => cutText(text, keptOfList)

/** An observation of a peer list with only the beginning of its text; any other as it is. */
export const withShortList = (observation: Observation): Observation => {
  const { method, outcome, replyOctets, replyRaw } = observation
  return method !== serverPeersSubscribe.name || outcome !== "ok" || replyRaw === null || replyRaw.length <= keptOfList
    ? observation
    : { ...observation, replyRaw: listBeginning(replyRaw), replyOctets: replyOctets?.slice(0, keptOfList) ?? null }
}
