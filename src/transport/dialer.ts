import { Clock, Context, Effect, Layer, Scope } from "effect"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { TLSSocket } from "node:tls"
import type { Endpoint } from "../domain/endpoint.ts"
import type { DialFacts, HandshakeFacts } from "../domain/visit.ts"
import { type Deadline, Deadlines } from "./deadline.ts"
import { defaultTimeouts, type DialerOptions } from "./dial-options.ts"
import type { DialPlan } from "./dial-plan.ts"
import { makeDirectDial } from "./direct-dial.ts"
import { elapsedMs } from "./elapsed.ts"
import { makeProxiedDial } from "./proxied-dial.ts"
import { Resolver } from "./resolver.ts"
import { plain } from "./tcp.ts"
import { secureDialling, secureOver, tlsHandshake } from "./tls.ts"
import { TransportError } from "./transport-error.ts"

export type { DialPlan } from "./dial-plan.ts"

/** An open connection. Owned by the scope it was dialled in, which destroys it without waiting for the peer. */
export interface Connection {
  /**
   * Bytes as they come; for TLS, decrypted. Paused until somebody reads. It may
   * have ended or failed before anybody listens: `destroyed` and `errored` tell.
   */
  readonly socket: Duplex
  readonly dial: DialFacts
  /** Milliseconds since `connect` was called, to the microsecond; null for phases that did not happen. */
  readonly connectedMs: number
  readonly tlsMs: number | null
  /** Milliseconds for TCP alone, to the address that answered; null through a proxy. */
  readonly tcpConnectMs: number | null
  readonly tls: HandshakeFacts | null
  /** Whether the server gave a TLS session to resume by now. */
  readonly sessionOffered: () => boolean
  /** For exchanges over it, one after the other. */
  readonly deadline: Deadline
}

/**
 * Opens connections by the address policy. Two steps, because politeness is
 * decided between them: one connection at a time per dialled address.
 */
export class Dialer extends Context.Service<Dialer, {
  /** Resolves and checks; opens no connection. Fails with reason `dns`, `policy` or `us`. */
  readonly plan: (endpoint: Endpoint) => Effect.Effect<DialPlan, TransportError>
  /**
   * Connects to the planned address, or the next of its others, and shakes hands (TLS), each within
   * its timeout. `pace`: waited for before every connection but the first.
   */
  readonly connect: (plan: DialPlan, pace?: Effect.Effect<void>) => Effect.Effect<Connection, TransportError, Scope.Scope>
}>()("electrum-observatory/Dialer") {
  /** Real sockets. Nothing is looked up or connected before the first plan. */
  static readonly layer = (options: DialerOptions): Layer.Layer<Dialer, never, Resolver> =>
    Layer.effect(Dialer, make(options))
}

const isEncrypted = (endpoint: Endpoint): boolean => endpoint.transport === "tls" || endpoint.transport === "wss"

/** The name sent in the TLS handshake: the announced one; none for address literals. */
const serverName = ({ host, networkClass }: Endpoint): string | null =>
  networkClass === "name" || networkClass === "onion" ? host : null

const make = Effect.fnUntraced(function*(options: DialerOptions) {
  const clock = yield* Clock.Clock
  const direct = yield* makeDirectDial(options, yield* Resolver)
  const proxied = yield* makeProxiedDial(options)
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  const deadlines = yield* Deadlines.make

  const plan = Effect.fnUntraced(function*(endpoint: Endpoint) {
    if (!Number.isInteger(endpoint.port) || endpoint.port < 1 || endpoint.port > 65535) {
      return yield* new TransportError({ reason: "policy", phase: "policy", detail: `bad port ${endpoint.port}` })
    }
    const route = yield* proxied.routeOf(endpoint)
    return yield* route === null ? direct.plan(endpoint) : proxied.plan(endpoint, route)
  })

  const connect = Effect.fnUntraced(function*(plan: DialPlan, pace: Effect.Effect<void> = Effect.void) {
    const startedAt = clock.monotonicTimeNanosUnsafe()
    const deadline = deadlines.open()
    let owned: Duplex | undefined
    const own = (socket: Duplex): void => {
      owned = socket
    }
    // Before the first socket, so that no interruption finds one without an owner.
    yield* Scope.addFinalizer(yield* Effect.scope, Effect.sync(() => {
      deadline.clear()
      owned?.destroy()
    }))
    const { endpoint } = plan
    const route = yield* proxied.routeOf(endpoint)
    const { connectMs, tlsMs } = timeouts[route?.via ?? "direct"]
    const sni = serverName(endpoint)
    const dialling = isEncrypted(endpoint) ? secureDialling(sni) : plain
    const { address, socket, tcpConnectMs } = route === null
      ? yield* direct.connect<Socket>(plan, connectMs, deadline, own, pace, dialling)
      : { address: null, socket: yield* proxied.connect(plan, route, connectMs, own), tcpConnectMs: null }
    const connectedMs = elapsedMs(clock, startedAt)
    const dial = address === plan.dial.address ? plan.dial : { ...plan.dial, address }
    if (!isEncrypted(endpoint)) {
      return { socket, dial, connectedMs, tcpConnectMs, tlsMs: null, tls: null, sessionOffered: () => false, deadline } satisfies Connection
    }
    const over = socket instanceof TLSSocket ? socket : yield* secureOver(socket, endpoint.host, sni, own)
    const secure = yield* tlsHandshake(over, sni, { deadline, ms: tlsMs })
    return {
      socket: secure.socket,
      dial,
      connectedMs,
      tcpConnectMs,
      tlsMs: elapsedMs(clock, startedAt),
      tls: secure.facts,
      sessionOffered: secure.sessionOffered,
      deadline
    } satisfies Connection
  })

  return Dialer.of({ plan, connect })
})
