import { isUtf8 } from "node:buffer"
import { print, serdeSorted } from "../../model/dialect.ts"
import type { ServerModel } from "../../model/server-model.ts"
import { romanzHistogram } from "../fee-histogram.ts"
import { type Answer, type Channel, type Conversation, fail, idText, type Implementation, type Request } from "../implementation.ts"
import { NodeFollower, untilTick } from "../node-follower.ts"
import { periods, Remembered } from "../remembered.ts"
import { ScriptSubscriptions } from "../script-subscriptions.ts"
import { sortedEnvelope } from "../sorted-envelope.ts"
import { electrsManners, tellElectrsClient, tipJson } from "./electrs-family.ts"
import { type RomanzMethod, romanzMethods, romanzOrder, type RomanzProcess } from "./romanz-methods.ts"

const syncMs = 10_000

/** It is told of blocks, and looks at the mempool with each of them and every ten seconds. */
const processOf = (model: ServerModel): RomanzProcess => {
  const { backend, clock } = model
  const draw = model.random.fork("process")
  const phase = draw.between(0, syncMs)
  const sync = periods(clock, syncMs, phase)
  const node = new NodeFollower(backend, clock, {
    tip: () => draw.between(50, 500),
    mempool: (now) => untilTick(now, syncMs, phase)
  })
  return {
    model,
    node,
    histogram: new Remembered(
      () => `${sync()} ${backend.hash(node.tipHeight)}`,
      () => print(romanzHistogram(backend.mempool), serdeSorted)
    )
  }
}

const unreadable: Request = { method: "", id: "null" }
const invalidRequest = fail(-32600, "invalid request")

/** An object with a method and an id, whatever else it has. */
const isRequest = (value: unknown): value is { readonly method: string; readonly id: unknown; readonly params?: unknown } => {
  const { method, id } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>
  return typeof method === "string" && id !== undefined
}

class RomanzConversation implements Conversation {
  readonly #process: RomanzProcess
  readonly #methods: ReadonlyMap<string, RomanzMethod>
  readonly #channel: Channel
  readonly #subscriptions = new ScriptSubscriptions()
  #unlisten: (() => void) | undefined

  constructor(process: RomanzProcess, methods: ReadonlyMap<string, RomanzMethod>, channel: Channel) {
    this.#process = process
    this.#methods = methods
    this.#channel = channel
  }

  line(bytes: Buffer): void {
    if (!isUtf8(bytes)) return this.#channel.close()
    const text = bytes.toString("utf8")
    let message: unknown
    try {
      message = JSON.parse(text)
    } catch {
      return this.#channel.reply(unreadable, fail(-32700, "parse error"))
    }
    const batch = Array.isArray(message)
    const items: ReadonlyArray<unknown> = batch ? (message as ReadonlyArray<unknown>) : [message]
    // One item that is no request spoils the whole batch.
    if (!items.every(isRequest)) return this.#channel.reply(unreadable, invalidRequest)
    const answers = items.map((item): readonly [Request, Answer] => [
      { method: item.method, id: idText(item.id, text) },
      this.#call(item.method, item.params)
    ])
    if (!batch) return this.#channel.reply(...answers[0]!)
    this.#channel.sendLine(`[${answers.map((pair) => this.#channel.format(...pair)).join(",")}]`, null)
  }

  tooLong(): void {
    this.#channel.close()
  }

  ended(): void {
    this.#unlisten?.()
  }

  #call(name: string, params: unknown): Answer {
    const method = this.#methods.get(name)
    if (method === undefined) return fail(-32601, "method not found")
    return method(params, {
      process: this.#process,
      model: this.#process.model,
      subscriptions: this.#subscriptions,
      listen: () => {
        this.#unlisten ??= this.#process.node.listen(({ tip }) => {
          const { node, model } = this.#process
          tellElectrsClient(this.#channel, this.#subscriptions, tip ? tipJson(node, model) : null, romanzOrder, false)
        })
      }
    })
  }
}

/** romanz electrs (from source, not executed). */
export const romanz = (model: ServerModel): Implementation => {
  const methods = romanzMethods(model.software.version)
  let process: RomanzProcess | undefined
  return {
    ...electrsManners,
    envelope: sortedEnvelope,
    converse: (channel) => {
      process ??= processOf(model)
      return new RomanzConversation(process, methods, channel)
    },
    stop: () => process?.node.stop()
  }
}
