import type { Answer } from "../evidence.ts"
import { type Indicator, named } from "../indicator.ts"
import { isPersonal } from "../personal-server.ts"

const partOf = (detail: unknown, name: string): unknown =>
  typeof detail === "object" && detail !== null && name in detail ? (detail as Readonly<Record<string, unknown>>)[name] : undefined

/** What takes an index of all scripts and transactions. */
const ofIndex: ReadonlySet<string> = new Set(["merkle proof", "later entry", "unspent", "status", "further histories"])

/** It says something else than is known; what is merely not what the method returns says nothing. */
const isUntrue = ({ detail, response }: Answer): boolean =>
  response === "empty" || (response === "differs" && partOf(detail, "problem") === undefined)

/** What a contradiction of this kind earns: all where hashes prove it, less where an index that lags or is damaged does it too. */
const shareOf = ({ detail, subject }: Answer): number => {
  switch (subject) {
    case "transaction":
    case "further histories":
      return 1
    case "merkle proof":
      // A branch too long to be read is a burden, and proves nothing.
      return partOf(detail, "expected") === undefined ? 0.5 : 1
    case "unspent":
      return partOf(detail, "contradicts") === "transaction" ? 1 : 0.3
    case "header range":
      // Who counts wrongly, or tells a tip that was, may have a fault; no chain has headers that do not follow each other.
      return partOf(detail, "contradicts") === "order" ? 1 : 0.5
    case "later entry":
      // An index that is damaged may have an entry of a block that lost.
      return partOf(detail, "expected") === undefined ? 0.5 : 1
    default:
      return 0.3
  }
}

/** The question that others' right answers to show that ours is right: a later entry is proven as a pinned one is. */
const confirmedBy = (subject: string): string => subject === "later entry" ? "merkle proof" : subject

/**
 * Do a server's own answers prove it wrong: a merkle branch that does not lead to
 * the root in its own header, bytes that do not hash to the id they were asked
 * by, a status that is not the hash of its own history, unspent outputs that its
 * transactions do not have, headers that do not follow each other or go beyond
 * its own tip, an entry that it cannot prove, features that change when asked
 * again; or pinned histories, of scripts that no other visit asks for? Each was so twice in one visit. What nobody at all
 * confirms is our own mistake, and held against no one.
 */
export const contradictedProofs: Indicator = (server, crawl) => {
  const { proofs } = server
  if (proofs.length === 0) return { untested: "no deep visit asked it for proofs" }
  const isExcused = isPersonal(server)
  const judged = proofs.filter((answer) => (answer.response === "ok" || isUntrue(answer)) && !(isExcused && ofIndex.has(answer.subject)))
  if (judged.length === 0) return { untested: "no answer to a question for proofs can be judged" }
  const untrue = judged.filter(isUntrue)
  const proven = untrue.filter(({ subject }) => crawl.confirmedProofs.has(confirmedBy(subject)))
  if (untrue.length > 0 && proven.length === 0) {
    return { untested: "no server of this crawl answers these questions as expected: the mistake may be ours" }
  }
  return {
    value: proven.length,
    share: Math.max(0, ...proven.map(shareOf)),
    detail: proven.length > 0
      ? { answers: named(proven.map(({ detail, response, subject, visitId }) => ({ visit_id: visitId, subject, response, detail }))) }
      : { answered_as_expected: judged.map(({ subject }) => subject) }
  }
}
