import { NodeServices } from "@effect/platform-node"
import { Effect, Exit, Scope } from "effect"
import { type RunningSimnet, type SimnetOptions, startSimnet } from "../../src/simnet/simnet.ts"

/** What has to be said of a network, and whatever else is not as usual. */
export type FreeSimnetOptions = Pick<SimnetOptions, "scenario"> & Partial<SimnetOptions>

/** A simulated network on free ports, which writes no truth, with seed 1. */
export const startFree = (options: FreeSimnetOptions): ReturnType<typeof startSimnet> =>
  startSimnet({ socksPort: 0, dnsPort: 0, truthFile: null, randomSeed: 1, ...options })

/** The same until it is stopped, for tests without effects. */
export const runSimnet = async (
  options: FreeSimnetOptions
): Promise<{ readonly simnet: RunningSimnet; readonly stop: () => Promise<void> }> => {
  const scope = Scope.makeUnsafe()
  const simnet = await Effect.runPromise(
    startFree(options).pipe(
      Scope.provide(scope),
      Effect.provide(NodeServices.layer)
    )
  )
  return { simnet, stop: () => Effect.runPromise(Scope.close(scope, Exit.void)) }
}
