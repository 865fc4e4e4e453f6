import { Effect } from "effect"
import type { Chain } from "../domain/chain.ts"
import { blockHeader, lineBounds, type Method, serverPeersSubscribe } from "../electrum/methods.ts"
import { cutText } from "../electrum/reply-text.ts"
import type { Reply } from "../electrum/reply.ts"
import type { Session } from "../electrum/session.ts"
import { bannerOctets } from "./banner-octets.ts"
import { featuresProbe, peersProbe, pipelinedProbes, type Probe } from "./catalogue.ts"
import { shownHeader } from "./chain-check.ts"
import { dataProbes, idlePings } from "./data-probes.ts"
import { featuresFacts } from "./features-facts.ts"
import { judgeData, judgeFeatures, scriptsNotAsked } from "./responses/judge-data.ts"
import { errorsEnough, longEnough, peerRoundsFor, unitsEnough, type VisitRoom } from "./request-limit.ts"
import { tipFacts } from "./tip-facts.ts"
import type { VisitDraft } from "./visit-draft.ts"
import type { VisitTimeouts } from "./visit-timeouts.ts"

/** With `auto`: the estimated unseen mass that is small enough. */
const smallMass = 0.05

/** Rounds per packet: each may bring a list of 2 MB. */
const roundsPerPacket = 2

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

const wantsMoreRounds = (draft: VisitDraft, isAuto: boolean, asked: number, limit: number): boolean => {
  if (!isAuto) return asked < limit
  return asked < limit && !draft.peers.repeated && (draft.peers.unseenMass() ?? 0) > smallMass
}

const isLost = ({ outcome }: Reply): boolean => outcome === "timeout"

const methodsOf = (replies: ReadonlyArray<Reply>): number => new Set(replies.map(({ request }) => request.method)).size

/**
 * Why nothing more should be asked; null when more may be. One kind of question may
 * fall on deaf ears once: the next one tells whether it was the question.
 */
const reasonToLeave = (session: Session, replies: ReadonlyArray<Reply>, before: ReadonlyArray<Reply>): string | null => {
  if (session.ended !== null) return `the connection had ended: ${session.endDetail ?? session.ended}`
  if (replies.some((reply) => reply.outcome === "throttled")) return "the server asked for less"
  const unanswered = replies.every(isLost)
  if (unanswered && (methodsOf(replies) > 1 || before.every(isLost))) return "the server had stopped answering"
  return null
}

const tookItsTime = "the session had taken its time"

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
 * Everything after the handshake: what it says about itself and its chain,
 * rounds of peers while they teach something, data, pings on the then idle
 * session, `server.features` last. Ends early, keeping what was learned, when
 * the server is of another chain, throttles, goes silent, or used up the
 * visit's room; no packet is larger than the errors left.
 */
export const converse = Effect.fnUntraced(function*(
  session: Session,
  draft: VisitDraft,
  options: { readonly chain: Chain; readonly peerRounds: number | "auto"; readonly room: VisitRoom },
  timeouts: VisitTimeouts
): Effect.fn.Return<void> {
  const { room } = options
  const until = draft.now() + timeouts.sessionMs
  const errorsLeft = (): number => room.errors - draft.errors - session.strayErrors
  const noRoom = (): string | null => {
    if (errorsLeft() <= 0) return errorsEnough(room)
    return draft.spent(session) >= room.units ? unitsEnough : null
  }
  let rounds = 0
  // The handshake may have brought errors.
  let leave: string | null = noRoom()
  let before: ReadonlyArray<Reply> = []
  const tried = new Set<Method>()
  /** Methods of which there will be no more, and why. */
  const noMore = new Map<Method, string>()

  const ask = Effect.fnUntraced(function*(probes: ReadonlyArray<Probe>) {
    const left = Math.max(0, Math.min(timeouts.exchangeMs, until - draft.now()))
    const replies = yield* session.exchange(probes, left)
    probes.forEach((probe, i) => {
      learn(draft, probe, replies[i]!)
      tried.add(probe.method)
      const why = reasonForNoMore(replies[i]!)
      if (why !== null) noMore.set(probe.method, why)
    })
    session.retained = draft.keptCharacters + draft.peers.characters
    leave = reasonToLeave(session, replies, before) ?? noRoom()
    before = replies
    return replies
  })

  /** Replies to as many of the probes as could be asked, in their order; the others are left out. */
  const askAll = Effect.fnUntraced(function*(probes: ReadonlyArray<Probe>) {
    const replies = new Map<Probe, Reply>()
    let rest = probes
    while (leave === null && rest.length > 0) {
      if (until <= draft.now()) {
        leave = tookItsTime
        break
      }
      const packet = packetOf(rest, errorsLeft(), tried)
      const answered = yield* ask(packet)
      packet.forEach((probe, i) => replies.set(probe, answered[i]!))
      rest = rest.slice(packet.length)
      if (leave !== null) break
      for (const probe of rest) if (noMore.has(probe.method)) draft.leaveOut(probe, noMore.get(probe.method)!)
      rest = rest.filter(({ method }) => !noMore.has(method))
    }
    for (const probe of rest) draft.leaveOut(probe, leave!)
    return replies
  })

  const peerPacket = (limit: number): ReadonlyArray<Probe> =>
    Array.from({ length: Math.min(limit, roundsPerPacket) }, () => peersProbe(++rounds))

  const ping = Effect.fnUntraced(function*() {
    let refused = 0
    for (const probe of idlePings) {
      if (refused > 1) {
        draft.leaveOut(probe, "two pings were answered with errors")
        continue
      }
      const { latencyMs, outcome } = (yield* ask([probe]))[0]!
      if (outcome === "ok" && latencyMs !== null) draft.pinged(latencyMs)
      if (leave !== null) return
      if (outcome === "error") refused++
    }
  })

  const isAuto = options.peerRounds === "auto"
  const limit = Math.min(peerRoundsFor(options.chain), options.peerRounds === "auto" ? Infinity : options.peerRounds)
  const first = isAuto ? Math.min(roundsPerPacket, limit) : limit
  yield* askAll([...pipelinedProbes(options.chain), ...peerPacket(first)])
  const verdict = draft.decideChain()
  if (verdict.verdict === "other") {
    const wrong = verdict.headers.map(({ hash, height }) => `${hash} at ${height}`).join(", ")
    draft.fail({
      reason: "other network",
      phase: "session",
      detail: `${verdict.chain ?? "unknown chain"}: header ${wrong}`
    })
    leave = "the server is of another chain"
  }
  while (leave === null && !noMore.has(serverPeersSubscribe) && wantsMoreRounds(draft, isAuto, rounds, limit)) {
    if (until <= draft.now()) {
      leave = tookItsTime
      break
    }
    const answered = draft.peers.asked
    yield* askAll(peerPacket(limit - rounds))
    // A server that no longer gives its list will not give it in the next round either.
    if (draft.peers.asked === answered) break
  }
  if (leave === null && until <= draft.now()) leave = tookItsTime
  if (leave === null) {
    const probes = dataProbes(options.chain, draft.protocol)
    const replies = yield* askAll(probes.all)
    draft.judge(judgeData(probes, replies, { tip: draft.tip?.height ?? null, isOfChain: verdict.verdict === "same", left: leave }))
    if (probes.histories.length === 0) draft.judge(scriptsNotAsked(`no public scripts of ${options.chain.name} are known`))
    if (draft.isPadded) draft.untimed = "replies are padded, and held back for that"
    else if (leave === null) yield* ping()
  } else draft.judge(scriptsNotAsked(leave))
  draft.untimed ??= leave
  if (leave === null) draft.judge([judgeFeatures((yield* ask([featuresProbe]))[0]!)])
  else draft.leaveOut(featuresProbe, leave)
})
