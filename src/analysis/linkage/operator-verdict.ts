import type { Comparison } from "../comparisons/comparison.ts"
import type { Limit } from "./compared-pair.ts"
import { bitsOf, model, probabilityOf, undecidedBits } from "./model.ts"

/** What a comparison's agreement is, for the question of one operator. */
export type Part =
  /** A private key that both hold. */
  | "possession"
  /** A private key that an image may have brought to both. */
  | "image"
  /** A word of both, e.g. a domain; a hoster gives names to strangers. */
  | "two-sided"
  /** The time of making something of one's own; a meet-up gives it to strangers. */
  | "minting"
  | "copyable"
  /** Where and with what it runs, and all that is evidence of another question. */
  | "context"

export const partOf = ({ forgeability, question }: Comparison): Part => {
  if (question !== "same operator") return "context"
  switch (forgeability) {
    case "possession":
    case "image":
    case "two-sided":
    case "minting":
    case "copyable":
      return forgeability
    default:
      return "context"
  }
}

/** Bits of what counts, by part. */
export interface Sums extends Record<Part, number> {
  /** Of the copyable, those of `model.weighty` bits each. */
  weightyCopyable: number
  /** Most bits of one copyable agreement. */
  mostCopyable: number
  /** Below 0. */
  against: number
  /** Log odds at which a pair is held that has no more, by what fewest hold; -Infinity where all is copyable or context. */
  heldAt: number
  /** Agreements of `model.weighty` bits each, by part; context has none. */
  readonly weighty: Record<Exclude<Part, "context">, number>
}

export const noSums = (): Sums => ({
  "possession": 0, "image": 0, "two-sided": 0, "minting": 0, "copyable": 0, "context": 0,
  weightyCopyable: 0, mostCopyable: 0, against: 0, heldAt: -Infinity,
  weighty: { "possession": 0, "image": 0, "two-sided": 0, "minting": 0, "copyable": 0 }
})

/** Weighty agreements of all parts but images, which bring more than one. */
export const weightyOf = ({ weighty }: Sums): number =>
  weighty.possession + weighty["two-sided"] + weighty.minting + weighty.copyable

/**
 * Adds one piece of evidence that counts.
 *
 * @param heldAt log odds at which a pair is held that has nothing else, see `heldAt` of holders
 */
export const addTo = (sums: Sums, part: Part, bits: number, heldAt: number = undecidedBits(2)): void => {
  if (bits < 0) {
    sums.against += bits
    return
  }
  sums[part] += bits
  if (part !== "copyable" && part !== "context") sums.heldAt = Math.max(sums.heldAt, heldAt)
  if (part === "context" || bits < model.weighty) return
  sums.weighty[part]++
  if (part !== "copyable") return
  sums.weightyCopyable += bits
  sums.mostCopyable = Math.max(sums.mostCopyable, bits)
}

const against = (sums: Sums): number => Math.max(sums.against, -model.againstSumCap)

/** Bits of what anybody can copy, and those against. */
const aloneBits = (sums: Sums): number => Math.min(sums.weightyCopyable, model.copyableAloneCap) + against(sums)

/** Bits after caps and before the prior. */
export const cappedBits = (sums: Sums): number =>
  sums.possession + sums.image + sums["two-sided"] + sums.minting +
  (isEnough(sums)
    ? Math.min(sums.copyable, model.copyableCap) + Math.min(sums.context, model.contextCap) + against(sums)
    : aloneBits(sums))

/**
 * The conditions of a verdict: something that a copier cannot have, and
 * something else. An image brings its key, its text and, if a hoster sells it, a
 * domain: beside it counts what is made or written for oneself. A hoster explains one domain and one text, a meet-up with a
 * guide one evening and one text: without a key a third is needed, or under one
 * domain a value that is unique by nature, which no hoster gives to customers.
 */
export const isEnough = (sums: Sums): boolean => {
  const { weighty } = sums
  const all = weightyOf(sums)
  if (weighty.possession > 0) return all >= 2
  if (weighty.image > 0 && weighty.minting > 0) return true
  if (weighty.image > 0 && sums.mostCopyable >= model.unique) return true
  if (weighty["two-sided"] > 0 && sums.mostCopyable >= model.unique) return true
  return weighty["two-sided"] + weighty.minting > 0 && all >= 3
}

/**
 * Probability of one operator. Where the conditions of a verdict are not met it
 * is held down by how many hold what the pair has in common, never below what it
 * is without that.
 */
export const operatorProbability = (sums: Sums, prior: number): { readonly p: number; readonly limit: Limit | null } => {
  const p = probabilityOf(bitsOf(prior) + cappedBits(sums))
  if (isEnough(sums)) return { p, limit: null }
  const most = Math.max(probabilityOf(sums.heldAt + against(sums)), probabilityOf(bitsOf(prior) + aloneBits(sums)))
  const isHeld = p > most || sums.weightyCopyable > model.copyableAloneCap
  return { p: Math.min(p, most), limit: isHeld ? limitOf(sums) : null }
}

const limitOf = (sums: Sums): Limit => {
  const { weighty } = sums
  if (weighty.possession + weighty.image > 0) return "only a shared key, which an image or a proxy may have brought"
  if (weighty["two-sided"] + weighty.minting === 0) return "only evidence that anybody can copy"
  return weightyOf(sums) > 1
    ? "only two things in common that a hoster, or a meet-up with a guide, explains"
    : "only one thing in common that a hoster or a meet-up explains"
}
