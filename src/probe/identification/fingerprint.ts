import { sha256Hex } from "../../domain/sha256.ts"
import { answeredVersion, type Behaviour, hasLines, type SeenReply } from "./behaviour.ts"
import { sentenceOf } from "./error-rules.ts"
import { envelopeText } from "./wire-rules.ts"

/**
 * Version of the recipe below. It changes with whatever changes a hash: another
 * probe, another way to put a reply into words.
 */
export const fingerprintRecipe = 2

/**
 * The methods that the recipe reads, one reply each: the first, but of handshakes
 * the last. Scripts are none of them: what is known about them differs from chain
 * to chain and grows, and their replies have their own words. A method that was
 * not asked is left out only where the protocol agreed on decides that.
 */
const methods = [
  "server.version",
  "server.banner",
  "server.donation_address",
  "blockchain.headers.subscribe",
  "blockchain.block.header",
  "server.ping",
  "blockchain.estimatefee",
  "mempool.get_fee_histogram",
  "server.features"
] as const

/** One of them is asked, by the protocol agreed on. */
const ofNode = new Set(["blockchain.relayfee", "mempool.get_info"])

/** Of a deep visit: what does not depend on padding's clock and is asked before the errors that a visit may make are used up. */
const deepProbes = [
  "version",
  "no-jsonrpc",
  "jsonrpc-1.0",
  "before-version",
  "version-extra",
  "id-text",
  "id-fraction",
  "extra-key",
  "batch",
  "unknown-method",
  "too-many-params",
  "params-text"
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
    if (key === "server_version") return [key, typeof value]
    if (key === "protocol_min" || key === "protocol_max" || key === "hash_function" || typeof value === "boolean") return [key, value]
    return [key, kindOf(value)]
  })

/** What a reply looks like without what it says: no ids, heights, fees, names or hosts. */
const form = (reply: SeenReply): unknown => {
  // A node without an estimate: some say -1, some that there is none.
  if (reply.method === "blockchain.estimatefee" && sentenceOf(reply)?.[0] === "no estimate") return "number"
  if (reply.outcome === "error") return [reply.errorCode, sentenceOf(reply)?.[0] ?? "another sentence"]
  if (reply.outcome !== "ok") return reply.outcome
  if (reply.method === "server.version") return Array.isArray(reply.result) ? reply.result[1] : kindOf(reply.result)
  if (reply.method === "server.features" && isObject(reply.result)) return featuresForm(reply.result)
  // Which keys there are depends on the node.
  if (reply.method === "mempool.get_info") return /"result": ?\{ ?"mempoolminfee"/.test(reply.raw ?? "") ? "in its own order" : "sorted"
  // The decoded object has our order of keys, the line has the server's.
  if (isObject(reply.result)) return /"result": ?(\{ ?"[a-z_]{1,40}")/.exec(reply.raw ?? "")?.[1] ?? "object"
  return kindOf(reply.result)
}

/** Replies that say how a server behaves; silence and refusals to us say how busy it was. */
const isDefinite = ({ method, outcome }: SeenReply): boolean =>
  outcome === "ok" || outcome === "error" || outcome === "malformed"
  || (outcome === "closed" && method === "server.features")

/** A reply of a deep visit: its frame too, which these questions are about. */
const deepForm = (reply: SeenReply): unknown => {
  if (reply.outcome === "timeout") return "no reply"
  if (reply.outcome !== "ok") return form(reply)
  const raw = reply.raw ?? ""
  if (raw.startsWith("[")) return /\}, \{/.test(raw) ? "list, spaced" : "list"
  const frame = /^\{ ?"(?:id|jsonrpc|result|error)"/.exec(raw)?.[0] ?? "another frame"
  return reply.method === "server.version" && Array.isArray(reply.result) ? [frame, reply.result[1]] : [frame, kindOf(reply.result)]
}

/** What some answer by ending the connection; elsewhere an end may be an accident. */
const ending = new Set<string>(["batch", "unknown-method", "params-text"])

/** Silence is a reply where a question behind it was answered; what was left out says something where a server's replies are why. */
const isDeepDefinite = (probe: string, reply: SeenReply | undefined, deep: ReadonlyMap<string, SeenReply>): boolean => {
  switch (reply?.outcome) {
    case "ok":
    case "error":
    case "malformed":
      return true
    case "closed":
      return ending.has(probe)
    case "timeout":
      return reply.errorMessage !== null
    case "not asked":
      return deep.get("unknown-method")?.outcome === "closed" || reply.errorMessage?.endsWith("errors were made") === true
    default:
      return false
  }
}

const deepProfileOf = (behaviour: Behaviour, deep: NonNullable<Behaviour["deep"]>): ReadonlyArray<unknown> | undefined => {
  const version = deep.get("version")
  const asked = deepProbes.map((probe) => [probe, deep.get(probe)] as const)
  if (version?.outcome !== "ok" || !asked.every(([probe, reply]) => isDeepDefinite(probe, reply, deep))) return undefined
  return [
    fingerprintRecipe,
    "deep",
    envelopeText(version),
    hasLines(behaviour) ? [version.lineEnd, version.padding > 0] : "messages",
    ...asked.map(([probe, reply]) => [probe, deepForm(reply!)])
  ]
}

/** The behaviour in a form that is the same for all servers of one software and configuration; undefined when a reply is missing. */
const profileOf = (behaviour: Behaviour): ReadonlyArray<unknown> | undefined => {
  if (behaviour.deep !== undefined) return deepProfileOf(behaviour, behaviour.deep)
  const version = answeredVersion(behaviour)
  if (version === undefined) return undefined
  const replies = methods.map((method) =>
    method === "server.version" ? version : behaviour.replies.find((reply) => reply.method === method)
  )
  replies.push(behaviour.replies.find(({ method }) => ofNode.has(method)))
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
