import { cutText } from "../../electrum/reply-text.ts"
import type { DeepReply } from "./deep-reply.ts"

/** As visits store it. */
export const longestSoftware = 1024

const softwareOf = ({ method, outcome, result }: DeepReply): ReadonlyArray<string> =>
  method === "server.version" && outcome === "ok" && Array.isArray(result) && typeof result[0] === "string"
    ? [cutText(result[0], longestSoftware)]
    : []

/** The well-formed handshakes of a visit's dialogues: one line, asked each time with the same id. */
const isHandshake = ({ outcome, probe }: DeepReply): boolean => outcome === "ok" && /^version(?:#\d+)?$/.test(probe)

/** The line, whatever number it says it answers: servers that count wrongly are still one. */
const formOf = ({ raw }: DeepReply): string => (raw ?? "").replace(/("id"\s*:\s*)(?:-?\d+|null)/, "$1")

/**
 * Whether the connections of a deep visit were answered differently when they
 * were asked well-formed and alike, as by several servers behind one name or
 * address. Then no software can be told from all replies together.
 */
export const isMixed = (replies: ReadonlyArray<DeepReply>): boolean =>
  new Set(replies.flatMap(softwareOf)).size > 1 || new Set(replies.filter(isHandshake).map(formOf)).size > 1

/** Whether none of the handshakes was answered with this name, which the regular visit was told. */
export const isOtherThan = (software: string, replies: ReadonlyArray<DeepReply>): boolean => {
  const told = replies.flatMap(softwareOf)
  return told.length > 0 && !told.includes(software)
}
