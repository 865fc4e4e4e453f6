import { isUtf8 } from "node:buffer"
import { type Json, print, serdeSorted } from "../../model/dialect.ts"
import type { ServerModel } from "../../model/server-model.ts"
import { blockstreamFeatures } from "../features.ts"
import { blockstreamHistogram } from "../fee-histogram.ts"
import {
  type Answer,
  type Channel,
  type Conversation,
  type Envelope,
  idText,
  type Implementation,
  type Request
} from "../implementation.ts"
import { NodeFollower, untilTick } from "../node-follower.ts"
import { peersText } from "../peers-text.ts"
import { periods, Remembered } from "../remembered.ts"
import { protocolOrder } from "../script-history.ts"
import { ScriptSubscriptions } from "../script-subscriptions.ts"
import { sortedEnvelope } from "../sorted-envelope.ts"
import {
  blockstreamMethods,
  type BlockstreamProcess,
  type BlockstreamReply,
  estimatedTargets,
  thereAndBack
} from "./blockstream-methods.ts"
import { electrsManners, tellElectrsClient, tipJson } from "./electrs-family.ts"
import { rustDebugList } from "./rust-text.ts"

// Errors of methods are bare strings, code 0 here; the fork answers errors of the envelope with an object.
const envelope: Envelope = {
  ...sortedEnvelope,
  error: (id, code, message) =>
    code === 0
      ? `{"error":${JSON.stringify(message)},"id":${id},"jsonrpc":"2.0"}`
      : sortedEnvelope.error(id, code, message)
}

const updateMs = 5000
const mempoolMs = 10_000
const estimatesMs = 60_000

/** It looks at its node every five seconds, at the mempool's statistics every ten. */
const processOf = (model: ServerModel): BlockstreamProcess => {
  const { backend, clock } = model
  const draw = model.random.fork("process")
  const [update, statistics, estimates] = [updateMs, mempoolMs, estimatesMs].map((ms) => draw.between(0, ms)) as [
    number,
    number,
    number
  ]
  const untilUpdate = (now: number): number => untilTick(now, updateMs, update)
  return {
    model,
    node: new NodeFollower(backend, clock, { tip: untilUpdate, mempool: untilUpdate }),
    histogram: new Remembered(periods(clock, mempoolMs, statistics), () =>
      print(blockstreamHistogram(backend.mempool), serdeSorted)
    ),
    estimates: new Remembered(
      periods(clock, estimatesMs, estimates),
      () =>
        new Map(
          estimatedTargets
            .map((target) => [target, thereAndBack(backend.estimateFee(target))] as const)
            .filter(([, rate]) => rate >= 0)
        )
    ),
    relayFee: thereAndBack(backend.relayFee)
  }
}

const tlsHello = Buffer.of(22, 3, 1)

class BlockstreamConversation implements Conversation {
  readonly #process: BlockstreamProcess
  readonly #channel: Channel
  readonly #subscriptions = new ScriptSubscriptions()
  readonly #fork: boolean
  #unlisten: (() => void) | undefined

  constructor(process: BlockstreamProcess, channel: Channel) {
    this.#process = process
    this.#channel = channel
    this.#fork = process.model.software.family === "mempool electrs"
  }

  line(bytes: Buffer): void {
    // What is no text, or looks like TLS, ends the connection with both.
    if (!isUtf8(bytes) || bytes.subarray(0, 3).equals(tlsHello)) return this.#channel.close()
    const text = bytes.toString("utf8")
    let message: unknown
    try {
      message = JSON.parse(text)
    } catch {
      // Shown with its line end.
      return this.#answer(this.#invalid(`${text}\n`))
    }
    // The fork alone knows batches.
    if (!Array.isArray(message) || !this.#fork) return this.#answer(this.#handle(message, text))
    const replies = message.map((item) => this.#handle(item, text)!).map((pair) => this.#channel.format(...pair))
    this.#channel.sendLine(`[${replies.join(",")}]`, null)
  }

  tooLong(): void {
    this.#channel.close()
  }

  ended(): void {
    this.#unlisten?.()
  }

  /** Null ends the connection without a word. */
  #answer(pair: readonly [Request, Answer] | null): void {
    if (pair === null) this.#channel.close()
    else this.#channel.reply(...pair)
  }

  #invalid(shown: string): readonly [Request, Answer] | null {
    return this.#fork ? [{ method: "", id: "null" }, { code: -32600, message: `invalid request: ${shown}` }] : null
  }

  #handle(message: unknown, text: string): readonly [Request, Answer] | null {
    const object = typeof message === "object" && message !== null ? (message as Record<string, unknown>) : {}
    const { method: name, id } = object
    const params = object.params ?? []
    if (typeof name !== "string" || id === undefined || !Array.isArray(params)) {
      return this.#invalid(print(message as Json, serdeSorted))
    }
    const request = { method: name, id: idText(id, text) }
    const reply = this.#call(name, params)
    if (reply !== null) {
      if ("error" in reply) return [request, { code: 0, message: reply.error }]
      return [request, { result: "text" in reply ? reply.text : print(reply.result, serdeSorted) }]
    }
    const unknown = `${name} RPC error: unknown method ${name} ${rustDebugList(params)}`
    return this.#fork ? [request, { code: 1, message: unknown }] : null
  }

  /** Null: no method of that name. */
  #call(name: string, params: ReadonlyArray<unknown>): BlockstreamReply | null {
    const { model } = this.#process
    // Builds with discovery have more.
    if (name === "server.peers.subscribe") {
      return { text: model.discovery ? peersText(model, false, serdeSorted) : "[]" }
    }
    if (name === "server.features" && model.discovery) return { text: blockstreamFeatures(model) }
    if (name === "server.add_peer" && model.discovery) {
      return params[0] === undefined ? { error: "missing features param" } : { error: "invalid features" }
    }
    const method = blockstreamMethods.get(name)
    if (method === undefined) return null
    return method(params, {
      process: this.#process,
      model,
      subscriptions: this.#subscriptions,
      listen: () => {
        this.#unlisten ??= this.#process.node.listen(({ tip }) => {
          const shown = tip ? tipJson(this.#process.node, model) : null
          tellElectrsClient(this.#channel, this.#subscriptions, shown, protocolOrder, true)
        })
      }
    })
  }
}

/**
 * Blockstream's electrs and mempool's fork (from source, not executed). What is
 * wrong in the envelope, and an unknown method, ends the connection without a
 * word; the fork answers an error instead.
 */
export const blockstream = (model: ServerModel): Implementation => {
  let process: BlockstreamProcess | undefined
  return {
    ...electrsManners,
    envelope,
    converse: (channel) => {
      process ??= processOf(model)
      return new BlockstreamConversation(process, channel)
    },
    stop: () => process?.node.stop()
  }
}
