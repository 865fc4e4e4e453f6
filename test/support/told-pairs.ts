import type { ComparedPair } from "../../src/analysis/linkage/compared-pair.ts"

/** A linkage with the details of its pairs made, so that two can be compared. */
export const withDetails = <A extends { readonly pairs: ReadonlyArray<ComparedPair> }>(linkage: A) =>
  ({ ...linkage, pairs: linkage.pairs.map((pair) => ({ ...pair, details: pair.details() })) })
