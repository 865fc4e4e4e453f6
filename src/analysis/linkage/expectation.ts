import type { Comparison } from "../comparisons/comparison.ts"
import type { Direction } from "./direction.ts"
import { model, priorAmong } from "./model.ts"
import type { Outcomes } from "./outcomes.ts"
import { isAgreement } from "./rates.ts"
import { type Given, logChances, makeWeigher, questions, type Weights } from "./weighing.ts"

const rounds = 12
/** m that moves by no more has settled. */
const settled = 0.001
/** Bits of agreement, m taken as 1, below which a pair teaches nothing. */
const leastTelling = 4

/** m as documented, before anything is learnt. */
export const documentedM = (comparisons: ReadonlyArray<Comparison>): ReadonlyArray<Float64Array> =>
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
 * For each of some pairs the number of its kind: those of one kind agree in the
 * same values, so that they weigh the same by any m. A fleet's pairs are mostly of
 * one kind, and the larger a crawl the more of its pairs are a fleet's.
 */
const kindsOf = (pairs: ReadonlyArray<number>, outcomes: Outcomes, { evenings, nodeLegs }: Given, directions: ReadonlyArray<Direction | undefined>) => {
  const numbers = new Map<string, number>()
  const kinds = Int32Array.from(pairs, (i) => {
    let kind = directions[i] === undefined ? "" : `${directions[i].pipe}`
    // What is known of a pair alone makes a kind of its own.
    if (evenings.has(i) || nodeLegs.has(i)) kind = `pair ${i}`
    else for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) kind += ` ${outcomes.comparison[k]! * 256 + outcomes.level[k]!}:${outcomes.key[k]!}`
    const known = numbers.get(kind)
    if (known !== undefined) return known
    numbers.set(kind, numbers.size)
    return numbers.size - 1
  })
  return { kinds, count: numbers.size }
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
  directions: ReadonlyArray<Direction | undefined>
): Weights => {
  const documented = documentedM(comparisons)
  const question = comparisons.map((comparison) => questions.indexOf(comparison.question))
  const operator = questions.indexOf("same operator")
  const logChance = logChances(comparisons, outcomes, given.rates)
  const telling = tellingPairs(comparisons, outcomes, logChance)
  const { count, kinds } = kindsOf(telling, outcomes, given, directions)
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
    const probabilities = Array.from<Float64Array | undefined>({ length: count })
    for (const [at, i] of telling.entries()) {
      const probability = probabilities[kinds[at]!] ??= weigh(i, directions[i]).probability.slice()
      const a = outcomes.first[i]!
      const b = outcomes.second[i]!
      const share = owners[a] === owners[b] ? 2 / sizes.get(owners[a]!)! : 1
      linked += probability[operator]! * share
      for (let c = 0; c < comparisons.length; c++) {
        all[c]! += probability[question[c]!]! * share * (known[c]![a]! & known[c]![b]!)
      }
      for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) {
        const c = outcomes.comparison[k]!
        seen[c]![outcomes.level[k]!]! += probability[question[c]!]! * share
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
