import { compactPython, print, spacedPython } from "../../model/dialect.ts"
import type { ServerModel } from "../../model/server-model.ts"
import { atLeast } from "../../model/software.ts"
import { type Answer, type Channel, type Conversation, fail, idText, type Implementation, noStrain, type Request } from "../implementation.ts"
import type { News } from "../node-follower.ts"
import { statusOf, wholeHistory } from "../script-history.ts"
import { ScriptSubscriptions } from "../script-subscriptions.ts"
import { electrumxTip } from "./chain-methods.ts"
import { costOfMethod, errorCost, parseErrorCost } from "./cost-groups.ts"
import { electrumxEnvelope, oldEnvelope } from "./envelope.ts"
import type { Method } from "./method.ts"
import { electrumxMethods } from "./methods.ts"
import { electrumxProcess, type ElectrumxOptions, type ElectrumxProcess } from "./process.ts"
import { parsePythonJson } from "./python-json.ts"
import { pythonRepr, pythonText } from "./python-text.ts"

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

class ElectrumxConversation implements Conversation {
  readonly #process: ElectrumxProcess
  readonly #methods: ReadonlyMap<string, Method>
  readonly #session: Channel
  readonly #cost
  readonly #subscriptions = new ScriptSubscriptions()
  #dialect: "2.0" | "1.0" | "loose" | null = null
  #negotiated: ReadonlyArray<number> | null = null
  readonly #waiting: Array<(fraction: number) => void> = []
  #active = 0
  #unlisten: (() => void) | undefined

  constructor(process: ElectrumxProcess, methods: ReadonlyMap<string, Method>, session: Channel) {
    this.#process = process
    this.#methods = methods
    this.#session = session
    this.#cost = process.costs.enter(session.client?.group ?? null)
  }

  ended(): void {
    this.#unlisten?.()
    this.#cost.leave()
  }

  tooLong(): void {
    this.#cost.add(0)
  }

  line(bytes: Buffer): void {
    this.#cost.addBytes(bytes.length)
    let text: string
    let message: unknown
    try {
      text = decoder.decode(bytes)
    } catch {
      return this.#envelopeError(-32700, "messages must be encoded in UTF-8", parseErrorCost)
    }
    if (nesting.test(text)) {
      // Python's parser gives up; from 1.18 the connection does not survive it.
      if (this.#process.closesOnNesting) this.#session.close()
      return
    }
    try {
      message = parsePythonJson(text)
    } catch {
      return this.#envelopeError(-32700, "invalid JSON", parseErrorCost)
    }
    if (Array.isArray(message)) return this.#batch(message, text)
    if (typeof message !== "object" || message === null) {
      return this.#envelopeError(-32600, "request object must be a dictionary", errorCost)
    }
    this.#slowly((answer, request) => this.#session.reply(request, answer), message as Record<string, unknown>, text)
  }

  #envelopeError(code: number, text: string, cost: number): void {
    this.#cost.add(cost)
    this.#session.reply({ method: "", id: "null" }, fail(code, text))
  }

  #batch(items: ReadonlyArray<unknown>, text: string): void {
    this.#decideDialect(batchDialect(items))
    if (this.#dialect === "1.0") {
      return this.#envelopeError(-32600, "request object must be a dictionary", errorCost)
    }
    if (items.length === 0) return this.#envelopeError(-32600, "batch is empty", errorCost)
    const first = items.find((item) => typeof item === "object" && item !== null)
    if (first !== undefined && this.#mustHandshakeFirst(String((first as Record<string, unknown>).method))) {
      return this.#refuseUnidentified(null)
    }
    const replies: Array<string> = []
    for (const item of items) {
      if (typeof item !== "object" || item === null || Array.isArray(item)) {
        replies.push(this.#session.envelope.error("null", -32600, "request object must be a dictionary"))
        continue
      }
      this.#handle(
        (answer, request) => {
          replies.push(this.#session.format(request, answer))
        },
        item as Record<string, unknown>,
        text
      )
    }
    // Items of a batch are joined with a space even by the compact versions.
    if (replies.length > 0) this.#session.sendLine(`[${replies.join(", ")}]`, null)
  }

  /** Above the soft limit requests wait, fewer and fewer at a time; at the hard limit the client is thrown out. */
  #slowly(answer: (answer: Answer, request: Request) => void, message: Record<string, unknown>, text: string): void {
    this.#waiting.push((fraction) => {
      if (fraction >= 1) {
        const id = idText(message.id ?? null, text)
        return answer(fail(-101, "excessive resource usage", true), { method: String(message.method), id })
      }
      if (fraction === 0) return this.#handle(answer, message, text)
      this.#active++
      this.#session.later(fraction * 2500, () => {
        this.#active--
        this.#handle(answer, message, text)
        this.#startWaiting()
      })
    })
    this.#startWaiting()
  }

  #startWaiting(): void {
    while (this.#waiting.length > 0 && !this.#session.closing) {
      const fraction = this.#cost.fraction()
      if (this.#active >= Math.max(1, Math.ceil((1 - fraction) * concurrency))) return
      this.#waiting.shift()!(fraction)
    }
  }

  #mustHandshakeFirst(method: string): boolean {
    return this.#process.strictHandshake && this.#negotiated === null && method !== "server.version"
  }

  #notify(method: string, params: string | null): void {
    this.#session.sendLine(this.#session.envelope.notification(method, params), null)
  }

  #warnOldWallet(): void {
    this.#notify("blockchain.relayfee", null)
    this.#notify("blockchain.estimatefee", null)
  }

  /** The warning, an error where there is an id, the end. */
  #refuseUnidentified(request: Request | null): void {
    this.#warnOldWallet()
    if (request !== null) this.#session.reply(request, fail(1, "use server.version to identify client"))
    this.#session.close()
  }

  #handle(send: (answer: Answer, request: Request) => void, message: Record<string, unknown>, text: string): void {
    const id = message.id
    const request: Request = {
      method: typeof message.method === "string" ? message.method : "",
      id: idText(id ?? null, text)
    }
    const reply = (answer: Answer): void => {
      if ("code" in answer) this.#cost.add(errorCost)
      // A missing id and `null` both make a notification, which is never answered.
      if (id !== undefined && id !== null) send(answer, request)
    }
    if (typeof id === "object" && id !== null) {
      this.#cost.add(errorCost)
      return send(fail(-32600, `invalid "id": ${pythonRepr(id)}`), { ...request, id: "null" })
    }
    const wrongDialect = this.#dialect === "2.0" && message.jsonrpc !== "2.0"
    this.#decideDialect(message.jsonrpc)
    if (message.method === undefined) return
    const { method } = message
    const params = message.params === undefined ? [] : message.params
    const old = this.#dialect === "1.0"
    if (old && id === undefined) return send(fail(-32600, 'request has no "id"'), { ...request, id: "null" })
    if (wrongDialect) return reply(fail(-32600, '"jsonrpc" is not "2.0"'))
    if (typeof method !== "string") return reply(fail(-32601, "method must be a string"))
    if (typeof params !== "object" || params === null || (old && !Array.isArray(message.params))) {
      return reply(fail(-32602, `invalid request arguments: ${pythonText(old ? message.params : params)}`))
    }
    if (this.#mustHandshakeFirst(method)) {
      return this.#refuseUnidentified(id === undefined || id === null ? null : request)
    }
    reply(this.#call(method, params as ReadonlyArray<unknown> | Record<string, unknown>))
  }

  /** The first request decides for the whole connection. */
  #decideDialect(jsonrpc: unknown): void {
    if (this.#dialect !== null) return
    this.#dialect = jsonrpc === "2.0" || jsonrpc === "1.0" ? jsonrpc : "loose"
    if (this.#dialect === "1.0") this.#session.envelope = oldEnvelope(this.#process.dialect)
  }

  #call(name: string, params: ReadonlyArray<unknown> | Record<string, unknown>): Answer {
    this.#cost.add(costOfMethod(name))
    const method = this.#methods.get(name)
    const { model, dialect, maximumSend } = this.#process
    if (method === undefined || method.available?.(this.#negotiated ?? [1, 4]) === false) {
      return fail(-32601, `unknown method "${name}"`)
    }
    const list = Array.isArray(params) ? params : named(method, params as Record<string, unknown>)
    const [least, most] = method.arity
    if (list.length < least) {
      return fail(-32602, `${count(list.length)} passed to method "${name}" but it requires ${least}`)
    }
    if (list.length > most) return fail(-32602, `${count(list.length)} passed to method ${name} taking at most ${most}`)
    const answer = method.answer(list, {
      process: this.#process,
      model,
      dialect,
      client: this.#session.client,
      subscriptions: this.#subscriptions,
      negotiated: this.#negotiated ?? [1, 4],
      handshaken: this.#negotiated !== null,
      negotiate: (version) => {
        this.#negotiated = version
        this.#session.handshaken()
      },
      warnOldWallet: () => this.#warnOldWallet(),
      listen: () => {
        this.#cost.slowedBy(this.#subscriptions.size)
        this.#unlisten ??= this.#process.node.listen((news) => this.#tell(news))
      },
      charge: (units) => this.#cost.add(units)
    })
    if (!("result" in answer)) return answer
    this.#cost.addBytes(answer.result.length)
    return answer.result.length > maximumSend
      ? fail(-32600, `response too large (over ${maximumSend.toLocaleString("en-US")} bytes`)
      : answer
  }

  /** A new tip first, then the statuses of scripts that were touched, changed or not. */
  #tell({ tip, scripthashes }: News): void {
    const { model, dialect, mempoolOrder } = this.#process
    if (tip && this.#subscriptions.headers) {
      this.#notify("blockchain.headers.subscribe", `[${electrumxTip(this.#process)}]`)
    }
    for (const hash of this.#subscriptions.hashes) {
      const status = statusOf(wholeHistory(model.backend, hash, mempoolOrder))
      if (!this.#subscriptions.changed(hash, status) && !scripthashes.has(hash)) continue
      this.#notify("blockchain.scripthash.subscribe", print([this.#subscriptions.spelling(hash)!, status], dialect))
    }
  }
}

/** What a batch that comes first decides: the strictest of its members' dialects, 2.0 before 1.0. */
const batchDialect = (items: ReadonlyArray<unknown>): unknown => {
  const named = items.map((item) => (typeof item === "object" && item !== null ? (item as { jsonrpc?: unknown }).jsonrpc : null))
  return ["2.0", "1.0"].find((dialect) => named.includes(dialect))
}

/** Requests of one session at a time, while it is below the soft limit. */
const concurrency = 10

/** Deeper than Python's recursion goes; requests of honest clients do not begin so. */
const nesting = /^\s*[[{]{500}/

const count = (n: number): string => `${n} argument${n === 1 ? "" : "s"}`

const named = (method: Method, params: Record<string, unknown>): ReadonlyArray<unknown> => {
  const list = method.names.map((name) => params[name])
  while (list.length > 0 && list.at(-1) === undefined) list.pop()
  return list
}

/** ElectrumX 1.10 to 2.0b1. */
export const electrumx = (model: ServerModel, options: ElectrumxOptions): Implementation => {
  const { version } = model.software
  const dialect = atLeast(version, "1.17") || options.compact ? compactPython : spacedPython
  const methods = electrumxMethods(version)
  const flushes = atLeast(version, "1.19")
  let process: ElectrumxProcess | undefined
  return {
    envelope: electrumxEnvelope(dialect),
    lineEnd: "\n",
    lineLimit: 1_000_000,
    padding: atLeast(version, "1.18") ? { warmUp: flushes ? 1024 : 0, flushesAtEnd: flushes } : null,
    answersTlsClose: true,
    answersAfterEnd: false,
    idle: { before: 603_000, after: 603_000 },
    connectionsPerClient: null,
    converse: (session) => {
      process ??= electrumxProcess(model, dialect, options.exhausted)
      return new ElectrumxConversation(process, methods, session)
    },
    strain: () => ({ ...noStrain, units: process?.costs.most ?? 0, slowed: process?.costs.slowed ?? 0 }),
    stop: () => process?.node.stop()
  }
}
