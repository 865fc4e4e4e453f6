import type { SimulatedChainName } from "../../src/simnet/chain/chain-definitions.ts"
import { seededRandom } from "../../src/simnet/draw/random.ts"
import { worldCourse, type WorldScenario } from "../../src/simnet/plan/world-course.ts"
import type { Backend } from "../../src/simnet/world/backend.ts"
import type { WorldClock } from "../../src/simnet/world/world-clock.ts"
import { World, worldClock } from "../../src/simnet/world/world.ts"

export const day = 86_400_000
export const hour = 3_600_000

/** A world whose time moves by hand. */
export const worldOf = (course: Partial<WorldScenario> = {}, seed = 1): World =>
  new World(seededRandom(seed), worldClock(0), worldCourse({ chain: "mainnet-sim", ...course }))

export const nodesOf = (
  world: World,
  amount: number,
  chain: SimulatedChainName = "mainnet-sim"
): ReadonlyArray<Backend> => Array.from({ length: amount }, (_, i) => world.backend(`node-${i}`, chain))

/** Look every simulated second until something holds. */
export const until = (clock: WorldClock, holds: () => boolean, patience = day): void => {
  for (let waited = 0; !holds(); waited += 1000) {
    if (waited > patience) throw new Error("it never held")
    clock.advance(1000)
  }
}
