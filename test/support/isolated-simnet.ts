import { startIsolatedSimnet as start } from "../../src/cli/measure/isolated-simnet.ts"
import type { LoopbackWorld } from "../../src/cli/measure/loopback-world.ts"
import { cliBundle } from "./cli.ts"

/** `observatory simnet ARGS`, from the tests' bundle, where nothing but loopback exists. */
export const startIsolatedSimnet = async (world: LoopbackWorld, args: ReadonlyArray<string>): ReturnType<typeof start> =>
  start(world, await cliBundle(), args)
