import { Effect, Layer } from "effect"
import { shippedChains } from "../../src/domain/chain.ts"
import { ByteBudget } from "../../src/electrum/byte-budget.ts"
import { type DeepVisit, DeepVisitor, type DeepVisitOptions } from "../../src/probe/deep/deep-visitor.ts"
import { loopbackEndpoint, planFor } from "./visiting.ts"
import { loopbackDialer } from "./wire-server.ts"

/** The one that simulated servers have by default. */
const chain = shippedChains.find(({ name }) => name === "mainnet-sim")!

/** The deep visitor over real loopback sockets. */
export const loopbackDeepVisitor: Layer.Layer<DeepVisitor> = DeepVisitor.layer.pipe(
  Layer.provide(Layer.merge(loopbackDialer, ByteBudget.layer))
)

/** One deep visit to a port of 127.0.0.1. */
export const deepVisitPort = (
  port: number,
  options?: Partial<DeepVisitOptions> & { readonly transport?: "tcp" | "tls" }
): Effect.Effect<DeepVisit> =>
  Effect.flatMap(DeepVisitor, (visitor) =>
    visitor.visit(planFor(loopbackEndpoint(port, options?.transport)), {
      chain,
      clientName: "electrum-observatory/test",
      choice: "usual",
      behavesLike: null,
      offersFeatures: true,
      pace: Effect.void,
      ...options
    })).pipe(Effect.provide(loopbackDeepVisitor))
