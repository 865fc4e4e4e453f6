import { decodeTransaction } from "../../bitcoin/decoded-transaction.ts"
import { scripthashOf } from "../../bitcoin/hash.ts"
import { merkleProof } from "../../bitcoin/merkle.ts"
import { chainDefinitions } from "../../chain/chain-definitions.ts"
import type { Json } from "../../model/dialect.ts"
import { atLeast } from "../../model/software.ts"
import type { Backend } from "../../world/backend.ts"
import { broadcastRefusal, daemonError, missingInputs, packageRefusal, unknownTransaction } from "../bitcoind-errors.ts"
import { type Answer, fail } from "../implementation.ts"
import { verboseTransaction } from "../verbose-transaction.ts"
import {
  entry,
  firstHashOf,
  type FulcrumCall,
  type FulcrumEntry,
  type FulcrumMethod,
  heightOf,
  json,
  loosely,
  maximumHeight,
  sinceOf,
  unsigned
} from "./method.ts"

const withHash =
  (answer: (txid: string, call: FulcrumCall, params: ReadonlyArray<unknown>) => Answer): FulcrumMethod["answer"] =>
  (params, call) => {
    const txid = firstHashOf(params[0])
    return txid === undefined ? fail(1, "Invalid tx hash") : answer(txid, call, params)
  }

const get = withHash((txid, { model }, params) => {
  const verbose = params.length > 1 ? loosely(params[1]) : false
  if (verbose === undefined) return fail(1, "Invalid verbose argument; expected boolean")
  const result: Json | undefined = verbose
    ? verboseTransaction(model.backend, chainDefinitions[model.chain.name].addresses, txid)
    : model.backend.transaction(txid)?.hex
  // It says the same as ElectrumX, on purpose.
  return result === undefined ? fail(2, daemonError(-5, unknownTransaction)) : json(result)
})

const noneConfirmed = fail(1, "No confirmed transaction matching the requested hash was found")

const merkle = withHash((txid, { process, model }, params) => {
  const { backend } = model
  const asked = params.length > 1 ? heightOf(params[1]) : backend.transaction(txid)?.height
  if (params.length > 1 && asked === undefined) {
    return fail(1, "Invalid height argument; expected non-negative numeric value")
  }
  if (asked === undefined || asked === 0) return noneConfirmed
  const txids = asked <= process.node.tipHeight ? backend.blockTxids(asked)! : []
  const pos = txids.indexOf(txid)
  return pos === -1
    ? fail(1, `No transaction matching the requested hash found at height ${asked}`)
    : json({ block_height: asked, merkle: merkleProof(txids, pos).branch, pos })
})

const blockHash = withHash((txid, { model }, params) => {
  const { backend } = model
  const withHeader = params.length > 1 ? loosely(params[1]) : false
  if (withHeader === undefined) return fail(1, "Invalid second argument; expected boolean")
  const height = backend.transaction(txid)?.height
  if (height === undefined || height === 0) return noneConfirmed
  const header = withHeader ? { block_header: backend.header(height)! } : {}
  return json({ block_hash: backend.hash(height)!, block_height: height, ...header })
})

const maximumPosition = 1_000_000_000

const fromPosition: FulcrumMethod["answer"] = (params, { process, model }) => {
  const height = heightOf(params[0])
  if (height === undefined) {
    return fail(1, `Invalid height argument; expected non-negative numeric value < ${maximumHeight}`)
  }
  const position = unsigned(params[1])
  if (position === undefined || position >= maximumPosition) {
    return fail(1, `Invalid tx_pos argument; expected non-negative numeric value < ${maximumPosition}`)
  }
  const proven = params.length > 2 ? loosely(params[2]) : false
  if (proven === undefined) return fail(1, "Invalid merkle argument; expected boolean")
  const txids = height <= process.node.tipHeight ? model.backend.blockTxids(height)! : []
  const txid = txids[position]
  if (txid === undefined) return fail(1, `No transaction at position ${position} for height ${height}`)
  return json(proven ? { tx_hash: txid, merkle: merkleProof(txids, position).branch } : txid)
}

const rejected = (message: string): Answer =>
  fail(1, `the transaction was rejected by network rules.\n\n${message}\n`)

const broadcast: FulcrumMethod["answer"] = ([raw]) =>
  rejected(broadcastRefusal(typeof raw === "string" ? raw : "").message)

const broadcastPackage: FulcrumMethod["answer"] = (params, { process }) => {
  if (!process.packages) {
    return fail(
      -32601,
      "blockchain.transaction.broadcast_package is only available on Bitcoin Core and/or Bitcoin Knots v28.0.0 or above"
    )
  }
  const raws: ReadonlyArray<unknown> = Array.isArray(params[0]) ? params[0] : []
  if (raws.length === 0 || !raws.every((raw) => typeof raw === "string" && raw !== "" && raw.length % 2 === 0)) {
    return fail(1, "Invalid raw_txs argument; expected non-empty list of hex-encoded strings")
  }
  if (params.length > 1 && loosely(params[1]) === undefined) {
    return fail(1, "Invalid verbose argument; expected boolean")
  }
  const list = raws as ReadonlyArray<string>
  const unreadable = list.find((raw) => decodeTransaction(raw) === undefined)
  if (unreadable !== undefined) return rejected(packageRefusal(unreadable))
  const errors = list.map((raw) => ({ error: missingInputs, txid: decodeTransaction(raw)!.txid }))
  return json({ success: false, errors })
}

/** 0 in the mempool; null where it is unknown. */
export const transactionHeight = (backend: Backend, txid: string): number | null =>
  backend.transaction(txid)?.height ?? null

const height = withHash((txid, { model }) => {
  const known = transactionHeight(model.backend, txid)
  return known === null ? fail(1, "No transaction matching the requested hash was found") : json(known)
})

const subscribe = withHash((txid, call) => {
  const known = transactionHeight(call.model.backend, txid)
  call.transactions.set(txid, known)
  call.listen()
  return json(known)
})

const maximumOutput = 2 ** 24 - 1

const output = withHash((txid, { model }, params) => {
  const { backend } = model
  const position = unsigned(params[1])
  if (position === undefined || position > maximumOutput) {
    return fail(1, `Invalid tx out number: expected a value >= 0 and <= ${maximumOutput}`)
  }
  const found = backend.transaction(txid)
  const script = found === undefined ? undefined : decodeTransaction(found.hex)?.outputs[position]?.script
  if (script === undefined) return json(null)
  const scripthash = scripthashOf(script.toString("hex"))
  const coin = backend.unspent(scripthash).find((u) => u.txid === txid && u.position === position)
  if (coin === undefined) return json(null)
  return json({ value: coin.value, scripthash, ...(coin.height > 0 ? { confirmed_height: coin.height } : {}) })
})

const noDoubleSpendProofs = (): Answer => fail(-32601, "This server lacks dsproof support")
const noReusableAddresses = (): Answer => fail(-32601, "RPA support is disabled on this server")

/** The methods about transactions, those of Bitcoin Cash too, which answer that they are not there. */
export const fulcrumTransactionMethods = (release: string): ReadonlyArray<FulcrumEntry> => {
  const since = sinceOf(release)
  return [
    entry("blockchain.transaction.broadcast", [1, 1], broadcast),
    entry("blockchain.transaction.get", [1, 2], get),
    entry("blockchain.transaction.get_merkle", [atLeast(release, "1.5") ? 1 : 2, 2], merkle),
    entry("blockchain.transaction.id_from_pos", [2, 3], fromPosition),
    ...since("1.2", entry("blockchain.utxo.get_info", [2, 2], output)),
    ...since(
      "1.5",
      entry("blockchain.transaction.get_height", [1, 1], height),
      entry("blockchain.transaction.subscribe", [1, 1], subscribe),
      entry(
        "blockchain.transaction.unsubscribe",
        [1, 1],
        withHash((txid, { transactions }) => json(transactions.delete(txid)))
      ),
      entry("blockchain.transaction.dsproof.get", [1, 1], noDoubleSpendProofs),
      entry("blockchain.transaction.dsproof.list", [0, 0], noDoubleSpendProofs),
      entry("blockchain.transaction.dsproof.subscribe", [1, 1], noDoubleSpendProofs),
      entry("blockchain.transaction.dsproof.unsubscribe", [1, 1], noDoubleSpendProofs)
    ),
    ...since("1.9.8", entry("blockchain.transaction.get_confirmed_blockhash", [1, 2], blockHash)),
    ...since(
      "1.10",
      entry("blockchain.rpa.get_history", [2, 3], noReusableAddresses),
      entry("blockchain.rpa.get_mempool", [1, 1], noReusableAddresses),
      entry("blockchain.reusable.get_history", [3, 3], noReusableAddresses),
      entry("blockchain.reusable.get_mempool", [1, 1], noReusableAddresses)
    ),
    ...since("2.1", entry("blockchain.transaction.broadcast_package", [1, 2], broadcastPackage))
  ]
}
