import { seededRandom } from "../draw/random.ts"
import type { LoadedScenario } from "../scenario/load-scenario.ts"
import { World, worldClock } from "../world/world.ts"
import { planRecorded } from "./plan-recorded.ts"
import { type Plan, planListed } from "./plan.ts"
import { worldCourse } from "./world-course.ts"

/**
 * What a scenario means for one seed: every server, with everything it will
 * say. The world's clock stands still until it is started.
 */
export const planScenario = (
  { scenario, recorded }: LoadedScenario,
  randomSeed: number,
  clock = worldClock()
): Plan => {
  const random = seededRandom(randomSeed)
  const world = new World(random, clock, worldCourse(scenario))
  return {
    scenario,
    world,
    servers: [
      ...(recorded === null ? [] : planRecorded(scenario, scenario.recorded!, recorded, random, world)),
      ...planListed(scenario, random, world)
    ]
  }
}
