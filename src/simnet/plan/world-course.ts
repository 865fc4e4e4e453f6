import { type BackendSpec, characterOf } from "../scenario/backend-spec.ts"
import type { BlocksSpec } from "../scenario/blocks-spec.ts"
import { type LedgerScenario, plantedPayments } from "../scenario/payment-spec.ts"
import { usualCourse, type WorldCourse } from "../world/world.ts"

/** What is read of a scenario about its world. */
export interface WorldScenario extends LedgerScenario {
  readonly blocks?: BlocksSpec
  readonly backends?: Readonly<Record<string, BackendSpec>>
}

/** How the world of a scenario goes on. */
export const worldCourse = (scenario: WorldScenario): WorldCourse => ({
  planted: plantedPayments(scenario),
  blockGap: scenario.blocks?.gap_s ?? usualCourse.blockGap,
  forkShare: scenario.blocks?.fork_share ?? usualCourse.forkShare,
  demand: scenario.blocks?.demand ?? usualCourse.demand,
  nodes: new Map(Object.entries(scenario.backends ?? {}).map(([label, spec]) => [label, characterOf(spec)] as const))
})
