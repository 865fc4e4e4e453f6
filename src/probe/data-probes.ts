import type { Chain } from "../domain/chain.ts"
import { compareProtocolVersions, parseProtocolVersion } from "../domain/protocol-version.ts"
import { derivedScripts, type PublicScript, publicScriptsOf, scripthashOf } from "../domain/public-script.ts"
import {
  estimateFee,
  feeHistogram,
  mempoolInfo,
  relayFee,
  scripthashGetBalance,
  scripthashGetHistory,
  serverPing
} from "../electrum/methods.ts"
import type { Probe } from "./catalogue.ts"

/** A question about a script whose answer is known. */
export interface ScriptProbe extends Probe {
  readonly script: PublicScript
}

/** What is asked when chain and peers are known, in as few packets as the limit of errors allows. */
export interface DataProbes {
  readonly fees: ReadonlyArray<Probe>
  readonly histogram: Probe
  readonly balances: ReadonlyArray<ScriptProbe>
  readonly histories: ReadonlyArray<ScriptProbe>
  /** Of one wallet, in its order. */
  readonly derived: ReadonlyArray<Probe>
  /** Last: an error where a server does not have what its protocol says. */
  readonly pool: Probe
  /** All of them, in the order asked. */
  readonly all: ReadonlyArray<Probe>
}

/** Blocks within which a transaction is to be confirmed: the next ones, hours, a day. */
export const feeTargets = [2, 6, 25, 144] as const

const fees = feeTargets.map((target): Probe => ({
  name: `fee#${target}`,
  method: estimateFee,
  params: [target],
  harmless: "every wallet asks for it each minute",
  tells: "what its node expects, and how it writes numbers"
}))

const histogram: Probe = {
  name: "fee histogram",
  method: feeHistogram,
  params: [],
  harmless: "kept ready by every server",
  tells: "its node's mempool, and how it counts sizes and rates"
}

const relay: Probe = {
  name: "relay fee",
  method: relayFee,
  params: [],
  harmless: "a setting of its node, kept or cheap to get",
  tells: "what its node relays"
}

const pool: Probe = {
  name: "mempool info",
  method: mempoolInfo,
  params: [],
  harmless: "settings of its node, kept or cheap to get",
  tells: "what its node relays, how full its mempool is"
}

const derived = derivedScripts.scripts.map(({ script }, i): Probe => ({
  name: `derived balance#${i + 1}`,
  method: scripthashGetBalance,
  params: [scripthashOf(script)],
  harmless: "scripts of a published test wallet that nobody used: there is nothing to look up",
  tells: "whether, in which order and how bundled a wallet's questions are answered"
}))

const balance = (script: PublicScript): ScriptProbe => ({
  name: `balance#${script.form}`,
  method: scripthashGetBalance,
  params: [scripthashOf(script.script)],
  harmless: "public knowledge about a script with at most twenty known entries",
  tells: "whether it tells what is in the chain",
  script
})

const history = (script: PublicScript): ScriptProbe => ({
  ...balance(script),
  name: `history#${script.form}`,
  method: scripthashGetHistory
})

const make = (chain: string, modern: boolean): DataProbes => {
  const scripts = publicScriptsOf(chain)
  // Balances before histories: whatever a balance counts must then be in the history.
  const [balances, histories] = [scripts.map(balance), scripts.map(history)]
  const last = modern ? pool : relay
  return {
    fees,
    histogram,
    balances,
    histories,
    derived,
    pool: last,
    // A wallet's scripts first: together, as long as nothing was answered with errors.
    all: [...derived, ...fees, histogram, ...balances, ...histories, last]
  }
}

/** Made once: they are the same in every visit. */
const made = new Map<string, DataProbes>()

/**
 * What is asked of a server of a chain. Protocol 1.6 replaced the relay fee by
 * the mempool's information: the other one would be an error, which costs a
 * hundred units with ElectrumX and the connection with Blockstream electrs.
 */
export const dataProbes = (chain: Chain, protocol: string | null): DataProbes => {
  const version = parseProtocolVersion(protocol ?? "")
  const modern = version !== undefined && compareProtocolVersions(version, [1, 6]) >= 0
  const key = `${chain.name} ${modern}`
  const known = made.get(key) ?? make(chain.name, modern)
  made.set(key, known)
  return known
}

/**
 * Asked one after the other on a session on which nothing else is going on.
 * Not where padding holds replies back: a reply would then come after a second,
 * and how long the way is could only be seen with longer pauses in between.
 */
export const idlePings: ReadonlyArray<Probe> = [1, 2, 3, 4].map((number) => ({
  name: `idle ping#${number}`,
  method: serverPing,
  params: [],
  harmless: "the protocol's keep-alive",
  tells: "round trip and how much it varies"
}))
