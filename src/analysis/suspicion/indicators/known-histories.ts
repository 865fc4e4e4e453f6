import { type Answer, factOf } from "../evidence.ts"
import { type Indicator, named } from "../indicator.ts"
import { isPersonal, personal } from "../personal-server.ts"

/** Words for an answer that is not what is in the chain. */
const untrue: ReadonlySet<string> = new Set(["differs", "truncated", "empty"])

const isMalformed = ({ detail }: Answer): boolean => typeof detail === "object" && detail !== null && "problem" in detail

/** Entries that are all there and all right, in another order: a mistake of software. */
const isOrderAlone = ({ detail }: Answer): boolean =>
  typeof detail === "object" && detail !== null && "order" in detail &&
  !["missing", "moved", "added", "repeated"].some((fault) => fault in detail)

/** What is said of a script that one does not index. */
const isOfUnknown = ({ detail, response, subject }: Answer): boolean =>
  response === "empty" || (subject === "balance" && (response === "ok" || (typeof detail === "object" && detail !== null && "shown" in detail && detail.shown === 0)))

/** What that earns. */
const disordered = 0.1

const rowOf = ({ detail, response, scriptForm, subject, visitId }: Answer) =>
  ({ visit_id: visitId, subject, script_form: scriptForm, response, detail })

/**
 * Does a server tell of public scripts what is in the chain below a height?
 * Entries are pinned: nobody's majority decides them. What nobody at all
 * confirms is our own mistake, and held against no one.
 */
export const knownHistories: Indicator = (server, crawl) => {
  const asked = server.answers.filter(({ response, scriptForm }) => scriptForm !== null && response !== null && response !== "not asked")
  const judged = asked.filter((answer) => answer.response === "ok" || (untrue.has(answer.response!) && !isMalformed(answer)))
  if (asked.length === 0) return { untested: "it was asked about no script whose history is known" }
  if (judged.length === 0) return { untested: "no answer about a script can be judged" }
  if (isPersonal(server) && judged.every(isOfUnknown)) return { untested: personal }
  const lies = judged.filter((answer) => answer.response !== "ok")
  const proven = lies.filter((answer) => crawl.confirmedFacts.has(factOf(answer)))
  if (lies.length > 0 && proven.length === 0) {
    return { untested: "no server of this crawl confirms what is known of these scripts: our own facts may be wrong" }
  }
  return {
    value: new Set(proven.map(({ scriptForm }) => scriptForm)).size,
    share: proven.length === 0 ? 0 : proven.every(isOrderAlone) ? disordered : 1,
    detail: proven.length > 0
      ? { answers: named(proven.map(rowOf)) }
      : { answered_as_known: judged.length, because: "what came later, is unconfirmed, or lies above the tip it shows is not held against it" }
  }
}
