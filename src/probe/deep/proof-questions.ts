import { type Chain, expectedHash } from "../../domain/chain.ts"
import { furtherScriptsOf, type HistoryEntry, type PublicScript, publicScriptsOf, scripthashOf } from "../../domain/public-script.ts"
import {
  blockHeader,
  headersSubscribe,
  scripthashGetHistory,
  scripthashListUnspent,
  scripthashSubscribe,
  transactionGet,
  transactionGetMerkle
} from "../../electrum/methods.ts"
import type { Probe } from "../catalogue.ts"

/**
 * Well-formed questions about one pinned transaction and one public script, by
 * which lies can be proven: asked at the beginning of a deep visit, on a
 * connection of their own, and stored as observations `deep/NAME`.
 */
export interface ProofQuestions {
  readonly script: PublicScript
  /** The transaction, and its block. */
  readonly entry: HistoryEntry
  /** The block hash where its height decides the chain; undefined elsewhere. */
  readonly blockHash: string | undefined
  readonly history: Probe
  readonly transaction: Probe
  readonly merkle: Probe
  readonly header: Probe
  readonly unspent: Probe
  readonly status: Probe
  readonly tip: Probe
  /** About scripts that no other visit asks for. */
  readonly further: ReadonlyArray<FurtherHistory>
}

/** A question for the history of one more public script. */
export interface FurtherHistory {
  readonly script: PublicScript
  readonly probe: Probe
}

/** A script with something known to be unspent, else one of which that is not known; of these the shortest history. */
const chosenScript = (scripts: ReadonlyArray<PublicScript>): PublicScript | undefined => {
  const rank = ({ balance }: PublicScript): number => balance === null ? 1 : balance > 0 ? 0 : 2
  return scripts.toSorted((a, b) => rank(a) - rank(b) || a.entries.length - b.entries.length)[0]
}

const tip: Probe = {
  name: "tip",
  method: headersSubscribe,
  params: [],
  harmless: "every wallet keeps this subscription; ours ends with the connection",
  tells: "where the headers that it shows have to end"
}

const furtherHistory = (script: PublicScript): FurtherHistory => ({
  script,
  probe: {
    name: `further history#${script.name}`,
    method: scripthashGetHistory,
    params: [scripthashOf(script.script)],
    harmless: "public knowledge about a script with at most twenty known entries",
    tells: "whether it tells what is in the chain of more than the scripts that every visit asks for"
  }
})

/** What is asked of a server of a chain; undefined where no entry is pinned. */
export const proofQuestions = (chain: Chain): ProofQuestions | undefined => {
  const script = chosenScript(publicScriptsOf(chain.name))
  if (script === undefined) return undefined
  const { height, txid } = script.entries.find((entry) => expectedHash(chain, entry.height) !== undefined) ?? script.entries.at(-1)!
  const scripthash = scripthashOf(script.script)
  return {
    script,
    entry: { height, txid },
    blockHash: expectedHash(chain, height),
    history: {
      name: "history",
      method: scripthashGetHistory,
      params: [scripthash],
      harmless: "public knowledge about a script with at most twenty known entries",
      tells: "what status and unspent outputs have to fit"
    },
    transaction: {
      name: "transaction",
      method: transactionGet,
      params: [txid],
      harmless: "a transaction that everybody may read, asked once",
      tells: "whether it hands out what it is asked for: the hash of the bytes is the id"
    },
    merkle: {
      name: "merkle proof",
      method: transactionGetMerkle,
      params: [txid, height],
      harmless: "what wallets ask of each of their transactions",
      tells: "whether its proof leads to the block"
    },
    header: {
      name: `header#${height}`,
      method: blockHeader,
      params: [height],
      harmless: "80 bytes of public chain data, read from a file without asking the node",
      tells: "the root that the proof has to lead to, and its work"
    },
    unspent: {
      name: "unspent",
      method: scripthashListUnspent,
      params: [scripthash],
      harmless: "public knowledge about a script with at most twenty known entries",
      tells: "whether its outputs are those of the transactions, and sum up to what is known"
    },
    status: {
      name: "status",
      method: scripthashSubscribe,
      params: [scripthash],
      harmless: "one script that nobody pays to any more; the subscription ends with the connection",
      tells: "whether the status is the hash of its own history"
    },
    tip,
    further: furtherScriptsOf(chain.name).map(furtherHistory)
  }
}

/**
 * In the order asked, before what follows from the answers and the further histories. Scripts whose answers may be long, since anybody can pay
 * to them, stand before what is always short: they do not share a packet.
 */
export const proofProbes = (questions: ProofQuestions): ReadonlyArray<Probe> => {
  const { header, history, merkle, status, tip, transaction, unspent } = questions
  return [transaction, history, unspent, header, status, merkle, tip]
}
