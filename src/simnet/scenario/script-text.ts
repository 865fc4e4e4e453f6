import { Schema } from "effect"
import { scriptOfAddress } from "../bitcoin/address.ts"
import { chainDefinitions, type SimulatedChainName } from "../chain/chain-definitions.ts"
import { publicScripts } from "../chain/public-scripts.ts"

/** How a scenario names an output script. */
export const ScriptText = Schema.NonEmptyString.annotate({
  description: "An address of the chain, an output script in hex, or the name of a public script such as P2WPKH-2: P2PKH, P2SH, P2WPKH, P2WSH and P2TR have four each. About others than these nothing is known to who looks."
})

/** The output script (hex) of such a text; undefined where it names none. */
export const scriptOf = (text: string, chain: SimulatedChainName): string | undefined =>
  publicScripts(chain).find((script) => script.name === text)?.script ??
  scriptOfAddress(text, chainDefinitions[chain].addresses) ??
  (/^([0-9a-f]{2}){1,100}$/.test(text) ? text : undefined)

/** What is wrong with such a text; undefined where nothing is. */
export const scriptProblem = (text: string, chain: SimulatedChainName): string | undefined =>
  scriptOf(text, chain) === undefined
    ? `${text} is no address of ${chain}, no script in hex and no public script`
    : undefined
