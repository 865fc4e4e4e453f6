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

/**
 * What a verdict can stand on: decisions that an operator takes for itself.
 * Banners, ports, shapes and subjects are none: images, guides and hosters set
 * them for strangers, and whoever likes can copy them.
 */
export type Leg =
  /** A private key, under a name of one of both. An image may ship its key all the same. */
  | "key"
  /** A private key under nobody's name. */
  | "image key"
  /** A certificate that names the other too. A proxy has one for all its customers. */
  | "statement"
  /** One registrable domain. Hosters and clubs give names to strangers. */
  | "domain"
  /** One naming pattern across domains. A framer can choose the same. */
  | "naming"
  /** Made within minutes. Meet-ups and hosters do so for strangers. */
  | "minting"
  /** One address for gifts. Clubs pass them on to one cause, a framer copies it. */
  | "gift"

/** What an agreement in a comparison is in a verdict. */
export interface Role {
  readonly part: Part
  readonly leg: Leg | null
}

const partOf = ({ forgeability, question }: Comparison): Part => {
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

const legOf = (part: Part, bundle: string): Leg | null => {
  switch (part) {
    case "possession":
      return "key"
    case "image":
      return "image key"
    case "minting":
      return "minting"
    case "two-sided":
      return bundle === "key" ? "key" : bundle === "statement" ? "statement" : "domain"
    case "copyable":
      return bundle === "donation" ? "gift" : bundle === "naming" ? "naming" : null
    default:
      return null
  }
}

export const roleOf = (comparison: Comparison): Role => {
  const part = partOf(comparison)
  return { part, leg: legOf(part, comparison.bundle) }
}

/** Bits of what counts, by part. */
export interface Sums extends Record<Part, number> {
  /** Of the copyable, those of `model.weighty` bits each. */
  weightyCopyable: number
  /** Below 0. */
  against: number
  /** Log odds at which a pair is held that has no more, by what fewest hold; -Infinity where all is copyable or context. */
  heldAt: number
  /** Agreements of `model.weighty` bits each, context aside. */
  weighty: number
  /** Legs with an agreement of `model.weighty` bits. */
  readonly legs: Set<Leg>
}

export const noSums = (): Sums => ({
  "possession": 0, "image": 0, "two-sided": 0, "minting": 0, "copyable": 0, "context": 0,
  weightyCopyable: 0, against: 0, heldAt: -Infinity, weighty: 0, legs: new Set()
})

/**
 * Adds one piece of evidence that counts.
 *
 * @param heldAt log odds at which a pair is held that has nothing else, see `heldAt` of holders
 */
export const addTo = (sums: Sums, { leg, part }: Role, bits: number, heldAt: number = undecidedBits(2)): void => {
  if (bits < 0) {
    sums.against += bits
    return
  }
  sums[part] += bits
  if (part !== "copyable" && part !== "context") sums.heldAt = Math.max(sums.heldAt, heldAt)
  if (part === "context" || bits < model.weighty) return
  sums.weighty++
  if (leg !== null) sums.legs.add(leg)
  if (part === "copyable") sums.weightyCopyable += bits
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

/** Legs beside a key. A certificate that names both and its key are one decision; so are names and a certificate of one hoster. */
const besideKey = (legs: ReadonlySet<Leg>): number => {
  const hasKey = legs.has("key") || legs.has("image key")
  const named = legs.has("domain") || (legs.has("statement") && !hasKey) ? 1 : 0
  return named + (legs.has("naming") ? 1 : 0) + (legs.has("minting") ? 1 : 0) + (legs.has("gift") ? 1 : 0)
}

/**
 * The conditions of a verdict: no single third party explains all legs. An
 * image brings its key, its texts, its ports and its author's address for gifts
 * (where nobody put a name into the certificate, nobody changed the address
 * either); a hoster names, certificates and texts; a proxy one certificate for
 * all its customers; a club names, one evening, one text and the cause that
 * gifts go to; a framer all that can be written. So it takes
 *
 * - a key and one leg beside it, or
 * - a key under nobody's name and two, or
 * - three others, one of which is no text; or one evening, one address for
 *   gifts, and a text or a port of one's own.
 */
export const isEnough = ({ legs, weighty }: Sums): boolean => {
  const beside = besideKey(legs)
  if (legs.has("key")) return beside >= 1
  if (legs.has("image key")) return beside >= 2
  if (legs.has("minting") && legs.has("gift")) return weighty >= 3
  return beside >= 3 && (legs.has("domain") || legs.has("statement") || legs.has("minting"))
}

/** What remains possible however many bits agree: third parties that nobody knows of. The more legs, the less. */
const mostCertain = ({ legs }: Sums): number => {
  const all = besideKey(legs) + (legs.has("key") || legs.has("image key") ? 1 : 0)
  return model.certainOnLegs[Math.min(all, model.certainOnLegs.length) - 1] ?? model.certainOnLegs[0]
}

/**
 * Probability of one operator. Where the conditions of a verdict are not met it
 * is held down by how many hold what the pair has in common, never below what it
 * is without that.
 */
export const operatorProbability = (sums: Sums, prior: number): { readonly p: number; readonly limit: Limit | null } => {
  const p = probabilityOf(bitsOf(prior) + cappedBits(sums))
  if (isEnough(sums)) return { p: Math.min(p, mostCertain(sums)), limit: null }
  const most = Math.max(probabilityOf(sums.heldAt + against(sums)), probabilityOf(bitsOf(prior) + aloneBits(sums)))
  const isHeld = p > most || sums.weightyCopyable > model.copyableAloneCap
  return { p: Math.min(p, most), limit: isHeld ? limitOf(sums) : null }
}

const limitOf = ({ legs, weighty }: Sums): Limit => {
  if (legs.has("key") || legs.has("image key")) return "only a shared key, which an image or a proxy may have brought"
  if (!legs.has("domain") && !legs.has("statement") && !legs.has("minting")) return "only evidence that anybody can copy"
  return weighty > 1
    ? "only things in common that a hoster, a club or a meet-up explains"
    : "only one thing in common that a hoster or a meet-up explains"
}
