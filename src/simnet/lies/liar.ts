import type { SeededRandom } from "../draw/random.ts"
import type { Answer, Channel, Conversation, Envelope, Implementation, Request } from "../implementations/implementation.ts"
import type { Client } from "../model/client.ts"
import type { ServerModel } from "../model/server-model.ts"
import type { LieCondition, LieSpec } from "../scenario/lie-spec.ts"

/** One way of a server to answer: what it claims to know, and the program on top. */
export interface Face {
  readonly model: ServerModel
  readonly implementation: Implementation
}

/** What a liar lies about, and by which chances. */
export interface LiarOptions {
  readonly lies: ReadonlyArray<LieSpec>
  /** The face that tells these lies; asked once for each combination. */
  readonly face: (lies: ReadonlyArray<LieSpec>) => Face
  /** Draws clients: shared by an operator's servers. */
  readonly clients: SeededRandom
  /** Draws connections. */
  readonly sessions: SeededRandom
}

/** Whether the condition can come true in the course of a connection only. */
const depends = (to: LieCondition | undefined): boolean =>
  to?.after_requests !== undefined || to?.client_name !== undefined || to?.padded !== undefined

/** A server that lies, at least to some. */
export class Liar {
  readonly #options: LiarOptions
  readonly #faces = new Map<string, Face>()
  #sessions = 0

  constructor(options: LiarOptions) {
    this.#options = options
  }

  /** What a new connection of a client talks to. */
  implementation(client: Client | null): Implementation {
    const session = this.#options.sessions.fork(String(this.#sessions++))
    const possible = this.#options.lies.filter((lie, i) => this.#concerns(lie.to, client, session.fork(String(i))))
    const certain = possible.filter((lie) => !depends(lie.to))
    const later = possible.filter((lie) => depends(lie.to))
    if (possible.length === 0) return this.#face([]).implementation
    return {
      ...this.#face(certain).implementation,
      converse: (channel) => new TwoFacedConversation(channel, certain, later, (lies) => this.#face(lies))
    }
  }

  #face(lies: ReadonlyArray<LieSpec>): Face {
    const all = this.#options.lies
    const key = all.flatMap((lie, i) => (lies.includes(lie) ? [i] : [])).join()
    const face = this.#faces.get(key) ?? this.#options.face(lies)
    this.#faces.set(key, face)
    return face
  }

  #concerns(to: LieCondition | undefined, client: Client | null, session: SeededRandom): boolean {
    if (to === undefined) return true
    const { clients } = this.#options
    return (
      (to.tor === undefined || to.tor === (client?.tor ?? false)) &&
      (to.network === undefined || (to.network === "onion") === (client?.onion ?? false)) &&
      (to.clients === undefined || clients.fork(client?.address ?? "").chance(to.clients)) &&
      (to.sessions === undefined || session.chance(to.sessions))
    )
  }
}

/** A conversation's channel that may be muted, or tampered with on the way out. */
class FaceChannel implements Channel {
  readonly model: ServerModel
  readonly #channel: Channel
  readonly #lies: ReadonlyArray<LieSpec>
  readonly #speaks: () => boolean

  constructor(channel: Channel, model: ServerModel, lies: ReadonlyArray<LieSpec>, speaks: () => boolean) {
    this.#channel = channel
    this.model = model
    this.#lies = lies
    this.#speaks = speaks
  }

  get client(): Client | null {
    return this.#channel.client
  }
  get closing(): boolean {
    return this.#channel.closing
  }
  get envelope(): Envelope {
    return this.#channel.envelope
  }
  set envelope(envelope: Envelope) {
    this.#channel.envelope = envelope
  }

  reply(request: Request, answer: Answer): void {
    if (!this.#speaks()) return
    for (const lie of this.#lies) {
      if (lie.lie === "silent" && lie.methods.includes(request.method)) return
      if (lie.lie === "busy" && lie.methods.includes(request.method)) {
        return this.#channel.reply(request, { code: -102, message: "server busy - request timed out" })
      }
    }
    this.#channel.later(this.#delay, () => this.#channel.reply(request, answer))
  }
  format(request: Request, answer: Answer): string {
    return this.#channel.format(request, answer)
  }
  sendLine(text: string, request: Request | null): void {
    if (this.#speaks()) this.#channel.later(this.#delay, () => this.#channel.sendLine(text, request))
  }
  handshaken(): void {
    if (this.#speaks()) this.#channel.handshaken()
  }
  close(): void {
    if (this.#speaks()) this.#channel.later(this.#delay, () => this.#channel.close())
  }
  abort(): void {
    if (this.#speaks()) this.#channel.abort()
  }
  later(milliseconds: number, act: () => void): void {
    this.#channel.later(milliseconds, act)
  }

  get #delay(): number {
    return this.#lies.reduce((sum, lie) => sum + (lie.lie === "slow" ? lie.ms : 0), 0)
  }
}

/** The client's name, if the line is a `server.version` that gives one. */
const clientName = (bytes: Buffer): string | undefined => {
  if (!bytes.subarray(0, 1000).includes("server.version")) return undefined
  try {
    const message = JSON.parse(bytes.toString("utf8")) as { readonly params?: ReadonlyArray<unknown> }
    return typeof message.params?.[0] === "string" ? message.params[0] : undefined
  } catch {
    return undefined
  }
}

/** Whether spaces before the last bracket hide how long a line is. */
const isPadded = (bytes: Buffer): boolean => {
  const last = Math.max(bytes.lastIndexOf("}"), bytes.lastIndexOf("]"))
  return last > 1 && bytes[last - 1] === 0x20 && bytes[last - 2] === 0x20
}

/** Every subset, the empty one first. */
const subsets = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  items.reduce<ReadonlyArray<ReadonlyArray<A>>>((all, item) => [...all, ...all.map((some) => [...some, item])], [[]])

/**
 * All faces that a connection may come to see hear everything, so that each
 * knows what was negotiated and subscribed; the one whose time it is answers.
 */
class TwoFacedConversation implements Conversation {
  readonly #talks: ReadonlyArray<{ readonly lies: ReadonlyArray<LieSpec>; readonly conversation: Conversation }>
  readonly #later: ReadonlyArray<LieSpec>
  #requests = 0
  #clientName = ""
  #padded = false
  #speaking = 0

  constructor(
    channel: Channel,
    certain: ReadonlyArray<LieSpec>,
    later: ReadonlyArray<LieSpec>,
    face: (lies: ReadonlyArray<LieSpec>) => Face
  ) {
    this.#later = later
    this.#talks = subsets(later).map((some, i) => {
      const lies = [...certain, ...some]
      const { model, implementation } = face(lies)
      return {
        lies: some,
        conversation: implementation.converse(new FaceChannel(channel, model, lies, () => this.#speaking === i))
      }
    })
  }

  line(bytes: Buffer): void {
    this.#clientName = clientName(bytes) ?? this.#clientName
    // Several requests can share a packet, of which the last one is padded.
    this.#padded ||= isPadded(bytes)
    const told = this.#later.filter(
      ({ to }) =>
        this.#requests >= (to?.after_requests ?? 0) &&
        this.#clientName.startsWith(to?.client_name ?? "") &&
        (to?.padded === undefined || to.padded === this.#padded)
    )
    this.#requests++
    this.#speaking = this.#talks.findIndex(
      ({ lies }) => lies.length === told.length && lies.every((lie) => told.includes(lie))
    )
    for (const { conversation } of this.#talks) conversation.line(bytes)
  }

  tooLong(): void {
    for (const { conversation } of this.#talks) conversation.tooLong()
  }

  ended(): void {
    for (const { conversation } of this.#talks) conversation.ended()
  }
}
