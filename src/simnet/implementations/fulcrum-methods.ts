import { Float, type Json, print, qtSorted } from "../dialect.ts"
import { printPeers } from "../peer-lists.ts"
import { headerProof } from "../merkle.ts"
import type { ServerModel } from "../server-model.ts"
import { atLeast, compareTuples, versionNumbers } from "../software.ts"
import { fulcrumHistogram } from "./fee-histogram.ts"
import { fulcrumFeatures } from "./features.ts"
import type { Answer } from "./implementation.ts"

type Tuple = ReadonlyArray<number>

export interface FulcrumCall {
  readonly model: ServerModel
  readonly handshaken: boolean
  /** 1.4 before the handshake. */
  readonly negotiated: Tuple
  readonly handshake: (negotiated: Tuple) => void
}

export interface FulcrumMethod {
  readonly arity: readonly [number, number]
  readonly answer: (params: ReadonlyArray<unknown>, call: FulcrumCall) => Answer
}

const fail = (code: number, message: string, close = false): Answer => ({ code, message, close })
const json = (value: Json): Answer => ({ result: print(value, qtSorted) })

/** Versions without the zero revision, e.g. 1.4.0 is [1, 4]. */
const tupleOf = (value: unknown): Tuple | undefined => {
  const text = typeof value === "number" ? String(value) : value
  if (typeof text !== "string" || !/^[0-9]+(\.[0-9]+){0,2}$/.test(text)) return undefined
  const parts = versionNumbers(text)
  return parts.length === 3 && parts[2] === 0 ? parts.slice(0, 2) : parts
}

const refused = fail(1, "Unsupported protocol version", true)

const version: FulcrumMethod["answer"] = ([, wanted], call) => {
  if (call.handshaken) return fail(1, "server.version already sent")
  const range = wanted === undefined ? ["1.4", "1.4"] : Array.isArray(wanted) ? wanted : [wanted, wanted]
  const [low, high] = [tupleOf(range[0]), tupleOf(range[1])]
  if (range.length !== 2) return refused
  if (Array.isArray(wanted) && (low === undefined || high === undefined || compareTuples(low, high) > 0)) {
    return fail(1, `Bad version tuple: ${range.map(String).join(", ")}`, true)
  }
  if (low === undefined || high === undefined) return refused
  const most = versionNumbers(call.model.protocolMaximum)
  const agreed = compareTuples(high, most) < 0 ? high : most
  if (compareTuples(agreed, low) < 0 || compareTuples(agreed, [1, 4]) < 0) return refused
  call.handshake(agreed)
  return json([call.model.software.text, agreed.join(".")])
}

const peerTexts = new WeakMap<ServerModel, string>()

const peers: FulcrumMethod["answer"] = (_, { model }) => {
  const known = peerTexts.get(model)
  if (known !== undefined) return { result: known }
  const result = printPeers(model.peers.draw(model.random), true, qtSorted)
  if (model.peers.fixed) peerTexts.set(model, result)
  return { result }
}

const tip: FulcrumMethod["answer"] = (_, { model }) => {
  const height = model.backend.tipHeight
  return json({ height, hex: model.backend.header(height)! })
}

/** Qt's conversion to an integer: fractions are rounded, digits in strings accepted. */
const integer = (value: unknown): number | undefined => {
  const number = typeof value === "string" && /^[0-9]+$/.test(value) ? Number(value) : value
  return typeof number === "number" && number >= 0 ? Math.round(number) : undefined
}

const header: FulcrumMethod["answer"] = ([wanted, checkpoint], { model }) => {
  const height = integer(wanted)
  const top = model.backend.tipHeight
  if (height === undefined) return fail(1, "Invalid height")
  const cp = integer(checkpoint ?? 0)
  if (cp === undefined) return fail(1, "Invalid cp_height")
  if (cp > 0) {
    if (!(height <= cp && cp <= top)) {
      return fail(1, `header height ${height} must be <= cp_height ${cp} which must be <= chain height ${top}`)
    }
    return json({ header: model.backend.header(height)!, ...headerProof(model.backend, height, cp) })
  }
  return height > top ? fail(1, `Height ${height} is out of range`) : json(model.backend.header(height)!)
}

const maximumHeaders = 2016

const headers: FulcrumMethod["answer"] = ([from, wanted], { model, negotiated }) => {
  const start = integer(from)
  const amount = integer(wanted)
  if (start === undefined) return fail(1, "Invalid height")
  if (amount === undefined) return fail(1, "Invalid count")
  const count = Math.max(0, Math.min(amount, maximumHeaders, model.backend.tipHeight - start + 1))
  const list = Array.from({ length: count }, (_, i) => model.backend.header(start + i)!)
  return json(
    compareTuples(negotiated, [1, 6]) >= 0
      ? { count, headers: list, max: maximumHeaders }
      : { count, hex: list.join(""), max: maximumHeaders }
  )
}

const feeModes: ReadonlyArray<unknown> = [undefined, "unset", "economical", "conservative"]

const estimateFee: FulcrumMethod["answer"] = ([wanted, mode], { model }) => {
  const target = typeof wanted === "boolean" ? Number(wanted) : integer(wanted)
  if (target === undefined) return fail(1, "blockchain.estimatefee first parameter should be a non-negative integer")
  if (target < 1 || target > 1008) return fail(2, "Invalid conf_target, must be between 1 and 1008")
  const lower = typeof mode === "string" ? mode.toLowerCase() : mode
  if (!feeModes.includes(lower)) {
    return fail(2, `Invalid estimate_mode parameter, must be one of: "unset", "economical", "conservative"`)
  }
  return json(new Float(model.backend.estimateFee(target, lower === "conservative")))
}

const scripthash =
  (result: string): FulcrumMethod["answer"] =>
  ([hash]) =>
    typeof hash === "string" && /^[0-9a-fA-F]{64,}$/.test(hash) ? { result } : fail(1, "Invalid scripthash")

/** The methods of a release; those about transactions wait for the chain to have any. */
export const fulcrumMethods = (release: string): ReadonlyMap<string, FulcrumMethod> => {
  const modern = atLeast(release, "2.1")
  return new Map<string, FulcrumMethod>([
    ["server.version", { arity: [0, modern ? 1000 : 2], answer: version }],
    [
      "server.banner",
      { arity: [0, 0], answer: (_, { model }) => json(model.banner ?? `Connected to a ${model.software.text} server`) }
    ],
    ["server.donation_address", { arity: [0, 0], answer: (_, { model }) => json(model.donation ?? "") }],
    ["server.features", { arity: [0, 0], answer: (_, { model }) => ({ result: fulcrumFeatures(model, modern) }) }],
    ["server.ping", { arity: [0, 0], answer: () => ({ result: "null" }) }],
    ["server.peers.subscribe", { arity: [0, 0], answer: peers }],
    ["blockchain.headers.subscribe", { arity: [0, 0], answer: tip }],
    ["blockchain.headers.get_tip", { arity: [0, 0], answer: tip }],
    ["blockchain.block.header", { arity: [1, 2], answer: header }],
    ["blockchain.block.headers", { arity: [2, 3], answer: headers }],
    ["blockchain.estimatefee", { arity: [1, modern ? 2 : 1], answer: estimateFee }],
    ["blockchain.relayfee", { arity: [0, 0], answer: (_, { model }) => json(new Float(model.backend.relayFee)) }],
    [
      "mempool.get_fee_histogram",
      { arity: [0, 0], answer: (_, { model }) => json(fulcrumHistogram(model.backend.mempool)) }
    ],
    ...(modern
      ? [
          [
            "mempool.get_info",
            {
              arity: [0, 0],
              answer: (_, { model }) =>
                json({
                  fullrbf: true,
                  incrementalrelayfee: new Float(model.backend.relayFee),
                  mempoolminfee: new Float(model.backend.mempoolMinFee),
                  minrelaytxfee: new Float(model.backend.relayFee),
                  unbroadcastcount: 0
                })
            }
          ] satisfies [string, FulcrumMethod]
        ]
      : []),
    ["blockchain.scripthash.subscribe", { arity: [1, 1], answer: scripthash("null") }],
    ["blockchain.scripthash.get_balance", { arity: [1, 2], answer: scripthash('{"confirmed":0,"unconfirmed":0}') }],
    ["blockchain.scripthash.get_history", { arity: [1, 1], answer: scripthash("[]") }],
    ["blockchain.scripthash.get_mempool", { arity: [1, 1], answer: scripthash("[]") }],
    ["blockchain.scripthash.listunspent", { arity: [1, 1], answer: scripthash("[]") }]
  ])
}
