import type { SimulatedChainName } from "../../chain/chain-definitions.ts"
import { isOnion } from "../../draw/draw-address.ts"
import { methodNames } from "../../model/method-names.ts"
import type { FleetSpec } from "../fleet-spec.ts"
import type { LieSpec } from "../lie-spec.ts"
import type { Mistake, Path } from "../mistake.ts"
import type { Scenario } from "../scenario.ts"
import { scriptProblem } from "../script-text.ts"
import type { ServerSpec } from "../server-spec.ts"

const networksOf = (spec: ServerSpec | FleetSpec): ReadonlySet<string> =>
  new Set(
    spec.names.map((name) =>
      ("on" in name && name.on === "onion") || (typeof name.host === "string" && isOnion(name.host)) ? "onion" : "clearnet"
    )
  )

const problemsOf = (
  lie: LieSpec,
  chain: SimulatedChainName,
  networks: ReadonlySet<string>
): ReadonlyArray<readonly [at: Path, message: string | undefined]> => [
  [["script"], "script" in lie ? scriptProblem(lie.script, chain) : undefined],
  [["lie"], lie.lie === "low-work fork" && chain !== "mainnet-sim" ? `${chain} has no low-work fork` : undefined],
  ...("methods" in lie ? lie.methods : []).map((method, i): readonly [Path, string | undefined] => [
    ["methods", i],
    methodNames.has(method) ? undefined : `no software has a method ${method}`
  ]),
  [
    ["to", "network"],
    lie.to?.network === undefined || networks.has(lie.to.network) ? undefined : `it has no name on ${lie.to.network}`
  ],
  [["to", "tor"], lie.to?.network === "onion" && lie.to.tor === false ? "onion names are reached through Tor only" : undefined]
]

/** Lies about what does not exist, and lies that nobody can be told. */
export const mistakesOfLies = (scenario: Scenario): ReadonlyArray<Mistake> =>
  (["servers", "fleets"] as const).flatMap((section) =>
    (scenario[section] ?? []).flatMap((spec, i) =>
      (spec.lies ?? []).flatMap((lie, j) =>
        problemsOf(lie, spec.chain ?? scenario.chain, networksOf(spec)).flatMap(([at, message]) =>
          message === undefined ? [] : [{ path: [section, i, "lies", j, ...at], message }]
        )
      )
    )
  )
