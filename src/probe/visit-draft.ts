import type { Chain } from "../domain/chain.ts"
import type { Judged, TimingFacts } from "../domain/judged-answer.ts"
import type { VisitPhase, VisitReason } from "../domain/reason.ts"
import type {
  ChainVerdict,
  DialFacts,
  FeaturesFacts,
  HandshakeFacts,
  Observation,
  TipFacts,
  Visit
} from "../domain/visit.ts"
import { makersInFront } from "../domain/visit-defaults.ts"
import type { EntryTable } from "../electrum/entry-table.ts"
import { electrumxCost } from "../electrum/methods.ts"
import { cutText } from "../electrum/reply-text.ts"
import { isError, type Reply } from "../electrum/reply.ts"
import type { Session } from "../electrum/session.ts"
import type { Connection, DialPlan } from "../transport/dialer.ts"
import type { Probe } from "./catalogue.ts"
import { checkChain, type ShownHeader } from "./chain-check.ts"
import { type SeenReply, seenReply } from "./identification/behaviour.ts"
import { identify } from "./identification/identify.ts"
import { withShortList } from "./list-text.ts"
import { notAsked, observationOf, strayObservation } from "./observation.ts"
import { PeersTally } from "./peers-tally.ts"
import { compareWithDefaults } from "./responses/defaults.ts"
import { timingOf } from "./responses/timing.ts"

const maxDetail = 1024

/** Why a visit failed. */
export interface Failure {
  readonly reason: VisitReason
  readonly phase: VisitPhase
  readonly detail: string | null
}

const charactersOf = ({ replyOctets, replyRaw, value }: Observation): number =>
  (replyRaw?.length ?? 0) + (replyOctets?.length ?? 0) + (value?.length ?? 0)

/**
 * A visit in the making. It is filled in as things are learned and can be
 * finished at any moment, so that whatever happens later never loses what was
 * learned before.
 */
export class VisitDraft {
  readonly #plan: DialPlan
  readonly #chain: Chain
  readonly #startedAt: number
  readonly #now: () => number
  readonly #observations: Array<Observation> = []
  readonly #headers: Array<ShownHeader> = []
  readonly #seen: Array<SeenReply> = []
  readonly #judged: Array<Judged> = []
  readonly #pingsMs: Array<number> = []
  readonly peers: PeersTally
  #dial: DialFacts
  #tls: HandshakeFacts | null = null
  #sessionOffered = (): boolean => false
  #dialledMs: number | null = null
  #connectedMs: number | null = null
  #tcpConnectMs: number | null = null
  #tlsMs: number | null = null
  #handshakeMs: number | null = null
  #connections = 0
  #strays = 0
  /** Peer lists whose texts are whole: which observations they are, and how they begin. */
  #wholeLists: Array<{ readonly at: number; readonly beginning: string }> = []
  #bytesIn = 0
  #bytesOut = 0
  #requests = 0
  #cost = 0
  #failure: Failure | null = null
  /** Requests answered with an error, and errors that answer nothing of sessions that are over. */
  errors = 0
  /** Characters and bytes kept of replies: counts into the byte budget. */
  keptCharacters = 0
  software: string | null = null
  protocol: string | null = null
  banner: string | null = null
  bannerOctets: Uint8Array | null = null
  donationAddress: string | null = null
  tip: TipFacts | null = null
  features: FeaturesFacts | null = null
  chain: ChainVerdict | null = null
  /** Why round trips were not measured. */
  untimed: string | null = null

  constructor(plan: DialPlan, chain: Chain, startedAt: number, now: () => number, entries: EntryTable) {
    this.#plan = plan
    this.#chain = chain
    this.#startedAt = startedAt
    this.#now = now
    this.#dial = plan.dial
    this.peers = new PeersTally(entries)
  }

  /** Milliseconds since the visit started. */
  now(): number {
    return this.#now()
  }

  /** A connection that was begun `sinceMs` after the start stands. The last one's facts count. */
  connected(connection: Connection, sinceMs: number): void {
    this.#connections++
    this.#dialledMs = sinceMs
    this.#dial = connection.dial
    this.#tls = connection.tls
    this.#sessionOffered = connection.sessionOffered
    this.#tcpConnectMs = connection.tcpConnectMs
    this.#connectedMs = sinceMs + connection.connectedMs
    this.#tlsMs = connection.tlsMs === null ? null : sinceMs + connection.tlsMs
  }

  handshakeDone(software: string, protocol: string | null): void {
    this.software = software
    this.protocol = protocol
    this.#handshakeMs = this.#now()
  }

  observe(probe: Probe, reply: Reply): void {
    const observation = observationOf(probe, reply)
    const seen = seenReply(reply)
    if (seen.raw !== null && seen.raw !== reply.raw) this.#wholeLists.push({ at: this.#observations.length, beginning: seen.raw })
    this.#observations.push(observation)
    this.#seen.push(seen)
    this.keptCharacters += charactersOf(observation)
    if (isError(reply)) this.#chargeErrors(1)
    this.#cost += probe.method.cost
  }

  #chargeErrors(count: number): void {
    this.errors += count
    this.#cost += count * electrumxCost.error
  }

  /** Replies are padded: they come when it suits the padding. */
  get isPadded(): boolean {
    return this.#seen.some(({ padding }) => padding > 0)
  }

  /** The round trip of a ping on an idle session. */
  pinged(latencyMs: number): void {
    this.#pingsMs.push(latencyMs)
  }

  judge(answers: ReadonlyArray<Judged>): void {
    this.#judged.push(...answers)
  }

  leaveOut(probe: Probe, why: string): void {
    this.#observations.push(notAsked(probe, this.#now(), why))
  }

  show(header: ShownHeader): void {
    this.#headers.push(header)
  }

  /** Decides the chain from the headers shown so far. */
  decideChain(): ChainVerdict {
    this.chain = checkChain(this.#chain, this.#headers, this.tip?.height ?? null)
    this.shortenLists()
    return this.chain
  }

  /**
   * Keeps only the beginning of the texts of peer lists, where every entry of them is
   * announced and so stored one by one: they are nine tenths of all a server sends, and
   * of what a visit holds. Lists on a chain that we do not follow keep their text, and
   * so do those from the one on that went beyond our bounds.
   */
  shortenLists(): void {
    if (this.chain?.verdict !== "same" || this.peers.dropped > 0) return
    for (const { at, beginning } of this.#wholeLists.splice(0)) {
      const long = this.#observations[at]!
      const short = withShortList(long, beginning)
      this.#observations[at] = short
      this.keptCharacters -= charactersOf(long) - charactersOf(short)
    }
  }

  /** What the visit has cost so far, in ElectrumX's units; `session`: the one that is not over. */
  spent({ bytesIn, bytesOut, strayErrors }: Pick<Session, "bytesIn" | "bytesOut" | "strayErrors"> = { bytesIn: 0, bytesOut: 0, strayErrors: 0 }): number {
    const bytes = this.#bytesIn + this.#bytesOut + bytesIn + bytesOut
    return this.#cost + strayErrors * electrumxCost.error + this.#connections * electrumxCost.connection + bytes / electrumxCost.bytesPerUnit
  }

  /** Takes over what a session counted; to be called once, when it is over. */
  leave(session: Session): void {
    this.#bytesIn += session.bytesIn
    this.#bytesOut += session.bytesOut
    this.#requests += session.requests
    this.#chargeErrors(session.strayErrors)
    for (const stray of session.strays) this.#observations.push(strayObservation(stray, ++this.#strays))
  }

  fail(failure: Failure): void {
    this.#failure = failure
  }

  /** Null where no connection stood. */
  #timing(): TimingFacts | null {
    if (this.#connectedMs === null) return null
    return timingOf({
      pingsMs: this.#pingsMs,
      paced: this.isPadded,
      untimed: this.untimed ?? this.#failure?.detail ?? "nothing was answered"
    })
  }

  finish(): Visit {
    const failure = this.#failure
    const identification = identify({
      transport: this.#plan.endpoint.transport,
      certificateMakers: this.#tls?.certificate == null ? [] : makersInFront(this.#tls.certificate),
      dialledMs: this.#dialledMs,
      replies: this.#seen
    })
    return {
      kind: "regular",
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
      cost: this.spent(),
      tls: this.#tls === null ? null : { ...this.#tls, sessionOffered: this.#sessionOffered() },
      software: this.software,
      protocol: this.protocol,
      banner: this.banner,
      bannerOctets: this.bannerOctets,
      donationAddress: this.donationAddress,
      tip: this.tip,
      chain: this.chain,
      features: this.features,
      peers: this.peers.facts(),
      observations: this.#observations,
      identification,
      answers: compareWithDefaults(this.#judged, identification),
      timing: this.#timing()
    }
  }
}
