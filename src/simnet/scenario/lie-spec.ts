import { Schema } from "effect"
import type { SimulatedChainName } from "../chain/chain-definitions.ts"
import { optional, Probability } from "./fields.ts"
import type { Mistake } from "./mistake.ts"
import { scriptProblem, ScriptText } from "./script-text.ts"

const Count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 }))

/** To whom and when a server lies; everything that is given must hold. */
export const LieCondition = Schema.Struct({
  clients: optional(Probability, "This share of client addresses, the same for all servers of an operator."),
  tor: optional(Schema.Boolean, "True: only clients that come through Tor; false: only the others."),
  network: optional(Schema.Literals(["clearnet", "onion"]), "Only at its names of this network."),
  sessions: optional(Probability, "This share of connections."),
  after_requests: optional(Count, "After so many requests of a connection."),
  client_name: optional(Schema.NonEmptyString, "Only clients whose name in server.version begins so.")
})
export type LieCondition = typeof LieCondition.Type

const to = { to: optional(LieCondition, "To whom and when; to everybody, always, by default.") }

const innocent = {
  innocent: optional(Schema.Literal(true), "An accident of its machine or line: the truth does not name it.")
}

/** What a server says that is not so, apart from what `traits` break. */
export const LieSpec = Schema.Union([
  Schema.Struct({
    lie: Schema.Literal("low-work fork").annotate({
      description: "Serves a chain that shares the checkpoints, is as long and took less work."
    }),
    ...to
  }),
  Schema.Struct({
    lie: Schema.Literal("hides history").annotate({ description: "The script has no transaction." }),
    script: ScriptText,
    ...to
  }),
  Schema.Struct({
    lie: Schema.Literal("hides newest").annotate({ description: "The newest confirmed transactions of the script are missing." }),
    script: ScriptText,
    transactions: optional(Count, "How many; 1 by default."),
    ...to
  }),
  Schema.Struct({ lie: Schema.Literal("withholds mempool"), ...to }),
  Schema.Struct({ lie: Schema.Literal("stale tip"), blocks: Count, ...to }),
  Schema.Struct({
    lie: Schema.Literal("wrong fee"),
    factor: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1000 })),
    ...to
  }),
  Schema.Struct({
    lie: Schema.Literal("slow").annotate({ description: "Holds every answer back." }),
    ms: Schema.Finite.check(Schema.isBetween({ minimum: 1, maximum: 60_000 })),
    ...innocent,
    ...to
  }),
  Schema.Struct({
    lie: Schema.Literal("silent").annotate({ description: "Never answers these methods." }),
    methods: Schema.NonEmptyArray(Schema.NonEmptyString),
    ...innocent,
    ...to
  }),
  Schema.Struct({
    lie: Schema.Literal("busy").annotate({ description: "Answers these methods with error -102." }),
    methods: Schema.NonEmptyArray(Schema.NonEmptyString),
    ...innocent,
    ...to
  })
])
export type LieSpec = typeof LieSpec.Type

/** The lies of one server: few, since each that depends on the conversation doubles what it has to keep ready. */
export const LieSpecs = Schema.Array(LieSpec).check(Schema.isMaxLength(6)).annotate({
  description: "What it says that is not so, and to whom."
})

interface LyingServer {
  readonly chain?: SimulatedChainName
  readonly lies?: ReadonlyArray<LieSpec>
}

/** What the function below reads of a scenario. */
interface LyingScenario {
  readonly chain: SimulatedChainName
  readonly servers?: ReadonlyArray<LyingServer>
  readonly fleets?: ReadonlyArray<LyingServer>
}

const problemOf = (lie: LieSpec, chain: SimulatedChainName): readonly [key: string, message: string] | undefined => {
  const badScript = "script" in lie ? scriptProblem(lie.script, chain) : undefined
  if (badScript !== undefined) return ["script", badScript]
  return lie.lie === "low-work fork" && chain !== "mainnet-sim" ? ["lie", `${chain} has no low-work fork`] : undefined
}

/** Lies about scripts that are none, and about forks that do not exist, with their places. */
export const mistakesOfLies = (scenario: LyingScenario): ReadonlyArray<Mistake> =>
  (["servers", "fleets"] as const).flatMap((section) =>
    (scenario[section] ?? []).flatMap((server, i) =>
      (server.lies ?? []).flatMap((lie, j) => {
        const problem = problemOf(lie, server.chain ?? scenario.chain)
        return problem === undefined ? [] : [{ path: [section, i, "lies", j, problem[0]], message: problem[1] }]
      })
    )
  )
