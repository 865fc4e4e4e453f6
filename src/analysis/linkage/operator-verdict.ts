import type { Comparison } from "../comparisons/comparison.ts"
import { changedTogether } from "../comparisons/watched.ts"
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
  | "copyable"
  /** Where and with what it runs, and all that is evidence of another question. */
  | "context"

/**
 * What a verdict can stand on. Banners, ports, shapes and subjects of certificates
 * are none: images, guides and hosters set them for strangers, and whoever likes
 * can write the same. Names and dates of certificates are one only at a node that
 * is nobody else's, see `privateNodeLegs`.
 */
export type Leg =
  /** A private key, in certificates that name hosts of both. An image or a proxy may have brought it all the same. */
  | "key"
  /** A private key under nobody's name, or under that of one of them. Who passes bytes on to the other shows its certificate without having the key. */
  | "image key"
  /** Certificates that name each other, vouched for. A proxy has one for all its customers; who takes over a given up name states what nobody vouches for. */
  | "statement"
  /** One registrable domain. Hosters and clubs give names to strangers. */
  | "domain"
  /** One address for gifts. Clubs pass them on to one cause, a framer copies it. */
  | "gift"
  /** One node, at which only servers of one way of naming were seen. A relay shows its victim's. */
  | "node"
  /** Names of one pattern under several registered domains. A framer registers the like. */
  | "names"
  /** Self-signed certificates made within a minute. A workshop or seller makes them for strangers, a framer writes any date. */
  | "evening"
  /** Each lists the other and not itself: two processes answered. */
  | "process"
  /** Changed in one evening with nearly all at their node. Who is at the node can follow, a service may administer strangers' servers. */
  | "administered"

/** Legs that count only for servers at a node of their own. */
export const ofPrivateNodes: ReadonlySet<Leg> = new Set<Leg>(["node", "names", "evening", "process", "administered"])

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
    case "copyable":
      return forgeability
    default:
      return "context"
  }
}

const copyableLegs: Readonly<Record<string, Leg>> = { donation: "gift", naming: "names", minting: "evening", process: "process" }

const legOf = (part: Part, bundle: string): Leg | null => {
  switch (part) {
    case "possession":
      return "key"
    case "image":
      return "image key"
    case "two-sided":
      return bundle === "key" ? "key" : bundle === "statement" ? "statement" : "domain"
    case "copyable":
      return copyableLegs[bundle] ?? null
    default:
      return null
  }
}

export const roleOf = (comparison: Comparison): Role => {
  const part = partOf(comparison)
  return { part, leg: comparison.name === changedTogether.name ? "administered" : legOf(part, comparison.bundle) }
}

/** Whether a part is what a copier cannot have. */
export const isOwned = (part: Part): boolean => part !== "copyable" && part !== "context"

/** Whether a leg is a private key, whoever brought it. */
export const isKey = (leg: Leg | null): boolean => leg === "key" || leg === "image key"

/** Why what two servers share may be a third party's, however much it is. */
export type Doubt = Extract<Limit, `${string} own` | `${string} cause`>

/** Bits of what counts, by part. */
export interface Sums extends Record<Part, number> {
  /** Of the copyable, those of `model.weighty` bits each. */
  weightyCopyable: number
  /** Of an evening that is a leg. */
  administered: number
  /** Below 0. */
  against: number
  /** Log odds at which a pair is held that has no more, by what fewest hold; -Infinity where all is copyable or context. */
  heldAt: number
  /** Legs with an agreement of `model.weighty` bits, and those of a node that is nobody else's, whatever they weigh. */
  readonly legs: Set<Leg>
  doubt: Doubt | null
}

export const noSums = (): Sums => ({
  "possession": 0, "image": 0, "two-sided": 0, "copyable": 0, "context": 0,
  weightyCopyable: 0, administered: 0, against: 0, heldAt: -Infinity, legs: new Set(), doubt: null
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
  if (leg === "administered" && sums.legs.has(leg)) sums.administered += bits
  else sums[part] += bits
  if (isOwned(part)) sums.heldAt = Math.max(sums.heldAt, heldAt)
  if (part === "context" || bits < model.weighty) return
  if (leg !== null && !ofPrivateNodes.has(leg)) sums.legs.add(leg)
  if (part === "copyable") sums.weightyCopyable += bits
}

const against = (sums: Sums): number => Math.max(sums.against, -model.againstSumCap)

/** Bits of what anybody can copy, and those against. */
const aloneBits = (sums: Sums): number => Math.min(sums.weightyCopyable, model.copyableAloneCap) + against(sums)

/** Bits after caps and before the prior. */
export const cappedBits = (sums: Sums): number =>
  sums.possession + sums.image + sums["two-sided"] +
  (isEnough(sums)
    ? sums.administered + Math.min(sums.copyable, model.copyableCap) +
      Math.min(sums.context, sums.legs.has("node") ? model.privateNodeCap : model.contextCap) + against(sums)
    : aloneBits(sums))

const hasKey = (legs: ReadonlySet<Leg>): boolean => legs.values().some(isKey)

const hasOwned = (legs: ReadonlySet<Leg>): boolean =>
  (legs.has("gift") && (legs.has("key") || ((legs.has("statement") || legs.has("image key")) && legs.has("domain")))) ||
  (legs.has("key") && legs.has("domain")) ||
  (legs.has("node") && legs.has("names") && (legs.has("key") || (legs.has("image key") && legs.has("process"))))

/** All of what each third party and each copier lacks some of: who copies has no process of its own at the other's node, who brings names nobody. */
const hasPrivateNode = (legs: ReadonlySet<Leg>): boolean =>
  (["node", "process", "names", "evening", "gift"] as const).every((leg) => legs.has(leg))

/** Somebody has the administration of both front ends, at a node at which hardly anybody else is: two acts, of which nobody gives the one to strangers with the other. */
const isAdministered = (legs: ReadonlySet<Leg>): boolean => legs.has("node") && legs.has("administered")

/**
 * The conditions of a verdict. It takes something that a copier cannot have, a
 * private key, certificates that name each other or a process at its node, and
 * something that who brings such a thing to strangers does not bring with it:
 * - beside a key in certificates that name their hosts, one address for gifts,
 *   since money of the one then goes to the other, or one domain;
 * - beside a key under nobody's name, or certificates that name each other, vouched
 *   for, a domain of both and one address for gifts: hosters have names of several
 *   customers in one certificate, and defaults for all;
 * - beside a key in certificates that name their hosts, a node of their own and one
 *   way of naming what they registered; beside a key under nobody's name, which who
 *   passes its victim on may hold as well, processes of their own too;
 * - beside processes of their own at such a node, so named, one address for gifts
 *   and certificates that were made within a minute;
 * - or, of servers that a watch saw, that their software was changed in one evening
 *   with nearly all at their node and hardly anybody else's, see `eveningsOf`.
 * Nor may anything show that a third party brought it, see `Doubt`; but for the
 * evening: whatever they write, somebody had the administration of both, and who
 * hides writes something else everywhere.
 */
export const isEnough = ({ doubt, legs }: Sums): boolean => isAdministered(legs) || (doubt === null && (hasOwned(legs) || hasPrivateNode(legs)))

/**
 * What remains possible however many bits agree: third parties that nobody knows
 * of. A certificate that names both is no leg beside its key, which is the same
 * decision, nor beside a domain, since both may be one hoster's.
 */
const mostCertain = ({ doubt, legs }: Sums): number =>
  doubt !== null || !hasOwned(legs)
    ? model.certainOnNode
    : hasKey(legs) && legs.has("domain") && legs.has("gift")
    ? model.certainOnThreeLegs
    : model.certainOnTwoLegs

/** A key under nobody's name at a node of their own, which lacks only that processes of their own are shown. */
const isLikely = ({ doubt, legs }: Sums): boolean => doubt === null && (["image key", "node", "names"] as const).every((leg) => legs.has(leg))

/** What copyable evidence alone leaves a pair at, though many fleets of a small crawl make pairs of one operator likelier: nobody's fleet makes a victim suspect. */
const mostByCopying = probabilityOf(bitsOf(model.prior["same operator"]) + model.copyableAloneCap)

/**
 * Probability of one operator. Where the conditions of a verdict are not met it
 * is held down by how many hold what the pair has in common, never below what it
 * is without that.
 */
export const operatorProbability = (sums: Sums, prior: number): { readonly p: number; readonly limit: Limit | null } => {
  const p = probabilityOf(bitsOf(prior) + cappedBits(sums))
  if (isEnough(sums)) return { p: Math.min(p, mostCertain(sums)), limit: null }
  const heldAt = isLikely(sums) ? Math.max(sums.heldAt, bitsOf(model.likely)) : sums.heldAt
  const most = Math.max(probabilityOf(heldAt + against(sums)), probabilityOf(bitsOf(prior) + aloneBits(sums)))
  const isHeld = p > most || sums.weightyCopyable > model.copyableAloneCap
  const isCopyable = sums.heldAt === -Infinity
  return { p: Math.min(p, most, isCopyable ? Math.max(prior, mostByCopying) : 1), limit: isHeld ? limitOf(sums) : null }
}

const limitOf = (sums: Sums): Limit => {
  const { doubt, legs } = sums
  const isOwned = hasKey(legs) || legs.has("statement") || legs.has("domain")
  if (!isOwned) return "only evidence that anybody can copy"
  if (doubt !== null) return doubt
  if (isLikely(sums)) return "a shared key of no name at a node of their own, which who relays the only user of an image shows too"
  return hasKey(legs) || legs.has("statement")
    ? "only a shared key, which an image or a proxy may have brought"
    : "only things in common that a hoster or a club explains"
}
