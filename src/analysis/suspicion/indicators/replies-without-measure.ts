import type { OddReply } from "../evidence.ts"
import { type Indicator, named } from "../indicator.ts"

/** Questions whose answer may be long without any fault of the server: anybody can pay to a public script. */
const mayBeLong = /^(?:history|balance)#/

/** Our words for a reply that has no end, or that comes without end. */
const endless = /^[0-9]+ unasked lines/

/** A reply as a detail has it. */
export const rowOf = ({ message, outcome, probe, visitId }: OddReply) => ({ visit_id: visitId, probe, outcome, message })

/** A reply that would cost whoever reads it more than it is worth. */
export const isWithoutMeasure = ({ message, outcome }: OddReply): boolean => outcome === "too large" || endless.test(message ?? "")

/** Certificates of a chain from which on nobody needs them: public authorities have two to four. */
const longChain = 10

/**
 * Does a server answer with more than anybody can want: lines beyond every
 * bound, lists nested without end, floods of lines that nobody asked for, chains
 * of ten certificates? That hurts wallets that read it all. Histories may be long.
 */
export const repliesWithoutMeasure: Indicator = (server) => {
  if (server.visits.length === 0) return { untested: "no visit reached its chain" }
  const replies = server.oddReplies.filter((reply) => isWithoutMeasure(reply) && !mayBeLong.test(reply.probe))
  const chains = server.certificates.filter(({ chainLength }) => chainLength >= longChain)
  return {
    value: replies.length + chains.length,
    share: replies.length + chains.length > 0 ? 1 : 0,
    detail: {
      ...(replies.length > 0 ? { replies: named(replies.map(rowOf)) } : {}),
      ...(chains.length > 0 ? { chains: named(chains.map(({ chainLength, sha256, visitId }) => ({ visit_id: visitId, certificate_sha256: sha256, certificates: chainLength }))) } : {})
    }
  }
}
