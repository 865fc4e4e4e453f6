import { Result, Schema, SchemaIssue } from "effect"
import { simulatedChainNames } from "../chain/chain-definitions.ts"
import { Failure } from "../model/failure.ts"
import { softwareProblem } from "../model/software.ts"
import { traits } from "../traits/traits.ts"

/** A field that may be left out, with the sentence that `simnet --schema` prints about it. */
export const optional = <S extends Schema.Top>(schema: S, description: string): Schema.optionalKey<S["Rebuild"]> =>
  Schema.optionalKey(schema.annotate({ description }))

/** A TCP port. */
export const Port = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65535 }))
/** What things are called within a scenario. */
export const Label = Schema.String.check(Schema.isPattern(/^[a-z0-9][a-z0-9.-]{0,63}$/u, { expected: "a label of small letters, digits, . and -" }))
/** 0 to 1. */
export const Probability = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
/** Up to a minute. */
export const Milliseconds = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 60_000 }))

/** Two numbers to draw between, the smaller one first. */
export const rangeOf = (bound: Schema.Finite) =>
  Schema.Tuple([bound, bound]).check(
    Schema.makeFilter(([from, to]) => from <= to || `goes from ${from} down to ${to}; the smaller number comes first`)
  )
/** Two letters (ISO 3166). */
export const Country = Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/u, { expected: "two capital letters" }))
/** How often something is drawn, beside others. */
export const Weight = Schema.Finite.check(Schema.isGreaterThan(0))
/** There has to be something to draw. */
const isDrawable = Schema.makeFilter<Readonly<Record<string, unknown>>>(
  (weights) => Object.keys(weights).length > 0 || "there is nothing to draw from"
)
/** Weights by name, to draw from. */
export const Weights = Schema.Record(Schema.String, Weight).check(isDrawable)
/** Ways to fail with weights, to draw from. */
export const Failures = Schema.Record(Failure, Schema.optionalKey(Weight)).check(isDrawable)

/** A simulated chain. */
export const ChainName = Schema.Literals(simulatedChainNames)

/** A software as it reports itself. */
export const SoftwareText = Schema.String.check(
  Schema.makeFilter(
    (text) => softwareProblem(text)
  )
)

/** A way to misbehave. */
export const TraitName = Schema.String.check(
  Schema.makeFilter((name) => Object.hasOwn(traits, name) || `no trait (there are: ${Object.keys(traits).join(", ")})`)
)

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** One text for all, or texts with weights to draw from. */
export const oneOrDrawn = (text: Schema.String) => {
  const decode = Schema.decodeUnknownResult(text)
  // A key that is none would be called an excess one, without what is wrong with it.
  const areTexts = Schema.makeFilter<Readonly<Record<string, number>>>((weights) =>
    Object.keys(weights).flatMap((key) => {
      const decoded = decode(key)
      return Result.isSuccess(decoded)
        ? []
        : [{ path: [key], issue: formatIssue(decoded.failure.issue).issues[0]!.message }]
    })
  )
  return Schema.Union([text, Schema.Record(Schema.String, Weight).check(isDrawable, areTexts)])
}
