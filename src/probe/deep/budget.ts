import { mostFurther } from "../../domain/public-script.ts"
import {
  blockHeader,
  blockHeaders,
  electrumxCost,
  headersSubscribe,
  scripthashGetHistory,
  scripthashListUnspent,
  scripthashSubscribe,
  serverFeatures,
  serverVersion,
  transactionGet,
  transactionGetMerkle
} from "../../electrum/methods.ts"
import { type DeepDialogue, deepDialogues } from "./catalogue.ts"

/** What a deep visit asks: the usual dialogues, or the one with invalid JSON, which costs more than all others. */
export type DeepChoice = "usual" | "invalid json"

/**
 * Errors that a deep visit makes at the most. Fulcrum ends a connection at ten;
 * ElectrumX charges 100 units each, and a regular visit shortly before has to
 * fit under the same limit.
 */
export const mostErrors = 5

/** Errors of these that questions for proofs may bring: enough is left to see how malformed requests are answered. */
export const mostProofErrors = 3

/** What ElectrumX charges for a line that is no JSON, the error counted (protocol-facts 7.1). */
export const invalidJsonCost = 1100

/**
 * Errors beyond those, where what no server answers with an error is: the last probe
 * is then a batch of two, and the good ping behind it fails as well.
 */
const unexpectedErrors = 2

/** Handshake of a dialogue, and good pings with its probes. */
const unitsOf = ({ handshake, probes }: DeepDialogue): number =>
  electrumxCost.connection + (handshake ? 0.5 : 0)
  + probes.reduce((sum, { after, units }) => sum + units + (after === "ping" ? 0.1 : 0), 0)

/**
 * Questions for proofs, as if each was asked again: connection, handshake, and
 * the methods at their dearest. Not known by chain: as of the one that asks most.
 */
const proofUnits = electrumxCost.connection + serverVersion.cost
  + 2 * [
    { method: scripthashGetHistory, times: 1 + mostFurther },
    { method: transactionGet, times: 1 },
    { method: transactionGetMerkle, times: 2 },
    { method: blockHeader, times: 2 },
    { method: scripthashListUnspent, times: 1 },
    { method: scripthashSubscribe, times: 1 },
    { method: headersSubscribe, times: 2 },
    { method: blockHeaders, times: 1 },
    { method: serverFeatures, times: 2 }
  ].reduce((sum, { method, times }) => sum + times * method.cost, 0)

/** Bandwidth: no reply of all this is longer than a few padded kilobytes. */
const bandwidth = 8

export const dialoguesOf = (choice: DeepChoice): ReadonlyArray<DeepDialogue> =>
  deepDialogues.filter(({ when }) => (when === "invalid json") === (choice === "invalid json"))

/**
 * What a deep visit costs at the most, in ElectrumX units, where good pings are
 * answered well. There has to be room for so much.
 */
export const deepAllowance = (choice: DeepChoice): number =>
  Math.ceil(
    dialoguesOf(choice).reduce((sum, dialogue) => sum + unitsOf(dialogue), bandwidth)
    + (choice === "usual" ? proofUnits + electrumxCost.error * mostErrors : invalidJsonCost)
  )

/**
 * What a deep visit costs at the most, whatever it is answered. Booked before the
 * first connection, so that a crash forgets nothing.
 */
export const deepBooking = (choice: DeepChoice): number => deepAllowance(choice) + unexpectedErrors * electrumxCost.error
