import { sha256Hex } from "../../domain/sha256.ts"
import { answeredVersion, type Behaviour, hasLines, type SeenReply } from "./behaviour.ts"
import { sentenceOf } from "./error-rules.ts"
import { envelopeText } from "./wire-rules.ts"

/**
 * Version of the recipe below. It changes with whatever changes a hash: another
 * probe, another way to put a reply into words.
 */
export const fingerprintRecipe = 1

/** The methods that the recipe reads, one reply each: the first, but of handshakes the last. */
const methods = [
  "server.version",
  "server.banner",
  "server.donation_address",
  "blockchain.headers.subscribe",
  "blockchain.block.header",
  "server.ping",
  "server.features"
] as const

const kindOf = (value: unknown): string => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "list"
  return value === "" ? "empty text" : typeof value
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Which ports are told and whether any host is; neither hosts nor numbers. */
const hostsForm = (hosts: unknown): string => {
  if (!isObject(hosts)) return kindOf(hosts)
  const ports = Object.values(hosts).map((entry) => isObject(entry) ? Object.keys(entry).join("+") : kindOf(entry))
  return [...new Set(ports)].toSorted().join("|") || "empty"
}

/** Values that are software's or configuration's, and the same in each answer. */
const featuresForm = (features: Readonly<Record<string, unknown>>): ReadonlyArray<unknown> =>
  Object.entries(features).map(([key, value]) => {
    if (key === "hosts") return [key, hostsForm(value)]
    if (key === "protocol_min" || key === "protocol_max" || key === "hash_function" || typeof value === "boolean") return [key, value]
    return [key, kindOf(value)]
  })

/** What a reply looks like without what it says: no ids, heights, fees, names or hosts. */
const form = (reply: SeenReply): unknown => {
  if (reply.outcome === "error") return [reply.errorCode, sentenceOf(reply)?.[0] ?? "another sentence"]
  if (reply.outcome !== "ok") return reply.outcome
  if (reply.method === "server.version") return Array.isArray(reply.result) ? reply.result[1] : kindOf(reply.result)
  if (reply.method === "server.features" && isObject(reply.result)) return featuresForm(reply.result)
  // The decoded object has our order of keys, the line has the server's.
  if (isObject(reply.result)) return /"result": ?(\{ ?"[a-z_]{1,40}")/.exec(reply.raw ?? "")?.[1] ?? "object"
  return kindOf(reply.result)
}

/** Replies that say how a server behaves; silence and refusals to us say how busy it was. */
const isDefinite = ({ method, outcome }: SeenReply): boolean =>
  outcome === "ok" || outcome === "error" || outcome === "malformed"
  || (outcome === "closed" && method === "server.features")

/** The behaviour in a form that is the same for all servers of one software and configuration; undefined when a reply is missing. */
export const profileOf = (behaviour: Behaviour): ReadonlyArray<unknown> | undefined => {
  const version = answeredVersion(behaviour)
  if (version === undefined) return undefined
  const replies = methods.map((method) =>
    method === "server.version" ? version : behaviour.replies.find((reply) => reply.method === method)
  )
  if (!replies.every((reply) => reply !== undefined && isDefinite(reply))) return undefined
  return [
    fingerprintRecipe,
    envelopeText(version),
    hasLines(behaviour) ? [version.lineEnd, version.padding > 0] : "messages",
    ...replies.map((reply) => [reply!.method, form(reply!)])
  ]
}

/** Lower-case hex, 64 characters; null when a reply is missing. */
export const fingerprintOf = (behaviour: Behaviour): string | null => {
  const profile = profileOf(behaviour)
  return profile === undefined ? null : sha256Hex(JSON.stringify(profile))
}
