import type { Answer } from "../evidence.ts"
import { type Indicator, named } from "../indicator.ts"
import { isWithoutMeasure, rowOf } from "./replies-without-measure.ts"

/** What odd replies to one, two, and more kinds of questions earn: one kind may be the whim of a fork. */
const byKinds = [0, 0.4, 0.7, 1]

/** What a lesser deviation earns: limits, switched-off methods, proxies and forks make them too. */
const lesser = 0.1

/** A reply to a question for proofs that is not what the method returns. */
const isUnreadable = ({ detail, response }: Answer): boolean =>
  response === "differs" && typeof detail === "object" && detail !== null && "problem" in detail

/**
 * Does a server answer well-formed requests with what the method returns, and
 * malformed ones as its software does? Replies that are none count by the kinds
 * of questions that got them; other deviations from the software it behaves like
 * count little. Whoever is merely broken does so too.
 */
export const protocolAnswers: Indicator = (server) => {
  if (server.visits.length === 0) return { untested: "no visit reached its chain" }
  const odd = server.oddReplies.filter((reply) => !isWithoutMeasure(reply))
  const unreadable = server.proofs.filter(isUnreadable)
  const kinds = new Set([...odd.map(({ probe }) => probe.replace(/#.*|@.*/, "")), ...unreadable.map(({ subject }) => subject)])
  const filtered = [
    ...server.answers.filter((answer) => answer.filtered === true && answer.scriptForm === null && answer.response !== "differs"),
    ...server.proofs.filter(({ filtered, response }) => filtered === true && response !== "differs" && response !== "empty")
  ]
  const deviations = filtered.length + (server.deep?.differs.length ?? 0)
  return {
    value: odd.length + unreadable.length + deviations,
    share: kinds.size > 0 ? byKinds[Math.min(kinds.size, byKinds.length - 1)]! : deviations > 0 ? lesser : 0,
    detail: {
      ...(odd.length > 0 ? { replies: named(odd.map(rowOf)) } : {}),
      ...(unreadable.length > 0
        ? { unreadable: named(unreadable.map(({ detail, subject, visitId }) => ({ visit_id: visitId, subject, detail }))) }
        : {}),
      ...(filtered.length > 0
        ? { filtered: named(filtered.map(({ causes, detail, response, subject, visitId }) => ({ visit_id: visitId, subject, response, detail, causes }))) }
        : {}),
      ...(server.deep === null
        ? { malformed_requests: "no deep visit yet" }
        : { malformed_requests: { visit_id: server.deep.visitId, compared_with: server.deep.comparedWith, differs: named(server.deep.differs), not_compared: server.deep.notCompared } })
    }
  }
}
