import type { Comparison } from "../comparisons/comparison.ts"
import type { Limit } from "./compared-pair.ts"
import { bitsOf, model, probabilityOf } from "./model.ts"

/** What a comparison's agreement is, for the question of one operator. */
export type Part =
  /** A key that both hold, or a word of both. */
  | "possession"
  /** The time of making something of one's own. */
  | "minting"
  | "copyable"
  /** Where and with what it runs, and all that is evidence of another question. */
  | "context"

export const partOf = ({ forgeability, question }: Comparison): Part => {
  if (question !== "same operator") return "context"
  switch (forgeability) {
    case "possession":
    case "two-sided":
      return "possession"
    case "minting":
    case "copyable":
      return forgeability
    default:
      return "context"
  }
}

/** Bits of what counts, by part. */
export interface Sums {
  possession: number
  minting: number
  copyable: number
  context: number
  /** Of the copyable, those of `model.weighty` bits each. */
  weightyCopyable: number
  /** Below 0. */
  against: number
  /** Agreements of `model.weighty` bits each, context aside. */
  weighty: number
  weightyPossession: number
  weightyMinting: number
}

export const noSums = (): Sums => ({
  possession: 0, minting: 0, copyable: 0, context: 0, weightyCopyable: 0, against: 0, weighty: 0, weightyPossession: 0, weightyMinting: 0
})

/** Adds one piece of evidence that counts. */
export const addTo = (sums: Sums, part: Part, bits: number): void => {
  if (bits < 0) {
    sums.against += bits
    return
  }
  sums[part] += bits
  if (part === "context" || bits < model.weighty) return
  sums.weighty++
  if (part === "copyable") sums.weightyCopyable += bits
  else if (part === "possession") sums.weightyPossession++
  else sums.weightyMinting++
}

/** Bits after caps and before the prior. */
export const cappedBits = (sums: Sums): number =>
  sums.possession + sums.minting + Math.max(sums.against, -model.againstSumCap) +
  (isEnough(sums)
    ? Math.min(sums.copyable, model.copyableCap) + Math.min(sums.context, model.contextCap)
    : Math.min(sums.weightyCopyable, model.copyableAloneCap))

/**
 * The conditions of a verdict: something that a copier cannot have, and
 * something else. A meet-up with a guide explains one evening and one text, so
 * without a key or a word of both a third is needed.
 */
export const isEnough = ({ weighty, weightyMinting, weightyPossession }: Sums): boolean =>
  weightyPossession > 0 ? weighty >= 2 : weightyMinting > 0 && weighty >= 3

/** Probability of one operator, held down where the conditions of a verdict are not met. */
export const operatorProbability = (sums: Sums, prior: number): { readonly p: number; readonly limit: Limit | null } => {
  const p = probabilityOf(bitsOf(prior) + cappedBits(sums))
  if (isEnough(sums)) return { p, limit: null }
  const isHeld = p > model.undecided || sums.weightyCopyable > model.copyableAloneCap
  return { p: Math.min(p, model.undecided), limit: isHeld ? limitOf(sums) : null }
}

const limitOf = ({ weighty, weightyMinting, weightyPossession }: Sums): Limit => {
  if (weightyPossession > 0) return "only a shared key, which an image or a proxy may have brought"
  if (weightyMinting === 0) return "only evidence that anybody can copy"
  return weighty > 1
    ? "only an evening and a text in common, which a meet-up with a guide explains"
    : "only certificates made close together, which a meet-up explains"
}
