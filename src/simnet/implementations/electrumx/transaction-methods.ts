import { decodeTransaction } from "../../bitcoin/decoded-transaction.ts"
import { doubleSha256 } from "../../bitcoin/hash.ts"
import { merkleProof } from "../../bitcoin/merkle.ts"
import { chainDefinitions } from "../../chain/chain-definitions.ts"
import { type Json, print } from "../../model/dialect.ts"
import { atLeast, type VersionTuple } from "../../model/software.ts"
import { broadcastRefusal, daemonError, missingInputs, packageRefusal, unknownTransaction } from "../bitcoind-errors.ts"
import { hashOf } from "../common-parameters.ts"
import { type Answer, fail } from "../implementation.ts"
import { verboseTransaction } from "../verbose-transaction.ts"
import { entry, type Call, type Method, type MethodEntry } from "./method.ts"
import { commas, from16, nonNegative, pythonBoolean, shouldBeInteger } from "./parameters.ts"
import { pythonRepr, pythonText } from "./python-text.ts"

const notHash = (value: unknown): Answer => fail(1, `${pythonText(value)} should be a transaction hash`)

const get: Method["answer"] = ([wanted, flag], { model, dialect }) => {
  const txid = hashOf(wanted)
  if (txid === undefined) return notHash(wanted)
  const verbose = flag === undefined ? false : pythonBoolean(flag)
  if (verbose === undefined) return fail(1, '"verbose" must be a boolean')
  const result: Json | undefined = verbose
    ? verboseTransaction(model.backend, chainDefinitions[model.chain.name].addresses, txid)
    : model.backend.transaction(txid)?.hex
  return result === undefined ? fail(2, daemonError(-5, unknownTransaction)) : { result: print(result, dialect) }
}

/** The transactions of a block; undefined where the server has not read it. */
const blockAt = (height: number, { process, model }: Call): ReadonlyArray<string> | undefined =>
  height <= process.node.tipHeight ? model.backend.blockTxids(height) : undefined

const notOnDisk = (height: number, { process }: Call): Answer =>
  fail(1, `db error: DBError('block ${commas(height)} not on disk (>${commas(process.node.tipHeight)})')`)

const merkle: Method["answer"] = ([wanted, at], call) => {
  const txid = hashOf(wanted)
  if (txid === undefined) return notHash(wanted)
  const height = nonNegative(at)
  if (height === undefined) return shouldBeInteger(at)
  // 2.0 looks at the header first.
  if (atLeast(call.model.software.version, "2.0") && height > call.process.node.tipHeight) {
    return fail(1, `height ${commas(height)} out of range`)
  }
  const txids = blockAt(height, call)
  if (txids === undefined) return notOnDisk(height, call)
  const pos = txids.indexOf(txid)
  if (pos === -1) return fail(1, `tx ${txid} not in block at height ${commas(height)}`)
  const { branch } = merkleProof(txids, pos)
  return { result: print({ block_height: height, merkle: branch, pos }, call.dialect) }
}

const fromPosition: Method["answer"] = ([at, place, flag], call) => {
  const position = nonNegative(place)
  if (position === undefined) return shouldBeInteger(place)
  const height = nonNegative(at)
  if (height === undefined) return shouldBeInteger(at)
  const proven = flag === undefined ? false : pythonBoolean(flag)
  if (proven === undefined) return fail(1, '"merkle" must be a boolean')
  const txids = blockAt(height, call)
  if (txids === undefined) return notOnDisk(height, call)
  const txid = txids[position]
  if (txid === undefined) {
    return fail(1, `no tx at position ${commas(position)} in block at height ${commas(height)}`)
  }
  return {
    result: print(proven ? { tx_hash: txid, merkle: merkleProof(txids, position).branch } : txid, call.dialect)
  }
}

const evenHex = /^([0-9a-fA-F]{2})*$/

const notHex = (value: unknown): Answer => fail(1, `${pythonText(value)} should be a hex string`)

const broadcast: Method["answer"] = ([raw], { model, charge }) => {
  if (atLeast(model.software.version, "1.19")) {
    if (typeof raw !== "string" || !evenHex.test(raw)) return notHex(raw)
  } else if (typeof raw !== "string") {
    // What has no length is a crash there.
    return fail(-32603, "internal server error")
  }
  charge(0.25 + raw.length / 5000)
  const { message } = broadcastRefusal(raw)
  return fail(1, `the transaction was rejected by network rules.\n\n${message}\n[${raw}]`)
}

const packageResult = (raws: ReadonlyArray<string>): Json => ({
  success: false,
  errors: raws.map((raw) => ({ txid: decodeTransaction(raw)!.txid, error: missingInputs }))
})

const doubleHash = (raw: string): string => doubleSha256(Buffer.from(raw, "hex")).toString("hex")

const broadcastPackage: Method["answer"] = ([raws], { model, dialect }) => {
  const modern = atLeast(model.software.version, "1.19")
  if (!Array.isArray(raws)) return modern ? fail(1, `${pythonText(raws)} should be a list`) : fail(-32603, "internal server error")
  const bad = raws.find((raw) => typeof raw !== "string" || !evenHex.test(raw))
  if (bad !== undefined) {
    return modern ? notHex(bad) : fail(1, `not a valid hex encoded transaction package: ${pythonRepr(raws)}`)
  }
  const list = raws as ReadonlyArray<string>
  const unreadable = list.find((raw) => decodeTransaction(raw) === undefined)
  if (unreadable === undefined) return { result: print(packageResult(list), dialect) }
  const text = `the tx package was rejected by network rules.\n\n${packageRefusal(unreadable)}.`
  return fail(1, modern ? text : `${text} Package txids: ${pythonRepr(list.map(doubleHash))}`)
}

/** 1.18 had it at every protocol version, before the protocol did. */
const hasPackages = (release: string) => (negotiated: VersionTuple): boolean =>
  atLeast(release, "1.19") ? from16(negotiated) : atLeast(release, "1.18")

/** The methods about transactions. */
export const electrumxTransactionMethods = (release: string): ReadonlyArray<MethodEntry> => [
  entry("blockchain.transaction.broadcast", [1, 1], ["raw_tx"], broadcast),
  entry(
    "blockchain.transaction.broadcast_package",
    [1, 2],
    [atLeast(release, "1.20") ? "raw_txs" : "tx_package", "verbose"],
    broadcastPackage,
    hasPackages(release)
  ),
  entry("blockchain.transaction.get", [1, 2], ["tx_hash", "verbose"], get),
  entry("blockchain.transaction.get_merkle", [2, 2], ["tx_hash", "height"], merkle),
  entry("blockchain.transaction.id_from_pos", [2, 3], ["height", "tx_pos", "merkle"], fromPosition)
]
