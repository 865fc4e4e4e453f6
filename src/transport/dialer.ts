import { Context, type Effect, type Scope } from "effect"
import type { Duplex } from "node:stream"
import type { Endpoint } from "../domain/endpoint.ts"
import type { DialFacts, TlsFacts } from "../domain/visit.ts"
import type { TransportError } from "./transport-error.ts"

/** What is known of an endpoint before connecting: which address will be dialled, and through what. */
export interface DialPlan {
  readonly endpoint: Endpoint
  readonly dial: DialFacts
  /** Milliseconds the resolution took; null where none was needed. */
  readonly resolvedMs: number | null
}

/** An open connection. Owned by the scope it was dialled in, which destroys it without waiting for the peer. */
export interface Connection {
  /** Bytes as they come; for TLS, decrypted. Paused until somebody reads. */
  readonly socket: Duplex
  readonly dial: DialFacts
  /** Milliseconds since `connect` was called; null for phases that did not happen. */
  readonly connectedMs: number
  readonly tlsMs: number | null
  readonly tls: TlsFacts | null
}

/**
 * Opens connections by the address policy. Two steps, because politeness is
 * decided between them: one connection at a time per dialled address.
 */
export class Dialer extends Context.Service<Dialer, {
  /** Resolves and checks; opens no connection. Fails with reason `dns`, `policy` or `us`. */
  readonly plan: (endpoint: Endpoint) => Effect.Effect<DialPlan, TransportError>
  /** Connects to the planned address and shakes hands (TLS), each within its timeout. */
  readonly connect: (plan: DialPlan) => Effect.Effect<Connection, TransportError, Scope.Scope>
}>()("electrum-observatory/Dialer") {}
