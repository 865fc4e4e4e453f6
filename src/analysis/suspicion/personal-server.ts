import type { ServerEvidence } from "./evidence.ts"

/**
 * Servers for one's own wallets, as they call themselves: they index the scripts
 * of these alone, answer that any other has no history, and, without an index of
 * transactions, with proofs that are none, for wallets that do not check.
 * Sources: bwt 0.2, src/electrum/server.rs, `blockchain_scripthash_get_history`
 * and `blockchain_transaction_get_merkle`; Electrum Personal Server 0.2.4,
 * electrumpersonalserver/server/electrumprotocol.py, `handle_query`.
 */
const names = /^(?:bwt|ElectrumPersonalServer) v?[0-9]+(?:\.[0-9]+)*$/

/** What behaves like these, as far as behaviour is identified: both are like romanz's electrs at the most. */
const behavesSo = (implementation: string | null): boolean => implementation === null || implementation.includes("electrs")

/** It says in each visit that it is one, and does not behave like something else. */
export const isPersonal = ({ visits }: Pick<ServerEvidence, "visits">): boolean =>
  visits.length > 0 && visits.every(({ implementation, software }) => software !== null && names.test(software) && behavesSo(implementation))

export const personal = "it calls itself a server for its owner's wallets, which knows no other scripts and cannot prove other transactions"
