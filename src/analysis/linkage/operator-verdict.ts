import type { Comparison } from "../comparisons/comparison.ts"
import type { Limit } from "./compared-pair.ts"
import { bitsOf, model, probabilityOf } from "./model.ts"

/** What a comparison's agreement is, for the question of one operator. */
export type Part =
  /** A private key that both hold. */
  | "possession"
  /** A word of both, e.g. a domain, or the time of making something: no copier has it, but a hoster or a meet-up gives it to strangers. */
  | "stated"
  | "copyable"
  /** Where and with what it runs, and all that is evidence of another question. */
  | "context"

export const partOf = ({ forgeability, question }: Comparison): Part => {
  if (question !== "same operator") return "context"
  switch (forgeability) {
    case "possession":
    case "copyable":
      return forgeability
    case "two-sided":
    case "minting":
      return "stated"
    default:
      return "context"
  }
}

/** Bits of what counts, by part. */
export interface Sums {
  possession: number
  stated: number
  copyable: number
  context: number
  /** Of the copyable, those of `model.weighty` bits each. */
  weightyCopyable: number
  /** Below 0. */
  against: number
  /** Agreements of `model.weighty` bits each, context aside. */
  weighty: number
  weightyPossession: number
  weightyStated: number
}

export const noSums = (): Sums => ({
  possession: 0, stated: 0, copyable: 0, context: 0, weightyCopyable: 0, against: 0, weighty: 0, weightyPossession: 0, weightyStated: 0
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
  else sums.weightyStated++
}

/** Bits after caps and before the prior. */
export const cappedBits = (sums: Sums): number =>
  sums.possession + sums.stated + Math.max(sums.against, -model.againstSumCap) +
  (isEnough(sums)
    ? Math.min(sums.copyable, model.copyableCap) + Math.min(sums.context, model.contextCap)
    : Math.min(sums.weightyCopyable, model.copyableAloneCap))

/**
 * The conditions of a verdict: something that a copier cannot have, and
 * something else. A meet-up with a guide explains one evening and one text, a
 * hoster one domain and one text, so without a key a third is needed.
 */
export const isEnough = ({ weighty, weightyStated, weightyPossession }: Sums): boolean =>
  weightyPossession > 0 ? weighty >= 2 : weightyStated > 0 && weighty >= 3

/** Probability of one operator, held down where the conditions of a verdict are not met. */
export const operatorProbability = (sums: Sums, prior: number): { readonly p: number; readonly limit: Limit | null } => {
  const p = probabilityOf(bitsOf(prior) + cappedBits(sums))
  if (isEnough(sums)) return { p, limit: null }
  const isHeld = p > model.undecided || sums.weightyCopyable > model.copyableAloneCap
  return { p: Math.min(p, model.undecided), limit: isHeld ? limitOf(sums) : null }
}

const limitOf = ({ weighty, weightyStated, weightyPossession }: Sums): Limit => {
  if (weightyPossession > 0) return "only a shared key, which an image or a proxy may have brought"
  if (weightyStated === 0) return "only evidence that anybody can copy"
  return weighty > 1
    ? "only two things in common that a hoster, or a meet-up with a guide, explains"
    : "only one thing in common that a hoster or a meet-up explains"
}
