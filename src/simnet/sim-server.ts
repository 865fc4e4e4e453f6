import type { Socket } from "node:net"
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls"
import type { Client } from "./client.ts"
import type { Implementation } from "./implementations/implementation.ts"
import type { Delay } from "./outgoing.ts"
import type { ServerModel } from "./server-model.ts"
import { Session } from "./session.ts"
import type { TlsIdentity } from "./tls-identity.ts"
import type { Trait } from "./traits/trait.ts"

export interface SimServerOptions {
  readonly model: ServerModel
  readonly implementation: Implementation
  readonly traits: ReadonlyArray<Trait>
  /** Made on first use. */
  readonly identity: () => TlsIdentity
  /** Ask for an identity on every connection. */
  readonly freshIdentity: boolean
  /** Milliseconds of one round trip, drawn anew each time. */
  readonly roundTrip: Delay
}

/** One server process: takes connections, whoever accepted them, and holds a session on each. */
export class SimServer {
  readonly model: ServerModel
  readonly #options: SimServerOptions
  readonly #open = new Map<string, number>()
  readonly #sockets = new Set<Socket>()
  #context: SecureContext | undefined

  constructor(options: SimServerOptions) {
    this.model = options.model
    this.#options = options
  }

  /** Milliseconds until a connection attempt is answered. */
  get roundTrip(): number {
    return this.#options.roundTrip()
  }

  /**
   * Serve a connection. A client that is null is exempt from limits per client;
   * the socket must allow half-open connections.
   */
  accept(socket: Socket, transport: "tcp" | "tls", client: Client | null): void {
    const { implementation, traits } = this.#options
    socket.on("error", () => socket.destroy())
    this.#sockets.add(socket)
    socket.once("close", () => this.#sockets.delete(socket))
    const leave = this.#enter(client, implementation.connectionsPerClient)
    if (leave === undefined) return void socket.resetAndDestroy()
    socket.once("close", leave)
    socket.setNoDelay(true)
    if (traits.some((trait) => trait.connection?.(socket, transport) === true)) return
    if (transport === "tcp") return this.#begin(socket, client, false)
    const timer = setTimeout(() => this.#secure(socket, client, leave), this.#options.roundTrip())
    socket.once("close", () => clearTimeout(timer))
  }

  /** Cut every connection. */
  stop(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Count a connection of a client; undefined when it has too many. The result takes it off again, once. */
  #enter(client: Client | null, limit: number | null): (() => void) | undefined {
    if (client === null || limit === null) return () => undefined
    const { address } = client
    const open = this.#open.get(address) ?? 0
    if (open >= limit) return undefined
    this.#open.set(address, open + 1)
    let counted = true
    return () => {
      if (counted) this.#open.set(address, this.#open.get(address)! - 1)
      counted = false
    }
  }

  #begin(socket: Socket, client: Client | null, tls: boolean): void {
    const { model, implementation, traits, roundTrip } = this.#options
    const session = new Session({ model, implementation, traits, socket, tls, client, delay: roundTrip })
    if (session.closing) socket.destroySoon()
  }

  #secure(socket: Socket, client: Client | null, leave: () => void): void {
    if (socket.destroyed) return
    const secured = new TLSSocket(socket, { isServer: true, secureContext: this.#secureContext() })
    const patience = setTimeout(() => socket.destroy(), handshakeMs)
    secured.on("error", () => socket.destroy())
    secured.once("close", () => clearTimeout(patience))
    // A TLS end and a TCP end look alike here. Servers that leave the former
    // unanswered end with the latter, so the client is gone either way.
    secured.once("end", () => {
      leave()
      const timer = setTimeout(() => socket.destroy(), unansweredEndMs)
      secured.once("close", () => clearTimeout(timer))
    })
    secured.once("secure", () => {
      clearTimeout(patience)
      this.#begin(secured, client, true)
    })
  }

  #secureContext(): SecureContext {
    if (this.#context === undefined || this.#options.freshIdentity) {
      const { certificate, key } = this.#options.identity()
      this.#context = createSecureContext({
        cert: certificate,
        key,
        minVersion: "TLSv1.2",
        // What OpenSSL 3.0 offers, the version behind most servers of the field.
        ecdhCurve: "X25519:P-256:P-384"
      })
    }
    return this.#context
  }
}

const handshakeMs = 10_000

/** A client that waits for an answer to its TLS end gives up after 30 s (asyncio's default). */
const unansweredEndMs = 31_000
