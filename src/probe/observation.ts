import { jsonText } from "../domain/json-text.ts"
import { rememberingOf } from "../domain/remembering.ts"
import type { Observation } from "../domain/visit.ts"
import { serverPeersSubscribe } from "../electrum/methods.ts"
import type { Reply, Stray } from "../electrum/reply.ts"
import type { Probe } from "./catalogue.ts"

/** Replies up to this size keep their decoded result beside their text. */
const maxValueBytes = 16_384

const hasSmallValue = (reply: Reply): boolean =>
  reply.outcome === "ok" && reply.bytes <= maxValueBytes && reply.request.method !== serverPeersSubscribe

/** Probes are asked of thousands of servers: what they ask with is text already. */
const paramsText = rememberingOf((params: ReadonlyArray<unknown>): string => jsonText(params))

/** What a probe saw, as it is stored. Lists of peers are stored elsewhere, entry by entry. */
export const observationOf = (probe: Probe, reply: Reply): Observation => ({
  probe: probe.name,
  method: probe.method.name,
  params: paramsText(reply.request.params),
  sentMs: reply.sentMs,
  latencyMs: reply.latencyMs,
  outcome: reply.outcome,
  errorCode: reply.errorCode,
  errorMessage: reply.errorMessage,
  replyRaw: reply.raw,
  replyOctets: reply.octets,
  replyBytes: reply.bytes,
  lineEnd: reply.lineEnd,
  padding: reply.padding,
  value: hasSmallValue(reply) ? JSON.stringify(reply.result) ?? null : null
})

/** A line that answered nothing, as an observation of its own: `stray#1`, `stray#2`, … */
export const strayObservation = (stray: Stray, number: number): Observation => ({
  probe: `stray#${number}`,
  method: stray.method ?? "",
  params: null,
  sentMs: stray.atMs,
  latencyMs: null,
  outcome: stray.outcome,
  errorCode: null,
  errorMessage: stray.problem,
  replyRaw: stray.raw,
  replyOctets: stray.octets,
  replyBytes: stray.bytes,
  lineEnd: stray.lineEnd,
  padding: stray.padding,
  value: null
})

/** A probe that was left out, and why. */
export const notAsked = (probe: Probe, atMs: number, why: string): Observation => ({
  probe: probe.name,
  method: probe.method.name,
  params: null,
  sentMs: atMs,
  latencyMs: null,
  outcome: "not asked",
  errorCode: null,
  errorMessage: why,
  replyRaw: null,
  replyOctets: null,
  replyBytes: 0,
  lineEnd: null,
  padding: 0,
  value: null
})
