import { percentG, print, qtSorted } from "../../model/dialect.ts"
import type { ServerModel } from "../../model/server-model.ts"
import { atLeast } from "../../model/software.ts"
import { type Answer, type Channel, type Conversation, fail, idText, type Implementation, noStrain, type Request } from "../implementation.ts"
import type { News } from "../node-follower.ts"
import { statusOf, wholeHistory } from "../script-history.ts"
import { ScriptSubscriptions } from "../script-subscriptions.ts"
import { sortedEnvelope } from "../sorted-envelope.ts"
import { fulcrumTip } from "./chain-methods.ts"
import { batchLimit, NodeThrottle } from "./limits.ts"
import type { FulcrumMethod } from "./method.ts"
import { fulcrumMethods } from "./methods.ts"
import { fulcrumProcess, type FulcrumProcess } from "./process.ts"
import { transactionHeight } from "./transaction-methods.ts"

/** Errors beyond the requests served so far at which the next message ends the connection without a word. */
const errorBudget = 10

const known = new Set(["id", "jsonrpc", "method", "params", "result", "error"])

class FulcrumConversation implements Conversation {
  readonly #process: FulcrumProcess
  readonly #methods: ReadonlyMap<string, FulcrumMethod>
  readonly #session: Channel
  readonly #subscriptions = new ScriptSubscriptions()
  readonly #transactions = new Map<string, number | null>()
  #negotiated: ReadonlyArray<number> | null = null
  #errors = 0
  #accepted = 0
  #unlisten: (() => void) | undefined
  readonly #throttle = new NodeThrottle()
  /** Lines that it did not read yet. */
  readonly #unread: Array<Buffer> = []
  #paused = false

  constructor(process: FulcrumProcess, methods: ReadonlyMap<string, FulcrumMethod>, session: Channel) {
    this.#process = process
    this.#methods = methods
    this.#session = session
  }

  ended(): void {
    this.#unlisten?.()
    this.#process.subscriptionBudget.give(this.#session.client, this.#subscriptions.size)
  }

  tooLong(): void {
    this.#session.reply(
      { method: "", id: "null" },
      fail(3, "Excessive flood, please throttle your client implementation to not do this", true)
    )
  }

  line(bytes: Buffer): void {
    this.#unread.push(bytes)
    this.#read()
  }

  #read(): void {
    while (this.#unread.length > 0 && !this.#paused) {
      const wait = this.#throttle.wait(performance.now())
      if (wait === 0) {
        this.#handle(this.#unread.shift()!)
        continue
      }
      this.#paused = true
      this.#session.later(wait, () => {
        this.#paused = false
        this.#read()
      })
    }
  }

  #handle(bytes: Buffer): void {
    // Replies that did not leave yet are lost with the connection.
    if (this.#errors - this.#accepted >= errorBudget) {
      this.#process.strain.closed++
      return this.#session.abort()
    }
    let message: unknown
    try {
      message = JSON.parse(bytes.toString("utf8"))
    } catch {
      return this.#malformed("null", -32700, this.#parseFailure(bytes))
    }
    if (nesting.test(bytes.subarray(0, 200).toString("latin1")))
      return this.#malformed("null", -32700, this.#parseFailure(bytes))
    // Up to 1.5 there are no batches.
    if (!this.#since("1.6") && (typeof message !== "object" || message === null || Array.isArray(message))) {
      return this.#malformed("null", -31999, "Json Error: expected object")
    }
    // A bare text is taken for a list of one.
    const items: unknown = typeof message === "string" ? [message] : message
    if (Array.isArray(items) && items.length > batchLimit) {
      return this.#malformed("null", 4, "Batch limit exceeded")
    }
    if (Array.isArray(items) && items.length > 0) {
      const replies: Array<string> = []
      for (const item of items) {
        this.#item(item, bytes, (request, answer) => replies.push(this.#session.format(request, answer)))
      }
      if (replies.length > 0) this.#session.sendLine(`[${replies.join(",")}]`, null)
      return
    }
    this.#item(message, bytes, (request, answer) => this.#session.reply(request, answer))
  }

  #item(message: unknown, bytes: Buffer, send: (request: Request, answer: Answer) => void): void {
    const refuse = (id: string, code: number, text: string): void => {
      send({ method: "", id }, fail(code, text))
      this.#countError()
    }
    if (typeof message !== "object" || message === null || Array.isArray(message)) {
      return refuse("null", -32600, "Invalid request")
    }
    const object = message as Record<string, unknown>
    // Numbers beyond 64 bits are no JSON to it.
    if (typeof object.id === "number" && Math.abs(object.id) >= 2 ** 64)
      return refuse("null", -32700, this.#parseFailure(bytes))
    const problem = idProblem(object.id)
    if (problem !== undefined) return refuse("null", -32600, `Error parsing JSON key "id": ${problem}`)
    // Numbers are printed as integers whatever the spelling, e.g. 1.0 as 1.
    const id = typeof object.id === "number" ? percentG(object.id) : idText(object.id ?? null, bytes.toString("utf8"))
    // Up to 1.5 the dialect has to be the right one where it is named at all.
    const { jsonrpc } = object
    if (!this.#since("1.6") && jsonrpc !== undefined && jsonrpc !== "2.0") {
      return refuse(id, -32600, "Expected jsonrpc version 2.0")
    }
    if (Object.keys(object).some((key) => !known.has(key))) return refuse(id, -32600, "Invalid request")
    if (object.method === undefined) {
      return object.result !== undefined || object.error !== undefined
        ? refuse(id, -31999, `Unexpected response (id: ${id})`)
        : refuse(id, -32600, "Invalid JSON RPC object")
    }
    const { method, params } = object
    if (typeof method !== "string" || method === "" || method.startsWith("rpc.")) {
      return refuse(id, -32600, "Invalid method")
    }
    if (params !== undefined && (typeof params !== "object" || params === null)) {
      return refuse(id, -32600, "Invalid params")
    }
    if (object.id === undefined) return this.#countError()
    const [answer, counts] = this.#call(method, params as ReadonlyArray<unknown> | Record<string, unknown> | undefined)
    send({ method, id }, answer)
    if (counts) this.#countError()
  }

  #call(
    name: string,
    params: ReadonlyArray<unknown> | Record<string, unknown> | undefined
  ): readonly [Answer, counts: boolean] {
    const method = this.#methods.get(name)
    if (method === undefined) return [fail(-32601, `Unsupported request: ${name}`), true]
    const [least, most] = method.arity
    if (params === undefined && (least > 0 || method.named === true)) {
      return [fail(-32602, "Missing required params"), true]
    }
    const list = params ?? []
    if (!Array.isArray(list)) {
      return method.named === true
        ? [this.#answer(method, []), false]
        : [fail(-32602, "Named params are not supported for this method"), true]
    }
    if (list.length < least) return [fail(-32602, expected("least", least, name, list.length)), true]
    if (list.length > most) return [fail(-32602, expected("most", most, name, list.length)), true]
    this.#throttle.ask(name, performance.now())
    return [this.#answer(method, list), false]
  }

  #answer(method: FulcrumMethod, params: ReadonlyArray<unknown>): Answer {
    this.#accepted++
    return method.answer(params, {
      process: this.#process,
      model: this.#process.model,
      subscriptions: this.#subscriptions,
      transactions: this.#transactions,
      client: this.#session.client,
      handshaken: this.#negotiated !== null,
      negotiated: this.#negotiated ?? [1, 4],
      handshake: (negotiated) => {
        this.#negotiated = negotiated
        this.#session.handshaken()
      },
      maySubscribe: () => this.#process.subscriptionBudget.take(this.#session.client),
      unsubscribed: () => this.#process.subscriptionBudget.give(this.#session.client, 1),
      listen: () => {
        this.#unlisten ??= this.#process.node.listen((news) => this.#tell(news))
      }
    })
  }

  /** A new tip, then what is another than was told last. */
  #tell({ tip }: News): void {
    const { backend } = this.#process.model
    const notify = (method: string, params: string): void =>
      this.#session.sendLine(this.#session.envelope.notification(method, params), null)
    if (tip && this.#subscriptions.headers) {
      notify("blockchain.headers.subscribe", print([fulcrumTip(this.#process)], qtSorted))
    }
    for (const hash of this.#subscriptions.hashes) {
      const status = statusOf(wholeHistory(backend, hash))
      if (this.#subscriptions.changed(hash, status)) {
        notify("blockchain.scripthash.subscribe", print([hash, status], qtSorted))
      }
    }
    for (const [txid, told] of this.#transactions) {
      const height = transactionHeight(backend, txid)
      if (height === told) continue
      this.#transactions.set(txid, height)
      notify("blockchain.transaction.subscribe", print([txid, height], qtSorted))
    }
  }

  #since(release: string): boolean {
    return atLeast(this.#process.model.software.version, release)
  }

  /**
   * At most 80 characters of what it could not read, its line end too; from 2.0
   * on with `?` for what is not printable ASCII.
   */
  #parseFailure(bytes: Buffer): string {
    const whole = Buffer.concat([bytes, lineEnd])
    const cut = whole.subarray(0, 80)
    const shown = this.#since("2.0") ? cut.toString("latin1").replace(/[^ -~]/g, "?") : cut.toString("utf8")
    return `Failed to parse Json from string: ${shown}${whole.length > 80 ? "..." : ""}`
  }

  #malformed(id: string, code: number, text: string): void {
    this.#session.reply({ method: "", id }, fail(code, text))
    this.#countError()
  }

  #countError(): void {
    this.#errors++
    const { strain } = this.#process
    strain.errors = Math.max(strain.errors, this.#errors - this.#accepted)
  }
}

const expected = (bound: string, n: number, method: string, got: number): string =>
  `Expected at ${bound} ${n} parameter${n === 1 ? "" : "s"} for ${method}, got ${got} instead`

const idProblem = (id: unknown): string | undefined => {
  if (id === undefined || id === null || typeof id === "string") return undefined
  if (typeof id === "boolean") return "Booleans are not supported"
  if (typeof id === "number" && Number.isInteger(id)) return undefined
  return "Expected a string, a non-fractional number, or null"
}

const lineEnd = Buffer.from("\n")

/** Deeper than it parses. */
const nesting = /^\s*\[{100}/

/** Fulcrum 1.x and 2.x. */
export const fulcrum = (model: ServerModel): Implementation => {
  const methods = fulcrumMethods(model.software.version)
  let process: FulcrumProcess | undefined
  return {
    envelope: sortedEnvelope,
    lineEnd: "\r\n",
    lineLimit: 8_000_000,
    padding: null,
    answersTlsClose: false,
    answersAfterEnd: true,
    idle: { before: 300_000, after: 900_000 },
    connectionsPerClient: 12,
    converse: (session) => {
      process ??= fulcrumProcess(model)
      return new FulcrumConversation(process, methods, session)
    },
    strain: () => ({ ...noStrain, ...process?.strain }),
    stop: () => process?.node.stop()
  }
}
