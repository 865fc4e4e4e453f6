import type { Chain } from "../domain/chain.ts"
import { featuresProbe, pipelinedProbes } from "./catalogue.ts"
import { dataProbes, idlePings } from "./data-probes.ts"

/** Requests of a regular visit at the most, a second handshake included. */
export const mostRequests = 40

/**
 * Errors that a visit may bring a server at the most, its handshake included.
 * ElectrumX charges each of them a hundred units, Fulcrum closes on ten.
 */
export const mostErrors = 6

/**
 * What a visit may bring a server, whatever it answers: errors, and units of
 * ElectrumX's, those of the errors with them. A visit sends no packet that could
 * bring more errors than are left, and nothing more once the units are used up.
 */
export interface VisitRoom {
  readonly errors: number
  readonly units: number
}

/** All that a visit may ever bring a server: for those of which nobody keeps books. */
export const wholeRoom: VisitRoom = { errors: mostErrors, units: 700 }

/** Why a visit ended that had no errors left. */
export const errorsEnough = ({ errors }: VisitRoom): string => `${errors} errors were enough`

/** Why a visit ended whose units were used up. */
export const unitsEnough = "its answers cost too much"

/** Why no more of a kind was asked, where one reply was long: each byte is on the server's books. */
export const longEnough = "a reply of its kind was long enough"

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
