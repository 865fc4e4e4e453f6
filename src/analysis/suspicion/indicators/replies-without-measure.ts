import type { OddReply, Trickle } from "../evidence.ts"
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

/** A line of less than 200 bytes a second is none that anybody has; how steady byte for byte it must be, over how much. */
const trickling = { leastMs: 5, steady: 1.5, replies: 4, lengths: 2 }

/**
 * Came every reply slowly in proportion to its bytes, long and short ones alike?
 * Whoever is busy, far away or holds replies back takes his time for a reply, not for each byte.
 */
const isTrickle = ({ fewest, most, quickestMs, replies, slowestMs }: Trickle): boolean =>
  replies >= trickling.replies && most >= trickling.lengths * fewest
  && quickestMs >= trickling.leastMs && slowestMs <= trickling.steady * quickestMs

/**
 * Does a server answer with more than anybody can want: lines beyond every
 * bound, lists nested without end, floods of lines that nobody asked for, chains
 * of ten certificates, or byte by byte so that every answer takes seconds? That hurts wallets that read it all. Histories may be long.
 */
export const repliesWithoutMeasure: Indicator = (server) => {
  if (server.visits.length === 0) return { untested: "no visit reached its chain" }
  const replies = server.oddReplies.filter((reply) => isWithoutMeasure(reply) && !mayBeLong.test(reply.probe))
  const chains = server.certificates.filter(({ chainLength }) => chainLength >= longChain)
  const trickles = server.trickles.filter(isTrickle)
  const value = replies.length + chains.length + trickles.length
  return {
    value,
    share: value > 0 ? 1 : 0,
    detail: {
      ...(trickles.length > 0
        ? { byte_by_byte: named(trickles.map((it) => ({ visit_id: it.visitId, replies: it.replies, bytes: it.bytes, ms_a_byte: [it.quickestMs, it.slowestMs] }))) }
        : {}),
      ...(replies.length > 0 ? { replies: named(replies.map(rowOf)) } : {}),
      ...(chains.length > 0 ? { chains: named(chains.map(({ chainLength, sha256, visitId }) => ({ visit_id: visitId, certificate_sha256: sha256, certificates: chainLength }))) } : {})
    }
  }
}
