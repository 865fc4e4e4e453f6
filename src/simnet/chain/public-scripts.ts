import { addressOfScript } from "../bitcoin/address.ts"
import { outputScript, programLength, type ScriptForm, scriptForms } from "../bitcoin/script.ts"
import { SeededRandom } from "../draw/random.ts"
import { chainDefinitions, type SimulatedChainName } from "./chain-definitions.ts"
import type { Payment } from "./payments.ts"

/**
 * A script with a history that ended long ago, for asking servers about it.
 * The same in every simulation of its chain.
 */
export interface PublicScript {
  /** e.g. `P2WPKH-2`. */
  readonly name: string
  readonly form: ScriptForm
  /** Output script in hex. */
  readonly script: string
  readonly address: string
  readonly payments: ReadonlyArray<Payment>
}

/** Public scripts have no entries at or above this height, unless a scenario plants some. */
export const publicScriptsEnd = 900

const perForm = 4

const makeScript = (chain: SimulatedChainName, form: ScriptForm, number: number): PublicScript => {
  const name = `${form}-${number}`
  const random = new SeededRandom(`public scripts of ${chain}/${name}`)
  const script = outputScript(form, random.bytes(programLength(form)))
  // The first of each form has one entry, the others up to twenty.
  const entries = number === 1 ? 1 : random.integer(2, 20)
  const spends = random.integer(0, Math.floor(entries / 2))
  const payments = Array.from({ length: entries - spends }, (_, i): Payment => {
    const height = random.integer(200, publicScriptsEnd - 100)
    return {
      script,
      amount: random.integer(20_000, 5_000_000),
      height,
      spent: i < spends ? random.integer(height + 1, publicScriptsEnd - 1) : null,
      rate: random.integer(1, 40),
      after: 0
    }
  })
  return { name, form, script, address: addressOfScript(script, chainDefinitions[chain].addresses)!, payments }
}

/** All public scripts of a chain, four of each form; none where the chain has none. */
export const publicScripts = (chain: SimulatedChainName): ReadonlyArray<PublicScript> =>
  chainDefinitions[chain].publicScripts && chainDefinitions[chain].fork === null
    ? scriptForms.flatMap((form) => Array.from({ length: perForm }, (_, i) => makeScript(chain, form, i + 1)))
    : []
