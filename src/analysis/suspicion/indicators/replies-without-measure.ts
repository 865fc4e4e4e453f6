import type { OddReply } from "../evidence.ts"
import { type Indicator, named } from "../indicator.ts"

/** Questions whose answer may be long without any fault of the server: anybody can pay to a public script. */
const mayBeLong = /^(?:history|balance)#/

/** Our words for a reply that has no end, or that comes without end. */
const endless = /^[0-9]+ unasked lines/

/** A reply that would cost whoever reads it more than it is worth. */
export const isWithoutMeasure = ({ message, outcome }: OddReply): boolean => outcome === "too large" || endless.test(message ?? "")

/**
 * Does a server answer with more than anybody can want: lines beyond every
 * bound, lists nested without end, floods of lines that nobody asked for? That
 * hurts wallets that read it all. Histories may be long.
 */
export const repliesWithoutMeasure: Indicator = (server) => {
  if (server.visits.length === 0) return { untested: "no visit reached its chain" }
  const found = server.oddReplies.filter((reply) => isWithoutMeasure(reply) && !mayBeLong.test(reply.probe))
  return { value: found.length, share: found.length > 0 ? 1 : 0, detail: found.length > 0 ? { replies: named(found) } : {} }
}
