import { scripthashOf } from "../bitcoin/hash.ts"
import type { ScriptForm } from "../bitcoin/script.ts"
import { simulatedChain, type SimulatedChainName } from "./chain.ts"
import { Ledger } from "./ledger.ts"
import { publicScripts, publicScriptsEnd } from "./public-scripts.ts"

/** What every honest server of a simulated chain answers about a public script, as a chain's data can pin it. */
export interface PublicHistory {
  /** e.g. `P2WPKH-2`. */
  readonly name: string
  readonly form: ScriptForm
  /** Output script in hex. */
  readonly script: string
  readonly scripthash: string
  readonly address: string
  /** Anybody may pay to it later: the entries below this height are complete. */
  readonly below: number
  readonly entries: ReadonlyArray<{ readonly txid: string; readonly height: number }>
  /** Satoshi that are unspent at that height. */
  readonly balance: number
}

/** The histories of all public scripts of a chain; the same for every seed and scenario. */
export const publicHistories = (chain: SimulatedChainName): ReadonlyArray<PublicHistory> => {
  const ledger = new Ledger(simulatedChain(chain).blocks)
  const everything = { has: () => true, holds: () => false }
  return publicScripts(chain).map(({ name, form, script, address }) => {
    const scripthash = scripthashOf(script)
    return {
      name,
      form,
      script,
      scripthash,
      address,
      below: publicScriptsEnd,
      entries: ledger.history(scripthash, everything),
      balance: ledger.balance(scripthash, everything).confirmed
    }
  })
}
