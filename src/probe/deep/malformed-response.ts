import type { Implementation, ReleaseRange } from "../../domain/implementation.ts"
import { intersectRanges, rangeText } from "../../domain/implementation.ts"
import type { MalformedFacts, MalformedWord } from "../../domain/malformed-facts.ts"
import { type DeepReply, silentBehindPing } from "./deep-reply.ts"
import { type AnswerForm, type Expected, expectedAnswers } from "./expected-answers.ts"
import { isMixed, isOtherThan } from "./one-software.ts"

/** What the server behaves like, by its regular visit or by this one. */
export interface BehavesLike {
  readonly implementation: Implementation | null
  readonly range: ReleaseRange | null
  /** What it called itself; null or missing when that is not known. */
  readonly software?: string | null
}

const isList = ({ raw }: DeepReply): boolean => raw?.startsWith("[") === true

const isTruncated = ({ errorMessage }: DeepReply): boolean => errorMessage?.startsWith("an unfinished line: ") === true

/** Silence that is an answer. Alone it may as well be a slow server, or a line that was lost. */
const isSilent = ({ errorMessage, outcome }: DeepReply): boolean => outcome === "timeout" && errorMessage === silentBehindPing

/** How a connection fails, rather than is closed by who answers. */
const cuts: ReadonlySet<string> = new Set(["ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"])

/**
 * A stall of our own machine, a router that starts again or somebody in between
 * cuts what is open at that moment: of strangers' servers of one software at one
 * question, which then looked like one odd way of answering. Who cuts connections
 * to pass for that has done no more than not to answer.
 */
const isCut = ({ errorMessage, outcome }: DeepReply): boolean => outcome === "closed" && cuts.has(errorMessage ?? "")

/** An answer in a word. */
const answerOf = (reply: DeepReply): string => {
  switch (reply.outcome) {
    case "ok":
      return isList(reply) ? "list" : "ok"
    case "error":
      return `error ${reply.errorCode ?? "without code"}`
    case "throttled":
      return "refused"
    case "malformed":
      return "malformed"
    default:
      if (isTruncated(reply)) return "truncated"
      return isSilent(reply) ? "none" : reply.outcome
  }
}

const shows = (reply: DeepReply, form: AnswerForm): boolean => {
  if (typeof form !== "string") {
    const [code, sentence] = form
    return reply.outcome === "error" && reply.errorCode === code && sentence.test(reply.errorMessage ?? "")
  }
  switch (form) {
    case "answered":
      return reply.outcome === "ok" && !isList(reply)
    case "list":
      return reply.outcome === "ok" && isList(reply)
    case "silence":
      return isSilent(reply)
    case "closed":
      return reply.outcome === "closed"
  }
}

const formText = (form: AnswerForm): string => typeof form === "string" ? form : `error ${form[0]}`

/** Null where nothing can be held against the reply: it is throttled, unfinished, late, cut off, or fits. */
const difference = (reply: DeepReply, expected: ReadonlyArray<Expected>, range: ReleaseRange | null): string | null => {
  // What a bad line or a full server does to a reply is no way of answering.
  if (reply.outcome === "throttled" || reply.outcome === "too large" || isTruncated(reply)) return null
  if (isCut(reply) || (reply.outcome === "timeout" && !isSilent(reply))) return null
  const usual = expected.filter(([, releases]) => range === null || intersectRanges(range, releases) !== undefined)
  if (usual.length === 0 || usual.some(([form]) => shows(reply, form))) return null
  const sameKind = usual.some(([form]) => typeof form !== "string" && reply.outcome === "error" && reply.errorCode === form[0])
  return `${reply.probe}: ${answerOf(reply)}${sameKind ? " in other words" : ""} where ${
    [...new Set(usual.map(([form]) => formText(form)))].join(" or ")
  } is usual`
}

/** The strongest thing that happened. */
const wordOf = (answers: ReadonlyArray<string>): MalformedWord => {
  if (answers.length === 0) return "not asked"
  if (answers.includes("refused")) return "refused"
  if (answers.includes("truncated")) return "truncated"
  if (answers.includes("closed")) return "closed"
  if (answers.some((answer) => answer.startsWith("error") || answer === "malformed")) return "error"
  return answers.every((answer) => ["none", "timeout", "too large"].includes(answer)) ? "empty" : "ok"
}

const notComparedBecause = (
  replies: ReadonlyArray<DeepReply>,
  regular: BehavesLike | null,
  implementation: Implementation | null
): string | null => {
  if (isMixed(replies)) return "its connections were answered by different software"
  if (regular?.software != null && isOtherThan(regular.software, replies)) return "the regular visit was answered by other software"
  return implementation === null ? "the software is not known" : null
}

/**
 * What the replies of a deep visit come to. Compared with the software that the
 * regular visit behaved like; where that is not known, with what this one does.
 * When the two are not one software, that is what differs. Nothing is compared
 * where well-formed requests show that several servers answered.
 */
export const malformedFacts = (
  replies: ReadonlyArray<DeepReply>,
  regular: BehavesLike | null,
  deep: BehavesLike | null
): MalformedFacts => {
  const asked = replies.filter(({ probe }) => Object.hasOwn(expectedAnswers, probe))
  const answers = Object.fromEntries(asked.map((reply) => [reply.probe, answerOf(reply)]))
  const implementation = regular?.implementation ?? deep?.implementation ?? null
  const notCompared = notComparedBecause(replies, regular, implementation)
  if (implementation === null || notCompared !== null) {
    return { response: wordOf(Object.values(answers)), comparedWith: null, notCompared, differs: [], answers }
  }
  const range = regular?.implementation == null ? deep?.range ?? null : regular.range
  const other = deep?.implementation != null && deep.implementation !== implementation
  const differs = other
    ? [`malformed requests are answered as by ${deep.implementation}, well-formed ones as by ${implementation}`]
    : asked.flatMap((reply) => difference(reply, expectedAnswers[reply.probe]![implementation], range) ?? [])
  return {
    response: differs.length > 0 ? "differs" : wordOf(Object.values(answers)),
    comparedWith: `${implementation} ${range === null ? "any" : rangeText(range)}`,
    notCompared,
    differs,
    answers
  }
}
