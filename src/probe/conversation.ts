import { Effect } from "effect"
import type { Session } from "../electrum/session.ts"
import { Asking } from "./asking.ts"
import { featuresProbe, pipelinedProbes } from "./catalogue.ts"
import type { ConversationOptions } from "./conversation-options.ts"
import { dataProbes, idlePings } from "./data-probes.ts"
import { PeerRounds } from "./peer-rounds.ts"
import { judgeData, judgeFeatures, scriptsNotAsked } from "./responses/judge-data.ts"
import { converseForTopology } from "./topology-conversation.ts"
import type { VisitDraft } from "./visit-draft.ts"
import type { VisitTimeouts } from "./visit-timeouts.ts"

/**
 * Everything after the handshake: what it says about itself and its chain,
 * rounds of peers while they teach something, data, pings on the then idle
 * session, `server.features` last. Ends early, keeping what was learned, when
 * the server is of another chain, throttles, goes silent, or used up the
 * visit's room; no packet is larger than the errors left.
 */
const converseFully = Effect.fnUntraced(function*(
  asking: Asking,
  draft: VisitDraft,
  options: ConversationOptions
): Effect.fn.Return<void> {
  const ping = Effect.fnUntraced(function*() {
    let refused = 0
    for (const probe of idlePings) {
      if (refused > 1) {
        draft.leaveOut(probe, "two pings were answered with errors")
        continue
      }
      const { latencyMs, outcome } = (yield* asking.ask([probe]))[0]!
      if (outcome === "ok" && latencyMs !== null) draft.pinged(latencyMs)
      if (asking.leave !== null) return
      if (outcome === "error") refused++
    }
  })

  const rounds = new PeerRounds(options)
  yield* asking.askAll([...pipelinedProbes(options.chain), ...rounds.next(rounds.isAuto ? undefined : rounds.limit)])
  const verdict = asking.decideChain()
  yield* rounds.goOn(asking, draft)
  asking.lookAtClock()
  if (asking.leave === null) {
    const probes = dataProbes(options.chain, draft.protocol)
    const replies = yield* asking.askAll(probes.all)
    draft.judge(judgeData(probes, replies, { tip: draft.tip?.height ?? null, isOfChain: verdict.verdict === "same", left: asking.leave }))
    if (probes.histories.length === 0) draft.judge(scriptsNotAsked(`no public scripts of ${options.chain.name} are known`))
    if (draft.isPadded) draft.untimed = "replies are padded, and held back for that"
    else if (asking.leave === null) yield* ping()
  } else draft.judge(scriptsNotAsked(asking.leave))
  draft.untimed ??= asking.leave
  if (asking.leave === null) draft.judge([judgeFeatures((yield* asking.ask([featuresProbe]))[0]!)])
  else draft.leaveOut(featuresProbe, asking.leave)
})

/** The conversation that a visit of this scope has after the handshake. */
export const converse = (
  session: Session,
  draft: VisitDraft,
  options: ConversationOptions,
  timeouts: VisitTimeouts
): Effect.Effect<void> => {
  const asking = new Asking(session, draft, options.room, timeouts)
  return options.scope === "topology" ? converseForTopology(asking, draft, options) : converseFully(asking, draft, options)
}
