import type { Mistake } from "./mistake.ts"
import { mistakesOfLedger } from "./payment-spec.ts"
import { mistakesOfCertificates } from "./rules/certificates.ts"
import { mistakesOfFleets } from "./rules/fleets.ts"
import { mistakesOfHosting } from "./rules/hosting.ts"
import { mistakesOfHosts } from "./rules/hosts.ts"
import { mistakesOfLies } from "./rules/lies.ts"
import { mistakesOfNetwork } from "./rules/network.ts"
import { mistakesOfPorts } from "./rules/ports.ts"
import { mistakesOfReferences } from "./rules/references.ts"
import { mistakesOfSchedule } from "./rules/schedule.ts"
import type { Scenario } from "./scenario.ts"

const rules: ReadonlyArray<(scenario: Scenario) => ReadonlyArray<Mistake>> = [
  mistakesOfReferences,
  mistakesOfHosts,
  mistakesOfFleets,
  mistakesOfPorts,
  mistakesOfHosting,
  mistakesOfSchedule,
  mistakesOfNetwork,
  mistakesOfCertificates,
  mistakesOfLedger,
  mistakesOfLies
]

/** The first thing that is well-formed but cannot be. */
export const findMistake = (scenario: Scenario): Mistake | undefined => {
  for (const rule of rules) {
    const [mistake] = rule(scenario)
    if (mistake !== undefined) return mistake
  }
  return undefined
}
