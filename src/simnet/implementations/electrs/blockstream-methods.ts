import { headerProof, merkleProof } from "../../bitcoin/merkle.ts"
import { Float, type Json } from "../../model/dialect.ts"
import type { ServerModel } from "../../model/server-model.ts"
import { stockBanner } from "../banner.ts"
import { broadcastRefusal } from "../bitcoind-errors.ts"
import { hashOf, maximumHeaders } from "../common-parameters.ts"
import type { NodeFollower } from "../node-follower.ts"
import type { Remembered } from "../remembered.ts"
import { type ScriptEntry, statusOf, wholeHistory } from "../script-history.ts"
import { balanceJson, entryJson, unspentJson } from "../script-json.ts"
import type { ScriptSubscriptions } from "../script-subscriptions.ts"
import { natural, tipJson } from "./electrs-family.ts"

/** Everything of a process that its connections share. */
export interface BlockstreamProcess {
  readonly model: ServerModel
  readonly node: NodeFollower
  /** JSON text, as of the last look at the mempool. */
  readonly histogram: Remembered<string>
  /** BTC per 1,000 virtual bytes by target, asked again after a minute. */
  readonly estimates: Remembered<ReadonlyMap<number, number>>
  /** Asked for once. */
  readonly relayFee: number
}

/** What a method may use of the process and the connection. */
export interface BlockstreamCall {
  readonly process: BlockstreamProcess
  readonly model: ServerModel
  readonly subscriptions: ScriptSubscriptions
  readonly listen: () => void
}

/** JSON text as it is, a value, or an error, which is a bare string. */
export type BlockstreamReply = { readonly text: string } | { readonly result: Json } | { readonly error: string }
/** A method; parameters are a list, whatever the client sent. */
export type BlockstreamMethod = (params: ReadonlyArray<unknown>, call: BlockstreamCall) => BlockstreamReply

/** Targets that it asks its node about. */
export const estimatedTargets: ReadonlyArray<number> = [...Array.from({ length: 25 }, (_, i) => i + 1), 144, 504, 1008]

/** Rates go through satoshi per virtual byte and back, which may alter the last digits. */
export const thereAndBack = (rate: number): number => (rate * 100_000) / 100_000

/** A parameter that has to be a non-negative integer, or what is wrong with it. */
const integer = (value: unknown, name: string): number | { readonly error: string } => {
  if (value === undefined) return { error: `missing ${name}` }
  return natural(value) ? value : { error: `non-integer ${name}` }
}

const integerOr = (value: unknown, name: string, otherwise: number): number | { readonly error: string } =>
  value === undefined ? otherwise : integer(value, name)

const header: BlockstreamMethod = (params, { process, model }) => {
  const height = integer(params[0], "height")
  if (typeof height !== "number") return height
  const cp = integerOr(params[1], "cp_height", 0)
  if (typeof cp !== "number") return cp
  const top = process.node.tipHeight
  if (height > top) return { error: "missing header" }
  const hex = model.backend.header(height)!
  if (cp === 0) return { result: hex }
  return proofError(height, cp, top) ?? { result: { header: hex, ...headerProof(model.backend, height, cp) } }
}

const proofError = (height: number, cp: number, top: number): { readonly error: string } | undefined => {
  if (cp < height) return { error: `cp_height #${cp} < height #${height}` }
  return top < cp ? { error: `cp_height #${cp} above best block height #${top}` } : undefined
}

const headers: BlockstreamMethod = (params, { process, model }) => {
  const start = integer(params[0], "start_height")
  if (typeof start !== "number") return start
  const wanted = integer(params[1], "count")
  if (typeof wanted !== "number") return wanted
  const cp = integerOr(params[2], "cp_height", 0)
  if (typeof cp !== "number") return cp
  const top = process.node.tipHeight
  const asked = Math.min(wanted, maximumHeaders)
  const count = Math.max(0, Math.min(asked, top - start + 1))
  const hex = Array.from({ length: count }, (_, i) => model.backend.header(start + i)!).join("")
  const result = { count, hex, max: maximumHeaders }
  if (asked === 0 || cp === 0) return { result }
  // The proof is of the last header that was asked for, there or not.
  const last = start + asked - 1
  return proofError(last, cp, top) ?? { result: { ...result, ...headerProof(model.backend, last, cp) } }
}

const estimateFee: BlockstreamMethod = ([target], { process, model }) => {
  const blocks = integer(target, "blocks_count")
  if (typeof blocks !== "number") return blocks
  if (model.chain.name === "regtest") return { result: new Float(process.relayFee) }
  const rate = process.estimates.value.get(blocks % 65_536)
  return rate === undefined ? { error: `cannot estimate fee for ${blocks} blocks` } : { result: new Float(rate) }
}

/** Entries of the longest history that it answers with. */
const historyLimit = 500

const tooMany = (model: ServerModel): { readonly error: string } => ({
  error:
    model.software.family === "mempool electrs"
      ? `Too many history transactions (>${historyLimit}). Contact support to raise limits.`
      : "Too many history entries"
})

const withScript =
  (answer: (hash: string, call: BlockstreamCall) => BlockstreamReply): BlockstreamMethod =>
  ([wanted], call) => {
    const hash = hashOf(wanted)
    return hash === undefined ? { error: "bad script_hash" } : answer(hash, call)
  }

const withHistory = (answer: (entries: ReadonlyArray<ScriptEntry>, hash: string, call: BlockstreamCall) => Json) =>
  withScript((hash, call) => {
    const entries = wholeHistory(call.model.backend, hash)
    return entries.length > historyLimit ? tooMany(call.model) : { result: answer(entries, hash, call) }
  })

const subscribe = withHistory((entries, hash, { subscriptions, listen }) => {
  const status = statusOf(entries)
  subscriptions.add(hash, hash, status)
  listen()
  return status
})

const get: BlockstreamMethod = ([wanted, verbose], { model }) => {
  const txid = hashOf(wanted)
  if (txid === undefined) return { error: "bad tx_hash" }
  if (verbose !== undefined && typeof verbose !== "boolean") return { error: "non-bool verbose value" }
  if (verbose === true) return { error: "verbose transactions are currently unsupported" }
  const hex = model.backend.transaction(txid)?.hex
  return hex === undefined ? { error: "missing transaction" } : { result: hex }
}

const merkle: BlockstreamMethod = ([wanted, at], { model }) => {
  const txid = hashOf(wanted)
  if (txid === undefined) return { error: "bad tx_hash" }
  const height = integer(at, "height")
  if (typeof height !== "number") return height
  const found = model.backend.transaction(txid)
  if (found === undefined || found.height === 0) return { error: "tx not found or is unconfirmed" }
  if (found.height !== height) return { error: "invalid confirmation height provided" }
  const { branch } = merkleProof(model.backend.blockTxids(height)!, found.position)
  return { result: { block_height: height, merkle: branch, pos: found.position } }
}

const fromPosition: BlockstreamMethod = ([at, place, proven], { process, model }) => {
  const height = integer(at, "height")
  if (typeof height !== "number") return height
  const position = integer(place, "tx_pos")
  if (typeof position !== "number") return position
  if (proven !== undefined && typeof proven !== "boolean") return { error: "not a bool merkle" }
  if (height > process.node.tipHeight) return { error: `missing block #${height}` }
  const txids = model.backend.blockTxids(height)!
  const txid = txids[position]
  if (txid === undefined) return { error: `No tx in position #${position} in block #${height}` }
  return { result: proven === true ? { tx_hash: txid, merkle: merkleProof(txids, position).branch } : txid }
}

const broadcast: BlockstreamMethod = ([raw]) => {
  if (raw === undefined) return { error: "missing tx" }
  if (typeof raw !== "string") return { error: "non-string tx" }
  return { error: `sendrawtransaction RPC error: ${JSON.stringify(broadcastRefusal(raw))}` }
}

/** Methods of every build; the rest is an unknown method. */
export const blockstreamMethods: ReadonlyMap<string, BlockstreamMethod> = new Map<string, BlockstreamMethod>([
  ["server.version", (_, { model }) => ({ result: [model.reported.text, "1.4"] })],
  ["server.banner", (_, { model }) => ({ result: model.banner ?? stockBanner(model.reported) })],
  ["server.donation_address", () => ({ result: null })],
  ["server.ping", () => ({ result: null })],
  [
    "blockchain.headers.subscribe",
    (_, { process, model, subscriptions, listen }) => {
      subscriptions.headers = true
      listen()
      return { result: tipJson(process.node, model) }
    }
  ],
  ["blockchain.block.header", header],
  ["blockchain.block.headers", headers],
  ["blockchain.estimatefee", estimateFee],
  ["blockchain.relayfee", (_, { process }) => ({ result: new Float(process.relayFee) })],
  ["mempool.get_fee_histogram", (_, { process }) => ({ text: process.histogram.value })],
  ["blockchain.scripthash.subscribe", subscribe],
  ["blockchain.scripthash.get_history", withHistory((entries) => entries.map(entryJson))],
  ["blockchain.scripthash.get_balance", withScript((hash, { model }) => ({ result: balanceJson(model.backend, hash) }))],
  [
    "blockchain.scripthash.listunspent",
    withScript((hash, { model }) => {
      const outputs = model.backend.unspent(hash).length
      if (outputs <= historyLimit) return { result: model.backend.unspent(hash).map(unspentJson) }
      return model.software.family === "mempool electrs"
        ? { error: `Too many unspent transaction outputs (>${historyLimit}). Contact support to raise limits.` }
        : tooMany(model)
    })
  ],
  ["blockchain.transaction.broadcast", broadcast],
  ["blockchain.transaction.get", get],
  ["blockchain.transaction.get_merkle", merkle],
  ["blockchain.transaction.id_from_pos", fromPosition]
])
