import type { Comparison } from "../comparisons/comparison.ts"
import type { Outcomes } from "./outcomes.ts"
import { isAgreement } from "./rates.ts"

/** What strangers have in common less often than this is no accident. */
const leastAccident = 1e-3

/** Of a thousand pairs one is such an accident. What is as rare as this says by itself that two share a node, at p = 0.9 and more. */
export const leastCertain = 2e-4

/** A level that says of two servers that one backend answers for both: strangers agree so by no accident. */
export const isOneBackend = ({ forgeability, levels }: Comparison, level: number): boolean =>
  forgeability === "backend" && !levels[level]!.measured && levels[level]!.u <= leastAccident

/** All, or all but one of five and more: nobody parts a fleet with one decoy, nor makes a rented node his own by a crowd at it. */
export const isMostly = (some: ReadonlyArray<number>, isInside: (server: number) => boolean): boolean => {
  const inside = some.filter(isInside).length
  const outside = some.length - inside
  return outside <= 1 && outside * 4 <= inside
}

/** Who was seen at one node with whom. */
export interface OneNode {
  /** By position: itself and whom it was seen to share a node with. No closure: one server that mixes two nodes' answers must not make them one. */
  readonly beside: ReadonlyMap<number, ReadonlySet<number>>
  /** Numbers of the pairs that were, of servers that relay nobody; ascending. */
  readonly pairs: ReadonlyArray<number>
  /** Those of them that alone make a common node a verdict. */
  readonly certain: ReadonlySet<number>
}

/** @param isRelay who claims another's hosts one way is taken to pass it on */
export const seenAtOneNode = (comparisons: ReadonlyArray<Comparison>, outcomes: Outcomes, isRelay: (server: number) => boolean): OneNode => {
  const isOneNode = comparisons.map((comparison) =>
    comparison.levels.map((_, level) => comparison.bundle === "backend" && isAgreement(comparison, level) && isOneBackend(comparison, level)))
  const beside = new Map<number, Set<number>>()
  const see = (a: number, b: number): void => {
    const known = beside.get(a) ?? new Set([a])
    beside.set(a, known.add(b))
  }
  const pairs: Array<number> = []
  const certain = new Set<number>()
  for (let i = 0; i < outcomes.first.length; i++) {
    const [a, b] = [outcomes.first[i]!, outcomes.second[i]!]
    let least = 1
    for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) {
      const [c, level] = [outcomes.comparison[k]!, outcomes.level[k]!]
      if (isOneNode[c]![level]!) least = Math.min(least, comparisons[c]!.levels[level]!.u)
    }
    if (least === 1) continue
    see(a, b)
    see(b, a)
    if (isRelay(a) || isRelay(b)) continue
    pairs.push(i)
    if (least <= leastCertain) certain.add(i)
  }
  return { beside, pairs, certain }
}

/** Everybody who was seen to share a node with one of two servers. */
export const besideEither = ({ beside }: OneNode, a: number, b: number): ReadonlyArray<number> =>
  [...new Set([...beside.get(a)!, ...beside.get(b)!])]
