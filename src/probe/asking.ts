import { Effect } from "effect"
import type { ChainVerdict } from "../domain/visit.ts"
import { blockHeader, lineBounds, type Method, serverPeersSubscribe } from "../electrum/methods.ts"
import { cutText } from "../electrum/reply-text.ts"
import type { Reply } from "../electrum/reply.ts"
import type { Session } from "../electrum/session.ts"
import { bannerOctets } from "./banner-octets.ts"
import type { Probe } from "./catalogue.ts"
import { shownHeader } from "./chain-check.ts"
import { featuresFacts } from "./features-facts.ts"
import { errorsEnough, longEnough, unitsEnough, type VisitRoom } from "./request-limit.ts"
import { tipFacts } from "./tip-facts.ts"
import type { VisitDraft } from "./visit-draft.ts"
import type { VisitTimeouts } from "./visit-timeouts.ts"

const maxBanner = 65_536
const maxDonationAddress = 1024

/** What a server's reply teaches. The one place that knows which probe fills which field. */
const learn = (draft: VisitDraft, probe: Probe, reply: Reply): void => {
  draft.observe(probe, reply)
  if (reply.outcome !== "ok") return
  const { result } = reply
  if (probe.method === blockHeader) {
    const header = shownHeader(Number(probe.params[0]), result as string)
    if (header !== undefined) draft.show(header)
    return
  }
  switch (probe.method.name) {
    case "server.banner":
      draft.banner = result === null ? null : cutText(result as string, maxBanner)
      draft.bannerOctets = bannerOctets(reply)
      break
    case "server.donation_address":
      draft.donationAddress = result === null ? null : cutText(result as string, maxDonationAddress)
      break
    case "blockchain.headers.subscribe":
      draft.tip = tipFacts(result as { readonly hex: string; readonly height: number })
      break
    case "server.peers.subscribe":
      draft.peers.add(result as ReadonlyArray<unknown>, { octets: reply.elementOctets })
      break
    case "server.features":
      draft.features = featuresFacts(result as Readonly<Record<string, unknown>>)
  }
}

const areLost = (replies: ReadonlyArray<Reply>): boolean => replies.every(({ outcome }) => outcome === "timeout")

const methodsOf = (replies: ReadonlyArray<Reply>): number => new Set(replies.map(({ request }) => request.method)).size

/**
 * Why nothing more should be asked; null when more may be. One kind of question may
 * fall on deaf ears once: the next one tells whether it was the question.
 *
 * @param lost nothing of this packet was answered, and nothing of the one before
 */
const reasonToLeave = (session: Session, replies: ReadonlyArray<Reply>, lost: { readonly now: boolean; readonly before: boolean }): string | null => {
  if (session.ended !== null) return `the connection had ended: ${session.endDetail ?? session.ended}`
  if (replies.some((reply) => reply.outcome === "throttled")) return "the server asked for less"
  if (lost.now && (methodsOf(replies) > 1 || lost.before)) return "the server had stopped answering"
  return null
}

/** Methods whose replies may be long: the first leaves alone of its kind. */
const mayBeLong = ({ lineBound }: Method): boolean => lineBound > lineBounds.text

/** Why no more of its kind should be asked for; null when more may be. Who is silent about one script may know others. */
const reasonForNoMore = ({ bytes, outcome, request: { method } }: Reply): string | null => {
  if (mayBeLong(method) && (outcome === "too large" || bytes > lineBounds.text)) return longEnough
  return method === serverPeersSubscribe && outcome === "timeout" ? "the round before brought no list" : null
}

/**
 * The probes that may leave in one packet now: were each of them answered with
 * an error, the visit would still be within its limit; and were one answered at
 * great length, no other of its kind would be, unless that was `tried` before.
 */
export const packetOf = (probes: ReadonlyArray<Probe>, errorsLeft: number, tried: ReadonlySet<Method>): ReadonlyArray<Probe> => {
  const end = probes.findIndex(({ method }, i) =>
    mayBeLong(method) && !tried.has(method) && probes.slice(0, i).some((earlier) => earlier.method === method))
  return probes.slice(0, Math.max(0, end === -1 ? errorsLeft : Math.min(end, errorsLeft)))
}

/**
 * What is asked of one server after the handshake, packet by packet, within the
 * visit's time and room: `leave` says why nothing more is, once that is so. What
 * every kind of visit has in common; which questions, and in which order, is theirs.
 */
export class Asking {
  readonly #session: Session
  readonly #draft: VisitDraft
  readonly #room: VisitRoom
  readonly #exchangeMs: number
  readonly #until: number
  /** Nothing of the packet before was answered. */
  #lostBefore = true
  readonly #tried = new Set<Method>()
  /** Methods of which there will be no more, and why. */
  readonly #noMore = new Map<Method, string>()
  /** Null while more may be asked. */
  leave: string | null

  constructor(session: Session, draft: VisitDraft, room: VisitRoom, timeouts: VisitTimeouts) {
    this.#session = session
    this.#draft = draft
    this.#room = room
    this.#exchangeMs = timeouts.exchangeMs
    this.#until = draft.now() + timeouts.sessionMs
    // The handshake may have brought errors.
    this.leave = this.#noRoom()
  }

  /** Errors that the visit may still bring the server. */
  get errorsLeft(): number {
    return this.#room.errors - this.#draft.errors - this.#session.strayErrors
  }

  /** No more of this method will be asked. */
  isOver(method: Method): boolean {
    return this.#noMore.has(method)
  }

  /** Decides to leave where the session has had its time. */
  lookAtClock(): void {
    if (this.leave === null && this.#until <= this.#draft.now()) this.leave = "the session had taken its time"
  }

  /** Decides the chain by the headers shown; a server of another one has failed the visit, and is asked nothing more. */
  decideChain(): ChainVerdict {
    const verdict = this.#draft.decideChain()
    if (verdict.verdict === "other") {
      const wrong = verdict.headers.map(({ hash, height }) => `${hash} at ${height}`).join(", ")
      this.#draft.fail({
        reason: "other network",
        phase: "session",
        detail: `${verdict.chain ?? "unknown chain"}: header ${wrong}`
      })
      this.leave = "the server is of another chain"
    }
    return verdict
  }

  #noRoom(): string | null {
    if (this.errorsLeft <= 0) return errorsEnough(this.#room)
    return this.#draft.spent(this.#session) >= this.#room.units ? unitsEnough : null
  }

  /** One packet; the replies in the order asked. */
  readonly ask = (probes: ReadonlyArray<Probe>): Effect.Effect<ReadonlyArray<Reply>> =>
    Effect.suspend(() => {
      const left = Math.max(0, Math.min(this.#exchangeMs, this.#until - this.#draft.now()))
      return Effect.map(this.#session.exchange(probes, left), (replies) => this.#learn(probes, replies))
    })

  #learn(probes: ReadonlyArray<Probe>, replies: ReadonlyArray<Reply>): ReadonlyArray<Reply> {
    probes.forEach((probe, i) => {
      learn(this.#draft, probe, replies[i]!)
      this.#tried.add(probe.method)
      const why = reasonForNoMore(replies[i]!)
      if (why !== null) this.#noMore.set(probe.method, why)
    })
    this.#draft.shortenLists()
    this.#session.retained = this.#draft.keptCharacters + this.#draft.peers.characters
    const lost = { now: areLost(replies), before: this.#lostBefore }
    this.leave = reasonToLeave(this.#session, replies, lost) ?? this.#noRoom()
    this.#lostBefore = lost.now
    return replies
  }

  /** Replies to as many of the probes as could be asked, in their order; the others are left out. */
  readonly askAll = (probes: ReadonlyArray<Probe>): Effect.Effect<ReadonlyMap<Probe, Reply>> => {
    const replies = new Map<Probe, Reply>()
    const next = (rest: ReadonlyArray<Probe>): Effect.Effect<ReadonlyMap<Probe, Reply>> => {
      if (rest.length > 0) this.lookAtClock()
      // Errors may have come late, as answers to nothing.
      this.leave ??= this.#noRoom()
      const packet = this.leave === null ? packetOf(rest, this.errorsLeft, this.#tried) : []
      if (packet.length === 0) {
        for (const probe of rest) this.#draft.leaveOut(probe, this.leave!)
        return Effect.succeed(replies)
      }
      return Effect.flatMap(this.ask(packet), (answered) => {
        packet.forEach((probe, i) => replies.set(probe, answered[i]!))
        return next(this.#wanted(rest.slice(packet.length)))
      })
    }
    return Effect.suspend(() => next(probes))
  }

  /** Without those of which one reply was long enough, which are left out. */
  #wanted(probes: ReadonlyArray<Probe>): ReadonlyArray<Probe> {
    if (this.leave !== null || this.#noMore.size === 0) return probes
    for (const probe of probes) if (this.#noMore.has(probe.method)) this.#draft.leaveOut(probe, this.#noMore.get(probe.method)!)
    return probes.filter(({ method }) => !this.#noMore.has(method))
  }
}
