import { Schema } from "effect"
import { optional, Probability } from "./fields.ts"
import type { Path } from "./mistake.ts"
import { ScriptText } from "./script-text.ts"

const Count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 }))

/** To whom and when a server lies; everything that is given must hold. */
export const LieCondition = Schema.Struct({
  clients: optional(Probability, "This share of client addresses, the same for all servers of an operator."),
  tor: optional(Schema.Boolean, "True: only clients that come through Tor; false: only the others."),
  network: optional(Schema.Literals(["clearnet", "onion"]), "Only at its names of this network."),
  sessions: optional(Probability, "This share of connections."),
  after_requests: optional(Count, "After so many requests of a connection."),
  client_name: optional(Schema.NonEmptyString, "Only clients whose name in server.version begins so."),
  padded: optional(Schema.Boolean, "True: only clients that pad their requests, as wallets do; false: only the others.")
})
export type LieCondition = typeof LieCondition.Type

const to = { to: optional(LieCondition, "To whom and when; to everybody, always, by default.") }

const innocent = {
  innocent: optional(Schema.Literal(true), "An accident of its machine or line: the truth does not name it.")
}

const variants = [
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
] as const

/** What a server says that is not so, apart from what `traits` break. */
export const LieSpec = Schema.Union(variants).annotate({
  message: `there is no such lie; there are ${variants.map((variant) => variant.fields.lie.literal).join(", ")}`
})
export type LieSpec = typeof LieSpec.Type

/** Where something is wrong with a lie that is none of those there are: its name. */
export const placeInLie = (path: Path): Path =>
  path.at(-2) === "lies" && typeof path.at(-1) === "number" ? [...path, "lie"] : path

/** The lies of one server: few, since each that depends on the conversation doubles what it has to keep ready. */
export const LieSpecs = Schema.Array(LieSpec).check(Schema.isMaxLength(6)).annotate({
  description: "What it says that is not so, and to whom."
})
