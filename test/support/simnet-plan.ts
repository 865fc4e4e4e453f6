import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { SeededRandom } from "../../src/simnet/draw/random.ts"
import { compactPython } from "../../src/simnet/model/dialect.ts"
import { printPeers } from "../../src/simnet/model/peer-lists.ts"
import { planScenario } from "../../src/simnet/plan/plan-scenario.ts"
import type { Plan, PlannedServer } from "../../src/simnet/plan/plan.ts"
import { loadScenario } from "../../src/simnet/scenario/load-scenario.ts"

export const planOf = (scenario: string, seed: number): Promise<Plan> =>
  Effect.runPromise(
    loadScenario(scenario).pipe(
      Effect.map((loaded) => planScenario(loaded, seed)),
      Effect.provide(NodeServices.layer)
    )
  )

/** One answer to `server.peers.subscribe`, as entries. */
export const peersOf = (
  server: PlannedServer,
  draw = 0
): ReadonlyArray<readonly [string, string, ReadonlyArray<string>]> => {
  const { peers, software } = server.model
  const list = peers.draw(new SeededRandom(`test ${draw}`))
  return JSON.parse(printPeers(list, software.family === "Fulcrum", compactPython)) as Array<
    readonly [string, string, ReadonlyArray<string>]
  >
}
