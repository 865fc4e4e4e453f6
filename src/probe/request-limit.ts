import type { Chain } from "../domain/chain.ts"
import { featuresProbe, pipelinedProbes } from "./catalogue.ts"
import { dataProbes, idlePings } from "./data-probes.ts"

/** Requests of a regular visit at the most, a second handshake included. */
export const mostRequests = 40

/** Rounds of peers at the most; what the cost ledger expects a visit to cost holds for so many. */
export const mostPeerRounds = 6

/** A refused version earns a second handshake. */
const handshakes = 2

/** Rounds of peers that leave room for everything else a visit to a server of this chain asks. */
export const peerRoundsFor = (chain: Chain): number => {
  // As many with either protocol.
  const others = handshakes + pipelinedProbes(chain).length + dataProbes(chain, null).all.length + idlePings.length + [featuresProbe].length
  return Math.min(mostPeerRounds, mostRequests - others)
}
