import { Effect, Layer, type Scope } from "effect"
import { type Endpoint, parseEndpoint } from "../../src/domain/endpoint.ts"
import type { DialerOptions } from "../../src/transport/dial-options.ts"
import { type Connection, Dialer, type DialPlan } from "../../src/transport/dialer.ts"
import { Resolver } from "../../src/transport/resolver.ts"
import type { DnsTable } from "../../src/transport/table-resolver.ts"
import type { TransportError } from "../../src/transport/transport-error.ts"

/** Reads an endpoint that must be well-formed, local names allowed. */
export const endpointOf = (text: string): Endpoint => {
  const endpoint = parseEndpoint(text, { localNames: true })
  if (typeof endpoint === "string") throw new Error(`${text}: ${endpoint}`)
  return endpoint
}

export interface DialingOptions extends Partial<DialerOptions> {
  readonly dns?: DnsTable
}

/** A live dialer for loopback: private addresses allowed, nothing else reachable, names from a table. */
export const dialerLayer = ({ dns, ...options }: DialingOptions = {}): Layer.Layer<Dialer> =>
  Dialer.layer({
    proxy: null,
    tor: "off",
    allowPrivate: true,
    simulated: false,
    loopbackOnly: true,
    vantage: { ipv4: true, ipv6: true },
    ...options
  }).pipe(Layer.provide(Resolver.layerTable(dns ?? {})))

export const planOf = (endpoint: string, options?: DialingOptions): Effect.Effect<DialPlan, TransportError> =>
  Effect.flatMap(Dialer, (dialer) => dialer.plan(endpointOf(endpoint))).pipe(Effect.provide(dialerLayer(options)))

/** Plans and connects; the scope is the connection's. */
export const dial = (
  endpoint: string,
  options?: DialingOptions
): Effect.Effect<Connection, TransportError, Scope.Scope> =>
  Effect.flatMap(Dialer, (dialer) => Effect.flatMap(dialer.plan(endpointOf(endpoint)), dialer.connect)).pipe(
    Effect.provide(dialerLayer(options))
  )

/** Why dialling failed, as a plain object. */
export const dialFailure = (endpoint: string, options?: DialingOptions) =>
  Effect.scoped(dial(endpoint, options)).pipe(
    Effect.flip,
    Effect.map(({ detail, phase, reason }) => ({ detail, phase, reason }))
  )

/** The next bytes of a connection as text. */
export const nextText = ({ socket }: Connection): Effect.Effect<string> =>
  Effect.callback((resume) => {
    socket.once("data", (chunk: Buffer) => resume(Effect.succeed(chunk.toString("latin1"))))
  })
