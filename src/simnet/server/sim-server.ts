import type { Socket } from "node:net"
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls"
import type { Implementation, Strain } from "../implementations/implementation.ts"
import type { Client } from "../model/client.ts"
import type { Failure } from "../model/failure.ts"
import type { ServerModel } from "../model/server-model.ts"
import { Session } from "./session.ts"
import type { TlsIdentity } from "./tls-identity.ts"
import type { Trait } from "./trait.ts"

/** One run of a server's process, from its start to its end. */
export interface ServerRun {
  readonly model: ServerModel
  /** What answers a client: liars have more than one. */
  readonly implementation: (client: Client | null) => Implementation
  readonly traits: ReadonlyArray<Trait>
  /** Of each face that it showed. */
  readonly strain: () => ReadonlyArray<Strain>
  /** The process leaves what it was connected to. */
  readonly stop: () => void
  /** With so many connections it refuses more until 5 % of them are gone; null = never. */
  readonly maxSessions: number | null
}

/** What a server is made of. */
export interface SimServerOptions {
  readonly run: ServerRun
  /** How its addresses fail from the beginning; null: it runs. */
  readonly failure: Failure | null
  /** Made on first use. */
  readonly identity: () => TlsIdentity
  /** Ask for an identity on every connection. */
  readonly freshIdentity: boolean
  /** Milliseconds of one round trip from a client, drawn anew each time. */
  readonly roundTrip: (client: Client | null) => number
  /** Called for every connection: takes the lines of its client; null without a log. */
  readonly log: ((client: Client | null) => (line: Buffer) => void) | null
}

/** One server: takes connections, whoever accepted them, and holds a session on each. */
export class SimServer {
  readonly #options: SimServerOptions
  readonly #open = new Map<string, number>()
  readonly #sockets = new Set<Socket>()
  readonly #watchers = new Set<() => void>()
  #run: ServerRun
  #failure: Failure | null
  #identity: () => TlsIdentity
  #shown: TlsIdentity | undefined
  #full = false

  constructor(options: SimServerOptions) {
    this.#options = options
    this.#run = options.run
    this.#failure = options.failure
    this.#identity = options.identity
  }

  /** What it knows and says in this run. */
  get model(): ServerModel {
    return this.#run.model
  }

  /** The worst that clients did to it in this run. */
  get strain(): ReadonlyArray<Strain> {
    return this.#run.strain()
  }

  /** How its machine fails; null: it is there. */
  get failure(): Failure | null {
    return this.#failure
  }

  /** How a connection attempt fails now; null: it is taken. */
  get refusal(): Failure | null {
    return this.#failure ?? (this.#full ? "refused" : null)
  }

  /** Milliseconds until a connection attempt of a client is answered. */
  roundTripTo(client: Client | null): number {
    return this.#options.roundTrip(client)
  }

  /** Called when `refusal` may have changed. */
  onChange(watcher: () => void): void {
    this.#watchers.add(watcher)
  }

  /** The process ends with all its connections; what is started instead remembers nothing. */
  restart(run: ServerRun): void {
    this.stop()
    this.#run = run
  }

  /** It is no longer there, and its connections are cut; null: it is back. */
  fail(failure: Failure | null): void {
    this.#failure = failure
    if (failure !== null) this.#cut()
    this.#changed()
  }

  /** Show another certificate from the next connection on. */
  renew(identity: () => TlsIdentity): void {
    this.#identity = identity
    this.#shown = undefined
  }

  /**
   * Serve a connection. A client that is null is exempt from limits per client;
   * the socket must allow half-open connections.
   */
  accept(socket: Socket, transport: "tcp" | "tls", client: Client | null): void {
    const { traits } = this.#run
    socket.on("error", () => socket.destroy())
    this.#sockets.add(socket)
    socket.once("close", () => {
      this.#sockets.delete(socket)
      this.#count()
    })
    this.#count()
    const implementation = this.#run.implementation(client)
    const leave = this.#enter(client, implementation.connectionsPerClient)
    if (leave === undefined) return void socket.resetAndDestroy()
    socket.once("close", leave)
    socket.setNoDelay(true)
    if (traits.some((trait) => trait.connection?.(socket, transport) === true)) return
    if (transport === "tcp") return this.#begin(socket, client, implementation, false)
    const timer = setTimeout(() => this.#secure(socket, client, implementation, leave), this.roundTripTo(client))
    socket.once("close", () => clearTimeout(timer))
  }

  /** Cut every connection, and the process's own to its node. */
  stop(): void {
    this.#run.stop()
    this.#cut()
  }

  #cut(): void {
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

  #count(): void {
    const most = this.#run.maxSessions
    const full = most !== null && this.#sockets.size >= (this.#full ? 0.95 * most : most)
    if (full === this.#full) return
    this.#full = full
    this.#changed()
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher()
  }

  #begin(socket: Socket, client: Client | null, implementation: Implementation, tls: boolean): void {
    const { model, traits } = this.#run
    const delay = (): number => this.roundTripTo(client)
    const observe = this.#options.log?.(client) ?? null
    const session = new Session({ model, implementation, traits, socket, tls, client, delay, observe })
    if (session.closing) socket.destroySoon()
  }

  #secure(socket: Socket, client: Client | null, implementation: Implementation, leave: () => void): void {
    if (socket.destroyed) return
    const shown = this.#identityNow()
    const { forNames } = shown
    const secured = new TLSSocket(socket, {
      isServer: true,
      secureContext: contextOf(shown),
      ...(forNames === undefined
        ? {}
        : {
            SNICallback: (name, answer) =>
              answer(null, forNames.hosts.has(name.toLowerCase()) ? contextOf(forNames.identity()) : undefined)
          })
    })
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
      this.#begin(secured, client, implementation, true)
    })
  }

  #identityNow(): TlsIdentity {
    if (this.#shown === undefined || this.#options.freshIdentity) this.#shown = this.#identity()
    return this.#shown
  }
}

const contexts = new WeakMap<TlsIdentity, SecureContext>()

/** Made on first use, one for all servers that show the identity. */
const contextOf = (identity: TlsIdentity): SecureContext => {
  const known = contexts.get(identity)
  if (known !== undefined) return known
  const context = createSecureContext({
    cert: identity.certificate,
    key: identity.key,
    ...(identity.newest === undefined
      ? { minVersion: "TLSv1.2" as const }
      : { minVersion: "TLSv1" as const, maxVersion: identity.newest, ciphers: "DEFAULT:@SECLEVEL=0" }),
    // What OpenSSL 3.0 offers, the version behind most servers of the field.
    ecdhCurve: "X25519:P-256:P-384"
  })
  contexts.set(identity, context)
  return context
}

/** For a client that begins TLS and does not go on (asyncio's default). */
const handshakeMs = 60_000

/** A client that waits for an answer to its TLS end gives up after 30 s (asyncio's default). */
const unansweredEndMs = 31_000
