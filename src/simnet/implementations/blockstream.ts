import { Float, type Json, print, serdeSorted } from "../dialect.ts"
import { printPeers } from "../peer-lists.ts"
import type { ServerModel } from "../server-model.ts"
import { blockstreamHistogram } from "./fee-histogram.ts"
import { blockstreamFeatures } from "./features.ts"
import { type Conversation, type Envelope, idText, type Implementation } from "./implementation.ts"

// Errors are bare strings here; the fork answers envelope errors with an object.
const envelope: Envelope = {
  result: (id, json) => `{"id":${id},"jsonrpc":"2.0","result":${json}}`,
  error: (id, code, message) =>
    code === 0
      ? `{"error":${JSON.stringify(message)},"id":${id},"jsonrpc":"2.0"}`
      : `{"error":{"code":${code},"message":${JSON.stringify(message)}},"id":${id},"jsonrpc":"2.0"}`,
  notification: (method, params) => `{"jsonrpc":"2.0","method":"${method}","params":${params ?? "[]"}}`
}

type Reply = { readonly result: Json } | { readonly error: string }
type Method = (params: ReadonlyArray<unknown>, model: ServerModel) => Reply

const natural = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value >= 0

const header: Method = ([height], model) => {
  if (!natural(height)) return { error: "non-integer height" }
  const hex = height > model.backend.tipHeight ? undefined : model.backend.header(height)
  return hex === undefined ? { error: "missing header" } : { result: hex }
}

const headers: Method = ([start, wanted], model) => {
  if (!natural(start)) return { error: "missing height" }
  if (!natural(wanted)) return { error: "missing count" }
  const count = Math.max(0, Math.min(wanted, 2016, model.backend.tipHeight - start + 1))
  return {
    result: { count, hex: Array.from({ length: count }, (_, i) => model.backend.header(start + i)!).join(""), max: 2016 }
  }
}

const estimateFee: Method = ([target], model) => {
  if (!natural(target)) return { error: "non-integer blocks_count" }
  const rate = target < 1 || target > 1008 ? -1 : model.backend.estimateFee(target)
  return rate < 0 ? { error: `cannot estimate fee for ${target} blocks` } : { result: new Float(rate) }
}

const scripthash =
  (result: Json): Method =>
  ([hash]) =>
    typeof hash === "string" && /^[0-9a-fA-F]{64}$/.test(hash) ? { result } : { error: "bad script_hash" }

const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["server.version", (_, m) => ({ result: [m.software.text, "1.4"] })],
  ["server.banner", (_, m) => ({ result: m.banner ?? `Welcome to ${m.software.text}` })],
  ["server.donation_address", () => ({ result: null })],
  ["server.ping", () => ({ result: null })],
  [
    "blockchain.headers.subscribe",
    (_, m) => ({ result: { height: m.backend.tipHeight, hex: m.backend.header(m.backend.tipHeight)! } })
  ],
  ["blockchain.block.header", header],
  ["blockchain.block.headers", headers],
  ["blockchain.estimatefee", estimateFee],
  ["blockchain.relayfee", (_, m) => ({ result: new Float(m.backend.relayFee) })],
  ["mempool.get_fee_histogram", (_, m) => ({ result: blockstreamHistogram(m.backend.mempool) })],
  ["blockchain.scripthash.subscribe", scripthash(null)],
  ["blockchain.scripthash.get_history", scripthash([])],
  ["blockchain.scripthash.get_balance", scripthash({ confirmed: 0, unconfirmed: 0 })],
  ["blockchain.scripthash.listunspent", scripthash([])]
])

/**
 * Blockstream's electrs and mempool's fork (from source, not executed). What is
 * wrong in the envelope, and an unknown method, ends the connection without a
 * word; the fork answers an error instead.
 */
export const blockstream = (model: ServerModel): Implementation => {
  const fork = model.software.family === "mempool electrs"
  return {
    envelope,
    lineEnd: "\n",
    lineLimit: 8_000_000,
    padding: null,
    answersTlsClose: true,
    answersAfterEnd: true,
    idle: null,
    connectionsPerClient: null,
    stop: () => undefined,
    converse: (session): Conversation => ({
      line: (bytes) => {
        const text = bytes.toString("utf8")
        const refuse = (id: string, code: number, message: string): void =>
          fork ? session.reply({ method: "", id }, { code, message }) : session.close()
        let message: unknown
        try {
          message = JSON.parse(text)
        } catch {
          return refuse("null", -32600, `invalid request: ${text}`)
        }
        const object = typeof message === "object" && message !== null ? (message as Record<string, unknown>) : {}
        const params = object.params ?? []
        if (typeof object.method !== "string" || object.id === undefined || !Array.isArray(params)) {
          return refuse("null", -32600, `invalid request: ${text}`)
        }
        const request = { method: object.method, id: idText(object.id, text) }
        if (request.method === "server.features" && model.discovery) {
          return session.reply(request, { result: blockstreamFeatures(model) })
        }
        if (request.method === "server.peers.subscribe") {
          const json = model.discovery ? printPeers(model.peers.draw(model.random), false, serdeSorted) : "[]"
          return session.reply(request, { result: json })
        }
        const method = methods.get(request.method)
        if (method === undefined) {
          return refuse(
            request.id,
            1,
            `${request.method} RPC error: unknown method ${request.method} ${JSON.stringify(params)}`
          )
        }
        const reply = method(params, model)
        if ("error" in reply) return session.reply(request, { code: 0, message: reply.error })
        session.reply(request, { result: print(reply.result, serdeSorted) })
      },
      tooLong: () => session.close(),
      ended: () => undefined
    })
  }
}
