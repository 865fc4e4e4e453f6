import { createHash } from "node:crypto"
import { Schema } from "effect"
import derived from "./public-scripts/derived.json" with { type: "json" }
import mainnetSim from "./public-scripts/mainnet-sim.json" with { type: "json" }
import mainnet from "./public-scripts/mainnet.json" with { type: "json" }
import testnetSim from "./public-scripts/testnet-sim.json" with { type: "json" }

/** The output scripts that wallets use, by their usual names. */
export const ScriptForm = Schema.Literals(["P2PKH", "P2SH", "P2WPKH", "P2WSH", "P2TR"])
export type ScriptForm = typeof ScriptForm.Type

const Txid = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))
const ScriptHex = Schema.String.check(Schema.isPattern(/^(?:[0-9a-f]{2}){1,100}$/))

/** A transaction of a script's history, in a block. */
export const HistoryEntry = Schema.Struct({ txid: Txid, height: Schema.Int })
export type HistoryEntry = typeof HistoryEntry.Type

/** Where a fact was read. */
export const FactSource = Schema.Struct({
  id: Schema.NonEmptyString,
  what: Schema.NonEmptyString,
  repository: Schema.optionalKey(Schema.NonEmptyString),
  path: Schema.optionalKey(Schema.NonEmptyString),
  commit: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[0-9a-f]{40}$/))),
  read: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^20[0-9]{2}-[01][0-9]-[0-3][0-9]$/)))
})

/**
 * A script that is public knowledge, with what every honest server says about
 * it below a height. Anybody can pay to a public script later, so nothing at or
 * above that height counts.
 */
export const PublicScript = Schema.Struct({
  name: Schema.NonEmptyString,
  form: ScriptForm,
  address: Schema.NonEmptyString,
  /** Output script in hex; its hash is what servers are asked for. */
  script: ScriptHex,
  /** Entries are known below this height. */
  below: Schema.Natural,
  /** No other entries exist below it. Where that is not certain only what is missing or altered counts, never what is more. */
  complete: Schema.Boolean,
  /** Satoshi unspent at that height; null when not known, always so where entries may be missing here. */
  balance: Schema.NullOr(Schema.Natural),
  /** Identifier of its source. */
  source: Schema.NonEmptyString,
  /** Oldest first. */
  entries: Schema.NonEmptyArray(HistoryEntry).check(Schema.isMaxLength(20))
})
export type PublicScript = typeof PublicScript.Type

/** More than this a deep visit has no room for. */
export const mostFurther = 15

/** The public scripts of one chain. */
export const PublicScripts = Schema.Struct({
  chain: Schema.NonEmptyString,
  sources: Schema.Array(FactSource),
  /** Every visit asks about all of them, so there is one of a form at the most. */
  scripts: Schema.Array(PublicScript).check(Schema.isMaxLength(ScriptForm.literals.length)),
  /** Only deep visits ask about these: a server that tells the truth about those that everybody asks for is asked for others. */
  further: Schema.optionalKey(Schema.Array(PublicScript).check(Schema.isMaxLength(mostFurther)))
})
export type PublicScripts = typeof PublicScripts.Type

/** What servers are asked for: SHA-256 of the output script, reversed, in hex (Electrum protocol, "Script Hashes"). */
export const scripthashOf = (script: string): string =>
  Buffer.from(createHash("sha256").update(Buffer.from(script, "hex")).digest().toReversed()).toString("hex")

/** The lists that ship with the package; every one is decoded at start. */
export const shippedPublicScripts: ReadonlyArray<PublicScripts> = [mainnet, mainnetSim, testnetSim].map((json) =>
  Schema.decodeUnknownSync(PublicScripts)(json)
)

const listOf = (chain: string): PublicScripts | undefined => shippedPublicScripts.find((list) => list.chain === chain)

/** The public scripts of a chain that every visit asks about; none where no facts are known. */
export const publicScriptsOf = (chain: string): ReadonlyArray<PublicScript> => listOf(chain)?.scripts ?? []

/** Those that deep visits ask about beside them. */
export const furtherScriptsOf = (chain: string): ReadonlyArray<PublicScript> => listOf(chain)?.further ?? []

/**
 * Consecutive receiving scripts of the published test wallet of BIP 84, in the
 * order in which a wallet asks. The protocol has no query for an extended key:
 * a wallet asks for each script, and so do we. Nothing is expected of them but
 * an answer: whoever knows the key can pay to them.
 */
export const DerivedScripts = Schema.Struct({
  what: Schema.NonEmptyString,
  extended_public_key: Schema.NonEmptyString,
  source: FactSource,
  /** Path below the extended key, e.g. `0/1000`, and output script. */
  scripts: Schema.NonEmptyArray(Schema.Struct({ path: Schema.NonEmptyString, script: ScriptHex }))
})

export const derivedScripts = Schema.decodeUnknownSync(DerivedScripts)(derived)
