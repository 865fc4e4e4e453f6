import { decodeTransaction } from "../bitcoin/decoded-transaction.ts"

/**
 * What bitcoind says to a transaction that somebody wants broadcast: nothing is
 * ever taken, since no simulated node has what a stranger wants to spend.
 */
export const broadcastRefusal = (raw: string): { readonly code: number; readonly message: string } =>
  decodeTransaction(raw) === undefined
    ? { code: -22, message: "TX decode failed. Make sure the tx has at least one input." }
    : { code: -25, message: missingInputs }

/** Why it takes no transaction that can be read. */
export const missingInputs = "bad-txns-inputs-missingorspent"

/** What it says to a package with something in it that is no transaction. */
export const packageRefusal = (raw: string): string =>
  `TX decode failed: ${raw} Make sure the tx has at least one input.`

/** What it says to who asks for a transaction that it does not know (code -5). */
export const unknownTransaction =
  "No such mempool or blockchain transaction. Use gettransaction for wallet transactions."

/** One of its errors as ElectrumX passes it on, and Fulcrum after it. */
export const daemonError = (code: number, message: string): string =>
  `daemon error: DaemonError({'code': ${code}, 'message': '${message}'})`

/** What it says to who asks for a fee estimate for too few or too many blocks (code -8). */
export const invalidTarget = "Invalid conf_target, must be between 1 and 1008"
