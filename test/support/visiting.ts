import { Effect, Layer } from "effect"
import { type Endpoint, makeEndpoint } from "../../src/domain/endpoint.ts"
import type { Observation, Visit } from "../../src/domain/visit.ts"
import { ByteBudget } from "../../src/electrum/byte-budget.ts"
import { Visitor, type VisitOptions } from "../../src/probe/visitor.ts"
import { VisitTimeouts } from "../../src/probe/visit-timeouts.ts"
import type { DialPlan } from "../../src/transport/dialer.ts"
import { testChain } from "./electrum-server.ts"
import { loopbackDialer } from "./wire-server.ts"

export const loopbackEndpoint = (port: number, transport: "tcp" | "tls" = "tcp"): Endpoint =>
  makeEndpoint({ text: "127.0.0.1", networkClass: "ipv4" }, port, transport)

export const planFor = (endpoint: Endpoint): DialPlan => ({
  endpoint,
  dial: { address: "127.0.0.1", resolvedBy: "literal", addresses: ["127.0.0.1"], via: "direct" },
  resolvedMs: null
})

export const defaultVisit: VisitOptions = {
  chain: testChain,
  clientName: "electrum-observatory/test",
  peerRounds: "auto"
}

/** The visitor over real loopback sockets, patient enough for a busy machine. */
export const loopbackVisitor: Layer.Layer<Visitor> = Visitor.layer.pipe(
  Layer.provide(Layer.merge(loopbackDialer, ByteBudget.layer))
)

/** One visit to a port of 127.0.0.1. */
export const visitPort = (
  port: number,
  options?: Partial<VisitOptions> & { readonly transport?: "tcp" | "tls" }
): Effect.Effect<Visit, never, Visitor> =>
  Effect.flatMap(Visitor, (visitor) =>
    visitor.visit(planFor(loopbackEndpoint(port, options?.transport)), { ...defaultVisit, ...options }))

/** Timeouts for servers that are slow on purpose. */
export const impatient = Effect.provideService(VisitTimeouts, { handshakeMs: 300, exchangeMs: 300, sessionMs: 900 })

export const observed = (visit: Visit, probe: string): Observation | undefined =>
  visit.observations.find((observation) => observation.probe === probe)

/** Probe name -> outcome, in the order asked. */
export const outcomesOf = (visit: Visit): Readonly<Record<string, string>> =>
  Object.fromEntries(visit.observations.map(({ outcome, probe }) => [probe, outcome]))
