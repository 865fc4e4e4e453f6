import { Schema } from "effect"
import shipped from "./indicators.json" with { type: "json" }
import { type IndicatorName, indicators } from "./indicators/indicators.ts"

const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

/** What the table says of one indicator; how it is computed is code of that name. */
export const IndicatorEntry = Schema.Struct({
  name: Schema.Literals(Object.keys(indicators) as Array<IndicatorName>),
  definition: Schema.NonEmptyString,
  /** Tables and columns it looks at. */
  source: Schema.NonEmptyArray(Schema.NonEmptyString),
  /** How often servers of honest people earn it, and where that was measured or who assumed it; null for not known. */
  base_rate: Schema.Struct({ share: Schema.NullOr(Share), measured: Schema.NonEmptyString }),
  /** Points for a share of 1. */
  weight: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 100 })),
  /** That a share of 1 is by itself a violation of the protocol that can be reproduced: asked again, or held against hashes and pinned data. */
  violation: Schema.optionalKey(Schema.Boolean),
  /** What besides intent brings it about. */
  innocent: Schema.NonEmptyArray(Schema.NonEmptyString)
})
export type IndicatorEntry = typeof IndicatorEntry.Type

const isUniqueByName = Schema.makeFilter((entries: ReadonlyArray<IndicatorEntry>) =>
  new Set(entries.map(({ name }) => name)).size === entries.length || "an indicator stands in it twice")

/** The one table of indicators; `--indicators FILE` takes its place. What is not in it is not computed. */
export const IndicatorTable = Schema.Struct({
  /** Scores from here on deserve `threshold_means` where one indicator is a violation by itself, else `sum_means`. */
  threshold: Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(100)),
  threshold_means: Schema.NonEmptyString,
  sum_means: Schema.NonEmptyString,
  indicators: Schema.NonEmptyArray(IndicatorEntry).check(isUniqueByName)
})
export type IndicatorTable = typeof IndicatorTable.Type

/** Whether an indicator with this share is a violation of the protocol by itself; the parts of a sum of weak ones never are. */
export const isViolation = (entry: Pick<IndicatorEntry, "violation"> | undefined, share: number | null): boolean =>
  entry?.violation === true && share === 1

/** The table that ships with the package; decoded at start. */
export const shippedIndicators: IndicatorTable = Schema.decodeUnknownSync(IndicatorTable)(shipped)
