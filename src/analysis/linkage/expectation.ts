import type { Comparison } from "../comparisons/comparison.ts"
import type { Direction } from "./direction.ts"
import { model, priorAmong } from "./model.ts"
import type { Outcomes } from "./outcomes.ts"
import type { PairKinds } from "./pair-kinds.ts"
import { isAgreement } from "./rates.ts"
import { type Given, logChances, makeWeigher, questions, type Weights } from "./weighing.ts"

const rounds = 12
/** m that moves by no more has settled. */
const settled = 0.001
/** Bits of agreement, m taken as 1, below which a pair teaches nothing. */
const leastTelling = 4

/** m as documented, before anything is learnt. */
const documentedM = (comparisons: ReadonlyArray<Comparison>): ReadonlyArray<Float64Array> =>
  comparisons.map(({ levels }) => Float64Array.from(levels, ({ m }) => m))

/**
 * Pairs that may teach something: all others have so few bits together that
 * they are strangers by any m.
 */
const tellingPairs = (comparisons: ReadonlyArray<Comparison>, outcomes: Outcomes, logChance: Float64Array): ReadonlyArray<number> => {
  const telling: Array<number> = []
  for (let i = 0; i < outcomes.first.length; i++) {
    let most = 0
    for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) {
      if (isAgreement(comparisons[outcomes.comparison[k]!]!, outcomes.level[k]!)) most -= logChance[k]!
    }
    if (most > leastTelling) telling.push(i)
  }
  return telling
}

/**
 * Learns m and the prior by expectation maximisation over the pairs compared,
 * with the documented m worth `model.mPriorPairs` pairs. An owner of n servers
 * counts as n - 1 pairs, not as all their pairs: one fleet must not decide what
 * operators are like, nor make strangers suspect.
 *
 * @param owners of each position, by its smallest member
 * @param known by comparison, then position
 */
export const learn = (
  comparisons: ReadonlyArray<Comparison>,
  outcomes: Outcomes,
  known: ReadonlyArray<Uint8Array>,
  given: Given,
  owners: Int32Array,
  directions: ReadonlyArray<Direction | undefined>,
  kinds: PairKinds
): Weights => {
  const documented = documentedM(comparisons)
  const question = comparisons.map((comparison) => questions.indexOf(comparison.question))
  const operator = questions.indexOf("same operator")
  const logChance = logChances(comparisons, outcomes, given.rates)
  const telling = tellingPairs(comparisons, outcomes, logChance)
  const size = comparisons.length
  /** By server, then comparison: side by side, since each round looks at those of all pairs. */
  const knownOf = new Uint8Array(owners.length * size)
  known.forEach((servers, c) => servers.forEach((is, server) => {
    knownOf[server * size + c] = is
  }))
  const sizes = new Map<number, number>()
  for (const owner of owners) sizes.set(owner, (sizes.get(owner) ?? 0) + 1)
  const allPairs = owners.length * (owners.length - 1) / 2
  const documentedPrior = priorAmong("same operator", owners.length)
  let weights: Weights = { ...given, m: documented, operatorPrior: documentedPrior, servers: owners.length }
  for (let round = 0; round < rounds; round++) {
    const seen = comparisons.map(({ levels }) => new Float64Array(levels.length))
    const all = new Float64Array(comparisons.length)
    let linked = 0
    const weigh = makeWeigher(comparisons, outcomes, weights, logChance)
    const probabilities = Array.from<Float64Array | undefined>({ length: kinds.count })
    const shares = new Float64Array(questions.length)
    for (const i of telling) {
      const probability = probabilities[kinds.of[i]!] ??= weigh(i, directions[i]).probability.slice()
      const a = outcomes.first[i]!
      const b = outcomes.second[i]!
      const share = owners[a] === owners[b] ? 2 / sizes.get(owners[a]!)! : 1
      linked += probability[operator]! * share
      for (let q = 0; q < shares.length; q++) shares[q] = probability[q]! * share
      for (let c = 0; c < size; c++) {
        if ((knownOf[a * size + c]! & knownOf[b * size + c]!) !== 0) all[c]! += shares[question[c]!]!
      }
      for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) {
        const c = outcomes.comparison[k]!
        seen[c]![outcomes.level[k]!]! += shares[question[c]!]!
      }
    }
    const [least, most] = model.mBounds
    const m = comparisons.map((_, c) =>
      documented[c]!.map((prior, level) => {
        const learnt = (prior * model.mPriorPairs + seen[c]![level]!) / (model.mPriorPairs + all[c]!)
        return Math.min(most, Math.max(least, learnt))
      }))
    const [lowest, highest] = model.operatorPriorBounds
    const prior = (documentedPrior * model.operatorPriorWeight + linked / Math.max(1, allPairs)) / (model.operatorPriorWeight + 1)
    const moved = Math.max(...m.map((levels, c) => Math.max(...levels.map((value, l) => Math.abs(value - weights.m[c]![l]!)))), 0)
    weights = { ...weights, m, operatorPrior: Math.min(highest, Math.max(lowest, prior)) }
    if (moved < settled) break
  }
  return weights
}
