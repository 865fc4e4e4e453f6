import { decodeTransaction } from "../../bitcoin/decoded-transaction.ts"
import { hashBytes } from "../../bitcoin/hash.ts"
import { merkleProof } from "../../bitcoin/merkle.ts"
import { chainDefinitions } from "../../chain/chain-definitions.ts"
import { Float, type Json, print, serdeSorted } from "../../model/dialect.ts"
import type { ServerModel } from "../../model/server-model.ts"
import { atLeast, compareTuples } from "../../model/software.ts"
import { stockBanner } from "../banner.ts"
import { broadcastRefusal, invalidTarget, missingInputs, unknownTransaction } from "../bitcoind-errors.ts"
import { hashOf, maximumHeaders } from "../common-parameters.ts"
import { romanzFeatures } from "../features.ts"
import { type Answer, fail } from "../implementation.ts"
import type { NodeFollower } from "../node-follower.ts"
import { onceFor } from "../once-for.ts"
import type { Remembered } from "../remembered.ts"
import { type MempoolOrder, statusOf, wholeHistory } from "../script-history.ts"
import { balanceJson, entryJson, unspentJson } from "../script-json.ts"
import type { ScriptSubscriptions } from "../script-subscriptions.ts"
import { verboseTransaction } from "../verbose-transaction.ts"
import { natural, tipJson } from "./electrs-family.ts"

/** Everything of a process that its connections share. */
export interface RomanzProcess {
  readonly model: ServerModel
  readonly node: NodeFollower
  /** JSON text, as of the last look at the mempool. */
  readonly histogram: Remembered<string>
}

/** What a method may use of the process and the connection. */
export interface RomanzCall {
  readonly process: RomanzProcess
  readonly model: ServerModel
  readonly subscriptions: ScriptSubscriptions
  readonly listen: () => void
}

/** A method; parameters are as the client sent them. */
export type RomanzMethod = (params: unknown, call: RomanzCall) => Answer

const json = (value: Json): Answer => ({ result: print(value, serdeSorted) })
const invalidParams = fail(-32602, "invalid params")

/** By its bytes, which are the other way round than people write it. */
const bytesOf = (txid: string): string => hashBytes(txid).toString("hex")

/** Unconfirmed inputs last, then by the bytes of the transaction's hash. */
export const romanzOrder: MempoolOrder = (entries) =>
  entries.toSorted((a, b) => b.height - a.height || (bytesOf(a.txid) < bytesOf(b.txid) ? -1 : 1))

/** A list of exactly so many parameters. */
const listOf = (params: unknown, ...lengths: ReadonlyArray<number>): ReadonlyArray<unknown> | undefined =>
  Array.isArray(params) && lengths.includes(params.length) ? params : undefined

/** Rust's Debug form of a wanted version. */
const debugVersion = (wanted: unknown): string =>
  Array.isArray(wanted)
    ? `MinMax(${JSON.stringify(wanted[0])}, ${JSON.stringify(wanted[1])})`
    : `Single(${JSON.stringify(wanted)})`

const tupleOf = (text: string): ReadonlyArray<number> | undefined =>
  /^\+?[0-9]+(\.\+?[0-9]+)*$/.test(text) ? text.split(".").map(Number) : undefined

const version: RomanzMethod = (params, { model }) => {
  const [client, wanted] = listOf(params, 2) ?? []
  if (typeof client !== "string") return invalidParams
  const range: ReadonlyArray<unknown> = Array.isArray(wanted) ? wanted : [wanted, wanted]
  if (range.length !== 2 || !range.every((part) => typeof part === "string")) return invalidParams
  const [low, high] = range.map((part) => tupleOf(part))
  const own = [1, 4]
  return low !== undefined && high !== undefined && compareTuples(low, own) <= 0 && compareTuples(own, high) <= 0
    ? json([model.reported.text, "1.4"])
    : fail(1, `unsupported request ${debugVersion(wanted)} by ${client}`)
}

const header: RomanzMethod = (params, { process, model }) => {
  const [height] = listOf(params, 1) ?? []
  if (!natural(height)) return invalidParams
  return height > process.node.tipHeight ? fail(1, `no header at ${height}`) : json(model.backend.header(height)!)
}

const headers: RomanzMethod = (params, { process, model }) => {
  const [start, wanted] = listOf(params, 2) ?? []
  if (!natural(start) || !natural(wanted)) return invalidParams
  const count = Math.max(0, Math.min(wanted, maximumHeaders, process.node.tipHeight - start + 1))
  const hex = Array.from({ length: count }, (_, i) => model.backend.header(start + i)!).join("")
  return json({ count, hex, max: maximumHeaders })
}

const estimateFee: RomanzMethod = (params, { model }) => {
  const [target] = listOf(params, 1) ?? []
  if (!natural(target) || target > 65_535) return invalidParams
  if (target < 1 || target > 1008) return fail(2, invalidTarget)
  const rate = model.backend.estimateFee(target)
  return json(rate < 0 ? -1 : new Float(rate))
}

const withScript =
  (answer: (hash: string, call: RomanzCall) => Json): RomanzMethod =>
  (params, call) => {
    const hash = hashOf(listOf(params, 1)?.[0])
    return hash === undefined ? invalidParams : json(answer(hash, call))
  }

const subscribe = withScript((hash, { model, subscriptions, listen }) => {
  const status = statusOf(wholeHistory(model.backend, hash, romanzOrder))
  subscriptions.add(hash, hash, status)
  listen()
  return status
})

const get: RomanzMethod = (params, { model }) => {
  const [wanted, verbose] = listOf(params, 1, 2) ?? []
  const txid = hashOf(wanted)
  if (txid === undefined || ((params as ReadonlyArray<unknown>).length === 2 && typeof verbose !== "boolean")) {
    return invalidParams
  }
  const result =
    verbose === true
      ? verboseTransaction(model.backend, chainDefinitions[model.chain.name].addresses, txid)
      : model.backend.transaction(txid)?.hex
  return result === undefined ? fail(2, unknownTransaction) : json(result)
}

const merkle: RomanzMethod = (params, { process, model }) => {
  const [wanted, height] = listOf(params, 2) ?? []
  const txid = hashOf(wanted)
  if (txid === undefined || !natural(height)) return invalidParams
  if (height > process.node.tipHeight) return fail(1, `missing block at ${height}`)
  const txids = model.backend.blockTxids(height)!
  const pos = txids.indexOf(txid)
  return pos === -1
    ? fail(1, `missing txid ${txid} in block ${model.backend.hash(height)!}`)
    : json({ block_height: height, merkle: merkleProof(txids, pos).branch, pos })
}

/** Builds from git after 0.11.1 still say so, but send well-formed hosts, and a bare transaction id. */
const isRelease = (model: ServerModel): boolean =>
  !atLeast(model.software.version, "0.11.1") || model.hosts === "malformed"

const fromPosition: RomanzMethod = (params, { process, model }) => {
  const [height, position, proven] = listOf(params, 2, 3) ?? []
  const badProven = (params as ReadonlyArray<unknown> | undefined)?.length === 3 && typeof proven !== "boolean"
  if (!natural(height) || !natural(position) || badProven) return invalidParams
  if (height > process.node.tipHeight) return fail(1, `missing block at ${height}`)
  const txids = model.backend.blockTxids(height)!
  const txid = txids[position]
  if (txid === undefined) return fail(1, `invalid tx_pos ${position} in block at height ${height}`)
  // Up to 0.11.0 under a name of its own; in releases in an object also where no proof is asked for.
  const name = atLeast(model.software.version, "0.11.1") ? { tx_hash: txid } : { tx_id: txid }
  if (proven === true) return json({ ...name, merkle: merkleProof(txids, position).branch })
  return json(isRelease(model) ? name : txid)
}

/** What stops it from being passed on; undefined where it is a transaction. */
const unreadable = (raw: string): Answer | undefined => {
  if (!/^([0-9a-fA-F]{2})*$/.test(raw)) return fail(1, "non-hex transaction")
  return decodeTransaction(raw) === undefined ? fail(1, "invalid transaction") : undefined
}

const broadcast: RomanzMethod = (params) => {
  const [raw] = listOf(params, 1) ?? []
  if (typeof raw !== "string") return invalidParams
  return unreadable(raw) ?? fail(2, broadcastRefusal(raw).message)
}

const broadcastPackage: RomanzMethod = (params) => {
  const [raws, verbose] = listOf(params, 1, 2) ?? []
  if (!Array.isArray(raws) || !raws.every((raw) => typeof raw === "string")) return invalidParams
  if ((params as ReadonlyArray<unknown>).length === 2 && typeof verbose !== "boolean") return invalidParams
  const bad = raws.map((raw) => unreadable(raw)).find((error) => error !== undefined)
  if (bad !== undefined) return bad
  const errors = raws.map((raw) => ({ error: missingInputs, txid: decodeTransaction(raw)!.txid }))
  return json({ errors, success: false })
}

/** The methods of a release, made once for all servers that run it. */
export const romanzMethods = onceFor((release: string): ReadonlyMap<string, RomanzMethod> =>
  new Map<string, RomanzMethod>([
    ["server.version", version],
    ["server.banner", (_, { model: m }) => json(m.banner ?? stockBanner(m.reported))],
    ["server.donation_address", () => json(null)],
    ["server.features", (_, { model }) => ({ result: romanzFeatures(model) })],
    ["server.ping", () => json(null)],
    ["server.peers.subscribe", () => json([])],
    [
      "blockchain.headers.subscribe",
      (_, { process, model, subscriptions, listen }) => {
        subscriptions.headers = true
        listen()
        return json(tipJson(process.node, model))
      }
    ],
    ["blockchain.block.header", header],
    ["blockchain.block.headers", headers],
    ["blockchain.estimatefee", estimateFee],
    ["blockchain.relayfee", (_, { model }) => json(new Float(model.backend.relayFee))],
    ["mempool.get_fee_histogram", (_, { process }) => ({ result: process.histogram.value })],
    ["blockchain.scripthash.subscribe", subscribe],
    [
      "blockchain.scripthash.get_history",
      withScript((hash, { model }) => wholeHistory(model.backend, hash, romanzOrder).map(entryJson))
    ],
    ["blockchain.scripthash.get_balance", withScript((hash, { model }) => balanceJson(model.backend, hash))],
    ["blockchain.scripthash.listunspent", withScript((hash, { model }) => model.backend.unspent(hash).map(unspentJson))],
    ["blockchain.transaction.broadcast", broadcast],
    ["blockchain.transaction.get", get],
    ["blockchain.transaction.get_merkle", merkle],
    ...(atLeast(release, "0.9.12")
      ? ([
          ["blockchain.scripthash.unsubscribe", withScript((hash, c) => c.subscriptions.remove(hash))],
          ["blockchain.transaction.id_from_pos", fromPosition]
        ] as const)
      : []),
    ...(atLeast(release, "0.11") ? ([["blockchain.transaction.broadcast_package", broadcastPackage]] as const) : [])
  ])
)
