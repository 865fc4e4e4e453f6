import { type Plan, planListed } from "./plan.ts"
import { seededRandom } from "./random.ts"
import { planRecorded } from "./recorded-plan.ts"
import type { LoadedScenario } from "./scenario-loader.ts"

/** What a scenario means for one seed: every server, with everything it will say. */
export const planScenario = ({ scenario, recorded }: LoadedScenario, randomSeed: number): Plan => {
  const random = seededRandom(randomSeed)
  return {
    scenario,
    servers: [
      ...(recorded === null ? [] : planRecorded(scenario, scenario.recorded!, recorded, random)),
      ...planListed(scenario, random)
    ]
  }
}
