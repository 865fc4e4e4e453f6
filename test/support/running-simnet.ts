import { NodeServices } from "@effect/platform-node"
import { Effect, Exit, Scope } from "effect"
import { type RunningSimnet, type SimnetOptions, startSimnet } from "../../src/simnet/simnet.ts"

/** A simulated network on free ports, until it is stopped. */
export const runSimnet = async (
  options: Pick<SimnetOptions, "scenario"> & Partial<SimnetOptions>
): Promise<{ readonly simnet: RunningSimnet; readonly stop: () => Promise<void> }> => {
  const scope = Scope.makeUnsafe()
  const simnet = await Effect.runPromise(
    startSimnet({ socksPort: 0, dnsPort: 0, truthFile: null, randomSeed: 1, ...options }).pipe(
      Scope.provide(scope),
      Effect.provide(NodeServices.layer)
    )
  )
  return { simnet, stop: () => Effect.runPromise(Scope.close(scope, Exit.void)) }
}
