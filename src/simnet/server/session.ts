import type { Socket } from "node:net"
import type { Answer, Channel, Conversation, Envelope, Implementation, Request } from "../implementations/implementation.ts"
import type { Client } from "../model/client.ts"
import type { ServerModel } from "../model/server-model.ts"
import { LineSplitter } from "./line-splitter.ts"
import { type Delay, Outgoing } from "./outgoing.ts"
import { PaddingWriter } from "./padding-writer.ts"
import type { Trait } from "./trait.ts"

/** What a session is made of. */
export interface SessionOptions {
  readonly model: ServerModel
  readonly implementation: Implementation
  readonly traits: ReadonlyArray<Trait>
  readonly socket: Socket
  readonly tls: boolean
  /** Who is asking; null = exempt from limits per client. */
  readonly client: Client | null
  readonly delay: Delay
  /** Told of every line of the client, before anything is done about it; null without a log. */
  readonly observe: ((line: Buffer) => void) | null
}

/** One connection to a server, from the moment its transport is up. */
export class Session implements Channel {
  readonly model: ServerModel
  readonly client: Client | null
  readonly tls: boolean
  readonly socket: Socket
  readonly outgoing: Outgoing
  /** How replies are framed; ElectrumX follows the dialect of the first request. */
  envelope: Envelope
  readonly #implementation: Implementation
  readonly #traits: ReadonlyArray<Trait>
  readonly #padding: PaddingWriter | null
  readonly #splitter: LineSplitter
  readonly #conversation: Conversation
  readonly #observe: SessionOptions["observe"]
  readonly #timers = new Set<NodeJS.Timeout>()
  #closing = false

  constructor(options: SessionOptions) {
    const { implementation, socket } = options
    this.model = options.model
    this.client = options.client
    this.tls = options.tls
    this.socket = socket
    this.envelope = implementation.envelope
    this.#implementation = implementation
    this.#traits = options.traits
    this.#observe = options.observe
    this.outgoing = new Outgoing(socket, options.delay, implementation.answersAfterEnd ? 1 : 3)
    this.#padding =
      implementation.padding === null
        ? null
        : new PaddingWriter(implementation.padding, (bytes) => this.outgoing.write(bytes))
    this.#splitter = new LineSplitter(implementation.lineLimit)
    this.#conversation = implementation.converse(this)
    socket.on("close", () => this.#ended())
    socket.on("error", () => socket.destroy())
    if (implementation.idle !== null) {
      socket.setTimeout(implementation.idle.before, () => socket.destroySoon())
    }
    if (options.traits.some((trait) => trait.opened?.(this) === true)) return
    socket.on("data", (chunk: Buffer) => this.#received(chunk))
    socket.on("end", () => this.#clientEnded())
    // The proxy front hands sockets over paused.
    socket.resume()
  }

  get closing(): boolean {
    return this.#closing
  }

  /** Answer a request: traits may change the result or the line, or swallow it. */
  reply(request: Request, answer: Answer): void {
    this.sendLine(this.format(request, answer), request)
    if ("code" in answer && answer.close === true) this.close()
  }

  /** The reply as one JSON text, with what traits make of its result. */
  format(request: Request, answer: Answer): string {
    if ("code" in answer) return this.envelope.error(request.id, answer.code, answer.message)
    let json = answer.result
    for (const trait of this.#traits) json = trait.result?.(request.method, json, this) ?? json
    return this.envelope.result(request.id, json)
  }

  /** One line to the client, the request it answers given where there is one. */
  sendLine(text: string, request: Request | null): void {
    if (this.#closing) return
    let line: string | Buffer | null = text
    if (request !== null) {
      for (const trait of this.#traits) {
        const changed = trait.line?.(text, request, this)
        if (changed !== undefined) line = changed
      }
    }
    if (line !== null) this.write(line)
    if (request !== null) {
      for (const trait of this.#traits) trait.replied?.(request, this)
    }
  }

  /** One line as bytes or text, through the padding and pacing of the implementation. */
  write(line: string | Buffer): void {
    const end = this.#implementation.lineEnd
    if (this.#padding !== null) {
      this.#padding.push(typeof line === "string" ? Buffer.from(line + end) : Buffer.concat([line, Buffer.from(end)]))
    } else if (typeof line === "string") {
      this.outgoing.write(line + end)
    } else {
      this.outgoing.write(Buffer.concat([line, Buffer.from(end)]))
    }
  }

  /** `server.version` was answered. */
  handshaken(): void {
    if (this.#implementation.idle !== null) this.socket.setTimeout(this.#implementation.idle.after)
  }

  /** End at once: what did not leave yet is lost. */
  abort(): void {
    this.outgoing.drop()
    this.close()
  }

  /** End in order. With ElectrumX 1.18 what waits in the padding buffer is lost. */
  close(): void {
    if (this.#closing) return
    this.#closing = true
    this.#padding?.end()
    this.outgoing.end()
  }

  /** Act later, unless the connection is gone by then. */
  later(milliseconds: number, act: () => void): void {
    if (milliseconds <= 0) return act()
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, milliseconds)
    this.#timers.add(timer)
  }

  #received(chunk: Buffer): void {
    if (this.#closing) return
    this.#splitter.push(
      chunk,
      (line) => {
        if (this.#closing) return
        this.#observe?.(line)
        this.#conversation.line(line)
      },
      () => this.#conversation.tooLong()
    )
  }

  #clientEnded(): void {
    const silentEnd =
      this.tls && (!this.#implementation.answersTlsClose || this.#traits.some((trait) => trait.ignoresClose === true))
    // The client's TCP end, or its patience, is then what ends the connection.
    if (silentEnd) return
    if (this.#implementation.answersAfterEnd) this.close()
    else this.abort()
  }

  #ended(): void {
    this.#closing = true
    this.#padding?.drop()
    this.outgoing.drop()
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#conversation.ended()
  }
}
