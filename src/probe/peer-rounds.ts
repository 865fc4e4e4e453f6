import { Effect } from "effect"
import { serverPeersSubscribe } from "../electrum/methods.ts"
import type { Asking } from "./asking.ts"
import { peersProbe, type Probe } from "./catalogue.ts"
import type { ConversationOptions } from "./conversation-options.ts"
import { peerRoundsFor } from "./request-limit.ts"
import type { VisitDraft } from "./visit-draft.ts"

/** With `auto`: the estimated unseen mass that is small enough. */
const smallMass = 0.05

/** Rounds per packet: each may bring a list of 2 MB. */
const roundsPerPacket = 2

/** Rounds of `server.peers.subscribe`, counted over all packets. */
export class PeerRounds {
  readonly isAuto: boolean
  /** Rounds at the most. */
  readonly limit: number
  #asked = 0

  constructor({ chain, peerRounds }: Pick<ConversationOptions, "chain" | "peerRounds">) {
    this.isAuto = peerRounds === "auto"
    this.limit = Math.min(peerRoundsFor(chain), peerRounds === "auto" ? Infinity : peerRounds)
  }

  /** The next rounds, so many at the most. */
  next(most = roundsPerPacket): ReadonlyArray<Probe> {
    return Array.from({ length: Math.min(this.limit - this.#asked, most) }, () => peersProbe(++this.#asked))
  }

  /** Asks on while more rounds are wanted: all that were asked for, or while lists teach something. */
  readonly goOn = (asking: Asking, draft: VisitDraft): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (asking.leave !== null || asking.isOver(serverPeersSubscribe) || !this.#areMoreWanted(draft)) return Effect.void
      asking.lookAtClock()
      if (asking.leave !== null) return Effect.void
      const answered = draft.peers.asked
      return Effect.flatMap(asking.askAll(this.next()), () =>
        // A server that no longer gives its list will not give it in the next round either.
        draft.peers.asked === answered ? Effect.void : this.goOn(asking, draft))
    })

  #areMoreWanted({ peers }: VisitDraft): boolean {
    if (this.#asked >= this.limit) return false
    return !this.isAuto || (!peers.repeated && (peers.unseenMass() ?? 0) > smallMass)
  }
}
