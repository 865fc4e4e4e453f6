import { CostGroups, costOfMethod, errorCost, parseErrorCost } from "../cost-groups.ts"
import { compactPython, type Dialect, print, spacedPython } from "../dialect.ts"
import type { ServerModel } from "../server-model.ts"
import { atLeast } from "../software.ts"
import { electrumxMethods, type Method } from "./electrumx-methods.ts"
import { pythonRepr, pythonText } from "./python-text.ts"
import {
  type Answer,
  type Channel,
  type Conversation,
  type Envelope,
  idText,
  type Implementation,
  type Request
} from "./implementation.ts"

const errorObject = (code: number, message: string, dialect: Dialect): string => print({ code, message }, dialect)

const envelope = (dialect: Dialect): Envelope => {
  const { item, key } = dialect
  const head = `{"jsonrpc"${key}"2.0"${item}`
  return {
    result: (id, json) => `${head}"result"${key}${json}${item}"id"${key}${id}}`,
    error: (id, code, message) => `${head}"error"${key}${errorObject(code, message, dialect)}${item}"id"${key}${id}}`,
    notification: (method, params) =>
      `${head}"method"${key}"${method}"${params === null ? "" : `${item}"params"${key}${params}`}}`
  }
}

/** JSON-RPC 1.0, for clients whose first request says so. */
const oldEnvelope = (dialect: Dialect): Envelope => {
  const { item, key } = dialect
  return {
    result: (id, json) => `{"result"${key}${json}${item}"error"${key}null${item}"id"${key}${id}}`,
    error: (id, code, message) =>
      `{"result"${key}null${item}"error"${key}${errorObject(code, message, dialect)}${item}"id"${key}${id}}`,
    notification: (method, params) =>
      `{"method"${key}"${method}"${item}"params"${key}${params ?? "[]"}${item}"id"${key}null}`
  }
}

const fail = (code: number, message: string, close = false): Answer => ({ code, message, close })

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Everything of a process that its connections share. */
export interface ElectrumxProcess {
  readonly model: ServerModel
  readonly dialect: Dialect
  readonly methods: ReadonlyMap<string, Method>
  readonly costs: CostGroups
  /** From 1.18 too deep JSON ends the connection. */
  readonly closesOnNesting: boolean
  /** From 1.19 `server.version` has to come first. */
  readonly strictHandshake: boolean
}

class ElectrumxConversation implements Conversation {
  readonly #process: ElectrumxProcess
  readonly #session: Channel
  readonly #cost
  #dialect: "2.0" | "1.0" | "loose" | null = null
  #negotiated: ReadonlyArray<number> | null = null
  readonly #waiting: Array<(fraction: number) => void> = []
  #active = 0

  constructor(process: ElectrumxProcess, session: Channel) {
    this.#process = process
    this.#session = session
    this.#cost = process.costs.enter(session.client?.group ?? null)
  }

  ended(): void {
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
      message = JSON.parse(text)
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

  /** Two notifications without params that stop vulnerable old wallets, an error where there is an id, the end. */
  #refuseUnidentified(request: Request | null): void {
    const { envelope } = this.#session
    this.#session.sendLine(envelope.notification("blockchain.relayfee", null), null)
    this.#session.sendLine(envelope.notification("blockchain.estimatefee", null), null)
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
    if (wrongDialect) return reply(fail(-32600, '"jsonrpc" is not "2.0"'))
    if (typeof method !== "string") return reply(fail(-32601, "method must be a string"))
    if (typeof params !== "object" || params === null) {
      return reply(fail(-32602, `invalid request arguments: ${pythonText(params)}`))
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
    const method = this.#process.methods.get(name)
    const { model } = this.#process
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
      model,
      dialect: this.#process.dialect,
      negotiated: this.#negotiated ?? [1, 4],
      handshaken: this.#negotiated !== null,
      negotiate: (version) => {
        this.#negotiated = version
        this.#session.handshaken()
      }
    })
    if ("result" in answer) this.#cost.addBytes(answer.result.length)
    return answer
  }
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

/** ElectrumX 1.10 to 2.0b1; `compact` for builds from git that still say 1.16.0 but print like later ones. */
export const electrumx = (
  model: ServerModel,
  options: { readonly exhausted: boolean; readonly compact: boolean }
): Implementation => {
  const { version } = model.software
  const dialect = atLeast(version, "1.17") || options.compact ? compactPython : spacedPython
  const frame = envelope(dialect)
  const process: ElectrumxProcess = {
    model,
    dialect,
    methods: electrumxMethods(version),
    costs: new CostGroups(() => performance.now(), options.exhausted),
    closesOnNesting: atLeast(version, "1.18"),
    strictHandshake: atLeast(version, "1.19")
  }
  return {
    envelope: frame,
    lineEnd: "\n",
    lineLimit: 1_000_000,
    padding: atLeast(version, "1.18") ? { warmUp: atLeast(version, "1.19") ? 1024 : 0 } : null,
    answersTlsClose: true,
    answersAfterEnd: false,
    idle: { before: 603_000, after: 603_000 },
    connectionsPerClient: null,
    converse: (session) => new ElectrumxConversation(process, session)
  }
}
