import { headerProof } from "../../bitcoin/merkle.ts"
import { Float, type Json } from "../../model/dialect.ts"
import { atLeast, compareTuples } from "../../model/software.ts"
import { invalidTarget } from "../bitcoind-errors.ts"
import { maximumHeaders } from "../common-parameters.ts"
import { fail } from "../implementation.ts"
import { entry, firstHashOf, type FulcrumEntry, type FulcrumMethod, heightOf, json, sinceOf, unsigned } from "./method.ts"
import type { FulcrumProcess } from "./process.ts"

/** A header as subscribers are told. */
export const fulcrumTip = ({ node, model }: FulcrumProcess): { readonly [key: string]: Json } => {
  const height = node.tipHeight
  return { height, hex: model.backend.header(height)! }
}

const subscribe: FulcrumMethod["answer"] = (_, call) => {
  call.subscriptions.headers = true
  call.listen()
  return json(fulcrumTip(call.process))
}

const unsubscribe: FulcrumMethod["answer"] = (_, { subscriptions }) => {
  const was = subscriptions.headers
  subscriptions.headers = false
  return json(was)
}

const outOfRange = (height: number) => fail(1, `Height ${height} is out of range`)

const header: FulcrumMethod["answer"] = (params, { process, model }) => {
  const height = heightOf(params[0])
  const top = process.node.tipHeight
  if (height === undefined) return fail(1, "Invalid height")
  const cp = params.length > 1 ? heightOf(params[1]) : 0
  if (cp === undefined) return fail(1, "Invalid cp_height")
  if (cp > 0) {
    if (!(height <= cp && cp <= top)) {
      return fail(1, `header height ${height} must be <= cp_height ${cp} which must be <= chain height ${top}`)
    }
    return json({ header: model.backend.header(height)!, ...headerProof(model.backend, height, cp) })
  }
  return height > top ? outOfRange(height) : json(model.backend.header(height)!)
}

const headers: FulcrumMethod["answer"] = (params, { process, model, negotiated }) => {
  const start = heightOf(params[0])
  if (start === undefined) return fail(1, "Invalid height")
  const amount = heightOf(params[1])
  if (amount === undefined) return fail(1, "Invalid count")
  const cp = params.length > 2 ? heightOf(params[2]) : 0
  if (cp === undefined) return fail(1, "Invalid cp_height")
  const top = process.node.tipHeight
  const count = Math.max(0, Math.min(amount, maximumHeaders, top - start + 1))
  const last = start + count - 1
  const proven = count > 0 && cp > 0
  if (proven && !(last <= cp && cp <= top)) {
    return fail(
      1,
      `header height + (count - 1) ${last} must be <= cp_height ${cp} which must be <= chain height ${top}`
    )
  }
  const list = Array.from({ length: count }, (_, i) => model.backend.header(start + i)!)
  return json({
    count,
    max: maximumHeaders,
    ...(compareTuples(negotiated, [1, 6]) >= 0 ? { headers: list } : { hex: list.join("") }),
    ...(proven ? headerProof(model.backend, last, cp) : {})
  })
}

const get: FulcrumMethod["answer"] = ([wanted], { process, model }) => {
  const { backend } = model
  const top = process.node.tipHeight
  if (typeof wanted === "string") {
    const hash = firstHashOf(wanted)
    if (hash === undefined) return fail(1, "Invalid block hash")
    const height = Array.from({ length: top + 1 }, (_, h) => top - h).find((h) => backend.hash(h) === hash)
    return height === undefined ? fail(2, "Block not found") : json({ height, hex: backend.header(height)! })
  }
  const height = typeof wanted === "number" || typeof wanted === "boolean" ? heightOf(wanted) : undefined
  if (height === undefined) {
    return typeof wanted === "number" ? fail(1, "Invalid height") : fail(-32602, "Invalid height or hash specified")
  }
  return height > top ? outOfRange(height) : json({ height, hex: backend.header(height)! })
}

const feeModes: ReadonlyArray<string | undefined> = [undefined, "unset", "economical", "conservative"]

const estimateFee: FulcrumMethod["answer"] = (params, { model }) => {
  const target = unsigned(params[0])
  if (target === undefined) return fail(1, "blockchain.estimatefee first parameter should be a non-negative integer")
  const mode = params[1]
  if (params.length > 1 && typeof mode !== "string") {
    return fail(1, "blockchain.estimatefee second parameter should be a string")
  }
  if (target < 1 || target > 1008) return fail(2, invalidTarget)
  const lower = (mode as string | undefined)?.toLowerCase()
  if (!feeModes.includes(lower)) {
    return fail(2, `Invalid estimate_mode parameter, must be one of: "unset", "economical", "conservative"`)
  }
  return json(new Float(model.backend.estimateFee(target, lower === "conservative")))
}

/** The methods about headers, fees and the mempool as a whole. */
export const fulcrumChainMethods = (release: string): ReadonlyArray<FulcrumEntry> => {
  const since = sinceOf(release)
  return [
    entry("blockchain.headers.subscribe", [0, 0], subscribe),
    entry("blockchain.block.header", [1, 2], header),
    entry("blockchain.block.headers", [2, 3], headers),
    entry("blockchain.estimatefee", [1, atLeast(release, "2.1") ? 2 : 1], estimateFee),
    entry("blockchain.relayfee", [0, 0], (_, { process }) => ({ result: process.relayFee })),
    entry("mempool.get_fee_histogram", [0, 0], (_, { process }) => ({ result: process.histogram.value })),
    ...since(
      "1.9",
      entry("blockchain.headers.get_tip", [0, 0], (_, { process }) => json(fulcrumTip(process))),
      entry("blockchain.headers.unsubscribe", [0, 0], unsubscribe)
    ),
    ...since("1.9.8", entry("blockchain.header.get", [1, 1], get)),
    ...since("2.1", entry("mempool.get_info", [0, 0], (_, { process }) => ({ result: process.mempoolInfo.value })))
  ]
}
