import type { VisitReason } from "../../domain/reason.ts"
import type { DialFacts, HandshakeFacts, Observation, Visit } from "../../domain/visit.ts"
import type { Identification } from "../../domain/identification.ts"
import { makersInFront } from "../../domain/visit-defaults.ts"
import type { Judged } from "../../domain/judged-answer.ts"
import type { Implementation } from "../../domain/implementation.ts"
import { electrumxCost } from "../../electrum/methods.ts"
import { isError, type Reply } from "../../electrum/reply.ts"
import { cutText } from "../../electrum/reply-text.ts"
import type { Connection, DialPlan } from "../../transport/dialer.ts"
import { identify } from "../identification/identify.ts"
import type { Probe } from "../catalogue.ts"
import { notAsked, observationOf } from "../observation.ts"
import { compareWithDefaults } from "../responses/defaults.ts"
import type { Failure } from "../visit-draft.ts"
import { invalidJsonCost } from "./budget.ts"
import type { DeepProbe } from "./catalogue.ts"
import { type DeepReply, deepObservation, ordinaryReplies, outOfTime, silence } from "./deep-reply.ts"
import { isMixed, longestSoftware } from "./one-software.ts"

/** The code of a line that was no JSON. */
const parseError = -32700

const maxDetail = 1024
const maxProtocol = 64

/** A deep visit in the making: can be finished at any moment. */
export class DeepDraft {
  readonly replies: Array<DeepReply> = []
  readonly #leftOut: Array<DeepReply> = []
  readonly #observations: Array<Observation> = []
  readonly #plan: DialPlan
  readonly #startedAt: number
  readonly #now: () => number
  #dial: DialFacts
  #tls: HandshakeFacts | null = null
  #sessionOffered = (): boolean => false
  #connectedMs: number | null = null
  #tcpConnectMs: number | null = null
  #tlsMs: number | null = null
  #handshakeMs: number | null = null
  #connections = 0
  #bytesIn = 0
  #bytesOut = 0
  #requests = 0
  #units = 0
  #failure: Failure | null = null
  #software: string | null = null
  #protocol: string | null = null
  #isAnswered = false
  #judged: ReadonlyArray<Judged> = []
  /** Errors that were answered: what ElectrumX charges for. */
  errors = 0
  throttled = false
  padded = false
  /** Something was left out because our own time was up. */
  isCut = false

  constructor(plan: DialPlan, startedAt: number, now: () => number) {
    this.#plan = plan
    this.#startedAt = startedAt
    this.#now = now
    this.#dial = plan.dial
  }

  now(): number {
    return this.#now()
  }

  connected(connection: Connection, sinceMs: number): void {
    if (this.#connections++ > 0) return
    this.#dial = connection.dial
    this.#tls = connection.tls
    this.#sessionOffered = connection.sessionOffered
    this.#tcpConnectMs = connection.tcpConnectMs
    this.#connectedMs = sinceMs + connection.connectedMs
    this.#tlsMs = connection.tlsMs === null ? null : sinceMs + connection.tlsMs
  }

  /** Something is about to be sent that costs so many units, errors not counted. */
  asked(units: number): void {
    this.#requests++
    this.#units += units
  }

  observe(reply: DeepReply): void {
    this.replies.push(reply)
    this.#observations.push(deepObservation(reply))
    if (reply.outcome === "error" || reply.outcome === "throttled") {
      this.errors++
      this.#units += reply.errorCode === parseError ? invalidJsonCost : electrumxCost.error
    }
    if (reply.outcome === "throttled") this.throttled = true
    if (reply.padding > 0) this.padded = true
    if (reply.method === "server.version" && reply.outcome === "ok" && this.#software === null) this.#version(reply)
  }

  /** Errors that are no probe's reply, or further ones of a probe: on the server's books as well. */
  chargeErrors(count: number): void {
    this.errors += count
    this.#units += count * electrumxCost.error
  }

  /** A line beside the reply, or how the connection ended: a row of its own, no reply of the probe. */
  remark(reply: DeepReply): void {
    this.#observations.push(deepObservation(reply))
  }

  leaveOut(probe: DeepProbe, why: string): void {
    if (why === outOfTime) this.isCut = true
    const reply = silence({ probe: probe.name, method: probe.method, params: [], sentMs: this.#now() }, "not asked", why)
    this.#leftOut.push(reply)
    this.#observations.push(deepObservation(reply))
  }

  /** The reply to a well-formed question. It takes no part in identification, which knows a deep visit by its malformed ones. */
  answered(probe: Probe, reply: Reply): void {
    this.#observations.push({ ...observationOf(probe, reply), probe: `deep/${probe.name}` })
    if (reply.raw !== null) this.#isAnswered = true
    if (isError(reply)) this.chargeErrors(1)
    if (reply.outcome === "throttled") this.throttled = true
    if (reply.padding > 0) this.padded = true
  }

  /** Something was asked, and nothing ever came. */
  get isMute(): boolean {
    return this.#requests > 0 && !this.#isAnswered
  }

  leaveOutQuestion(probe: Probe, why: string): void {
    if (why === outOfTime) this.isCut = true
    this.#observations.push({ ...notAsked(probe, this.#now(), why), probe: `deep/${probe.name}` })
  }

  judge(answers: ReadonlyArray<Judged>): void {
    this.#judged = answers
  }

  leave({ bytesIn, bytesOut }: { readonly bytesIn: number; readonly bytesOut: number }): void {
    this.#bytesIn += bytesIn
    this.#bytesOut += bytesOut
  }

  fail(failure: Failure): void {
    this.#failure = failure
  }

  /** With the software that the regular visit behaved like, where that is known. */
  finish(behavesLike: Implementation | null): Visit {
    const isAnswered = this.#isAnswered || this.replies.some(({ raw }) => raw !== null)
    const identification = this.#identify()
    const failure: Failure | null = isAnswered
      ? null
      : this.#failure ?? { reason: "closed" satisfies VisitReason, phase: "handshake", detail: "no dialogue was answered" }
    return {
      kind: "deep",
      endpoint: this.#plan.endpoint,
      startedAt: this.#startedAt,
      dial: this.#dial,
      stamps: {
        resolvedMs: this.#plan.resolvedMs,
        connectedMs: this.#connectedMs,
        tcpConnectMs: this.#tcpConnectMs,
        tlsMs: this.#tlsMs,
        handshakeMs: this.#handshakeMs,
        endedMs: this.#now()
      },
      outcome: failure === null ? "answered" : "failed",
      reason: failure?.reason ?? null,
      phase: failure?.phase ?? null,
      detail: failure?.detail == null ? null : cutText(failure.detail, maxDetail),
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      requests: this.#requests,
      cost: this.#units + this.#connections * electrumxCost.connection
        + (this.#bytesIn + this.#bytesOut) / electrumxCost.bytesPerUnit,
      tls: this.#tls === null ? null : { ...this.#tls, sessionOffered: this.#sessionOffered() },
      software: this.#software,
      protocol: this.#protocol,
      banner: null,
      bannerOctets: null,
      donationAddress: null,
      tip: null,
      chain: null,
      features: null,
      peers: null,
      observations: this.#observations,
      identification,
      answers: compareWithDefaults(this.#judged, { implementation: behavesLike ?? identification?.implementation ?? null }),
      timing: null
    }
  }

  #identify(): Identification | null {
    const found = identify({
      transport: this.#plan.endpoint.transport,
      certificateMakers: this.#tls?.certificate == null ? [] : makersInFront(this.#tls.certificate),
      // Of many connections no single one's beginning says when the first reply was due.
      dialledMs: null,
      deep: new Map([...this.#leftOut, ...this.replies].map((reply) => [reply.probe, reply])),
      replies: ordinaryReplies(this.replies)
    })
    if (found === null || !isMixed(this.replies)) return found
    // Of several servers nothing holds that is read from all replies together.
    return {
      ...found,
      implementation: null,
      range: null,
      confidence: 0,
      candidates: {},
      contradictions: [],
      remarks: ["the connections of the visit were answered by different software: several servers behind one name or address"],
      fingerprintHash: null
    }
  }

  #version({ arrivedMs, result }: DeepReply): void {
    if (!Array.isArray(result) || typeof result[0] !== "string") return
    this.#software = cutText(result[0], longestSoftware)
    this.#protocol = typeof result[1] === "string" ? cutText(result[1], maxProtocol) : null
    this.#handshakeMs = arrivedMs
  }
}
