import { Effect } from "effect"
import type { Chain } from "../domain/chain.ts"
import { rememberingOf } from "../domain/remembering.ts"
import { topologyVisit } from "../domain/visit.ts"
import { serverBanner, serverDonationAddress, serverPing } from "../electrum/methods.ts"
import type { Asking } from "./asking.ts"
import { featuresProbe, pipelinedProbes, type Probe } from "./catalogue.ts"
import type { ConversationOptions } from "./conversation-options.ts"
import { PeerRounds } from "./peer-rounds.ts"
import { judgeFeatures } from "./responses/judge-data.ts"
import type { VisitDraft } from "./visit-draft.ts"

/** What does not decide the chain: may wait for the second packet. */
const others: ReadonlySet<unknown> = new Set([serverBanner, serverDonationAddress, serverPing])

/** What is asked of a chain's servers, those that may wait last. */
const orderedProbes = rememberingOf((chain: Chain): ReadonlyArray<Probe> =>
  pipelinedProbes(chain).toSorted((a, b) => Number(others.has(a.method)) - Number(others.has(b.method))))

/**
 * Who is there, on which chain, and whom it lists, in as few round trips as there
 * may be: tip and headers with the first list, so that whoever is of another chain
 * is asked nothing more; then what else it says about itself, with the second list
 * and `server.features`, on which some servers close, as the last line. No packet is
 * larger than the errors left, so where less of them are there are more packets.
 */
export const converseForTopology = Effect.fnUntraced(function*(
  asking: Asking,
  draft: VisitDraft,
  options: ConversationOptions
): Effect.fn.Return<void> {
  draft.untimed = topologyVisit
  const rounds = new PeerRounds(options)
  const probes = orderedProbes(options.chain)
  // A list without end costs no other reply of its packet when it is the last one.
  const together = Math.max(asking.errorsLeft - 1, probes.findIndex(({ method }) => others.has(method)))
  yield* asking.askAll([...probes.slice(0, together), ...rounds.next(1)])
  asking.decideChain()
  const features = rounds.isAuto ? [] : [featuresProbe]
  const replies = yield* asking.askAll([...probes.slice(together), ...rounds.next(rounds.isAuto ? 1 : rounds.limit), ...features])
  yield* rounds.goOn(asking, draft)
  const reply = rounds.isAuto ? (yield* asking.askAll([featuresProbe])).get(featuresProbe) : replies.get(featuresProbe)
  if (reply !== undefined) draft.judge([judgeFeatures(reply)])
})
