import { Schema } from "effect"
import { simulatedChainNames } from "../chain/chain-definitions.ts"
import { parseSoftware } from "../model/software.ts"
import { traits } from "../traits/traits.ts"

/** A field that may be left out, with the sentence that `simnet --schema` prints about it. */
export const optional = <S extends Schema.Top>(schema: S, description: string): Schema.optionalKey<S["Rebuild"]> =>
  Schema.optionalKey(schema.annotate({ description }))

/** A TCP port. */
export const Port = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65535 }))
/** What things are called within a scenario. */
export const Label = Schema.String.check(Schema.isPattern(/^[a-z0-9][a-z0-9.-]{0,63}$/u))
/** 0 to 1. */
export const Probability = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
/** Up to a minute. */
export const Milliseconds = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 60_000 }))
/** Two letters (ISO 3166). */
export const Country = Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/u))
const Weight = Schema.Finite.check(Schema.isGreaterThan(0))
/** Weights by name, to draw from. */
export const Weights = Schema.Record(Schema.String, Weight)

/** A simulated chain. */
export const ChainName = Schema.Literals(simulatedChainNames)

/** A software as it reports itself. */
export const SoftwareText = Schema.String.check(
  Schema.makeFilter(
    (text) => parseSoftware(text) !== undefined || "no software that is simulated, e.g. ElectrumX 1.18.0"
  )
)

/** A way to misbehave. */
export const TraitName = Schema.String.check(
  Schema.makeFilter((name) => Object.hasOwn(traits, name) || `no trait (there are: ${Object.keys(traits).join(", ")})`)
)

/** One text for all, or texts with weights to draw from. */
export const oneOrDrawn = (text: Schema.String) => Schema.Union([text, Schema.Record(text, Weight)])
