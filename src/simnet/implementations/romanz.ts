import { Float, type Json, print, serdeSorted } from "../dialect.ts"
import type { ServerModel } from "../server-model.ts"
import { romanzHistogram } from "./fee-histogram.ts"
import { romanzFeatures } from "./features.ts"
import {
  type Answer,
  type Conversation,
  type Envelope,
  idText,
  type Implementation,
  type Request
} from "./implementation.ts"

const envelope: Envelope = {
  result: (id, json) => `{"id":${id},"jsonrpc":"2.0","result":${json}}`,
  error: (id, code, message) =>
    `{"error":{"code":${code},"message":${JSON.stringify(message)}},"id":${id},"jsonrpc":"2.0"}`,
  notification: (method, params) => `{"jsonrpc":"2.0","method":"${method}","params":${params ?? "[]"}}`
}

const json = (value: Json): Answer => ({ result: print(value, serdeSorted) })
const fail = (code: number, message: string): Answer => ({ code, message })
const invalidParams = fail(-32602, "invalid params")

const natural = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value >= 0

type Method = (params: unknown, model: ServerModel) => Answer

/** Rust's Debug form of a wanted version. */
const debugVersion = (wanted: unknown): string =>
  Array.isArray(wanted)
    ? `MinMax(${JSON.stringify(wanted[0])}, ${JSON.stringify(wanted[1])})`
    : `Single(${JSON.stringify(wanted)})`

const version: Method = (params, model) => {
  if (!Array.isArray(params) || params.length !== 2 || typeof params[0] !== "string") return invalidParams
  const [client, wanted] = params as [string, unknown]
  const range: ReadonlyArray<unknown> = Array.isArray(wanted) ? wanted : [wanted, wanted]
  if (range.length !== 2 || !range.every((part) => typeof part === "string")) return invalidParams
  const [low, high] = range.map((part) => Number.parseFloat(part)) as [number, number]
  return low <= 1.4 && 1.4 <= high
    ? json([model.software.text, "1.4"])
    : fail(1, `unsupported request ${debugVersion(wanted)} by ${client}`)
}

const header: Method = (params, model) => {
  if (!Array.isArray(params) || params.length !== 1 || !natural(params[0])) return invalidParams
  const hex = params[0] > model.backend.tipHeight ? undefined : model.backend.header(params[0])
  return hex === undefined ? fail(1, `no header at ${params[0]}`) : json(hex)
}

const headers: Method = (params, model) => {
  if (!Array.isArray(params) || params.length !== 2 || !params.every(natural)) return invalidParams
  const [start, wanted] = params as [number, number]
  const count = Math.max(0, Math.min(wanted, 2016, model.backend.tipHeight - start + 1))
  return json({
    count,
    hex: Array.from({ length: count }, (_, i) => model.backend.header(start + i)!).join(""),
    max: 2016
  })
}

const estimateFee: Method = (params, model) => {
  if (!Array.isArray(params) || !natural(params[0]) || params[0] > 65535) return invalidParams
  if (params[0] < 1 || params[0] > 1008) return fail(2, "Invalid conf_target, must be between 1 and 1008")
  const rate = model.backend.estimateFee(params[0])
  return json(rate < 0 ? -1 : new Float(rate))
}

const scripthash =
  (result: Json): Method =>
  (params) =>
    Array.isArray(params) && params.length === 1 && typeof params[0] === "string" && /^[0-9a-fA-F]{64}$/.test(params[0])
      ? json(result)
      : invalidParams

const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["server.version", version],
  ["server.banner", (_, m) => json(m.banner ?? `Welcome to electrs ${m.software.version} (Electrum Rust Server)!`)],
  ["server.donation_address", () => json(null)],
  ["server.features", (_, m) => ({ result: romanzFeatures(m) })],
  ["server.ping", () => json(null)],
  ["server.peers.subscribe", () => json([])],
  [
    "blockchain.headers.subscribe",
    (_, m) => json({ height: m.backend.tipHeight, hex: m.backend.header(m.backend.tipHeight)! })
  ],
  ["blockchain.block.header", header],
  ["blockchain.block.headers", headers],
  ["blockchain.estimatefee", estimateFee],
  ["blockchain.relayfee", (_, m) => json(new Float(m.backend.relayFee))],
  ["mempool.get_fee_histogram", (_, m) => json(romanzHistogram(m.backend.mempool))],
  ["blockchain.scripthash.subscribe", scripthash(null)],
  ["blockchain.scripthash.get_history", scripthash([])],
  ["blockchain.scripthash.get_balance", scripthash({ confirmed: 0, unconfirmed: 0 })],
  ["blockchain.scripthash.listunspent", scripthash([])]
])

/** romanz electrs (from source, not executed). */
export const romanz = (model: ServerModel): Implementation => ({
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
      let message: unknown
      try {
        message = JSON.parse(text)
      } catch {
        return session.reply(unreadable, fail(-32700, "parse error"))
      }
      if (!Array.isArray(message)) return session.reply(...handle(message, text, model))
      const replies = message.map((item) => session.format(...handle(item, text, model)))
      session.sendLine(`[${replies.join(",")}]`, null)
    },
    tooLong: () => session.close(),
    ended: () => undefined
  })
})

const unreadable: Request = { method: "", id: "null" }

const handle = (message: unknown, text: string, model: ServerModel): readonly [Request, Answer] => {
  const object = typeof message === "object" && message !== null ? (message as Record<string, unknown>) : {}
  if (typeof object.method !== "string" || object.id === undefined) {
    return [unreadable, fail(-32600, "invalid request")]
  }
  const method = methods.get(object.method)
  return [
    { method: object.method, id: idText(object.id, text) },
    method === undefined ? fail(-32601, "method not found") : method(object.params ?? [], model)
  ]
}
