import { contingency, type Partition } from "../graph/partition.ts"

/** In nats. */
const entropy = (sizes: Iterable<number>, n: number): number => {
  let sum = 0
  for (const size of sizes) sum -= (size / n) * Math.log(size / n)
  return sum
}

/** Logarithms of factorials 0! to n!. */
const logFactorials = (n: number): Float64Array => {
  const logs = new Float64Array(n + 1)
  for (let k = 2; k <= n; k++) logs[k] = logs[k - 1]! + Math.log(k)
  return logs
}

/**
 * What two partitions with groups of these sizes have in common by chance, in
 * nats: the mean over all ways of dealing the servers out (Vinh, Epps and
 * Bailey, "Information theoretic measures for clusterings comparison", 2010).
 */
export const expectedMutualInformation = (sizesA: Iterable<number>, sizesB: Iterable<number>, n: number): number => {
  const log = logFactorials(n)
  // Many groups have the same size, singletons above all: each pair of sizes is done once.
  const countedA = Map.groupBy(sizesA, (size) => size)
  const countedB = Map.groupBy(sizesB, (size) => size)
  let expected = 0
  for (const [a, withA] of countedA) {
    for (const [b, withB] of countedB) {
      let one = 0
      for (let common = Math.max(1, a + b - n); common <= Math.min(a, b); common++) {
        const chance = log[a]! + log[b]! + log[n - a]! + log[n - b]! - log[n]! - log[common]! - log[a - common]! -
          log[b - common]! - log[n - a - b + common]!
        one += (common / n) * Math.log((n * common) / (a * b)) * Math.exp(chance)
      }
      expected += withA.length * withB.length * one
    }
  }
  return expected
}

/**
 * Agreement of two partitions of the same servers by what one tells of the
 * other, 1 for equal ones, 0 on average for random ones; normalised by the mean
 * of both entropies. 1 when neither leaves room for chance, as with `adjustedRandIndex`.
 */
export const adjustedMutualInformation = (a: Partition, b: Partition): number => {
  const n = a.size
  const { common, sizesA, sizesB } = contingency(a, b)
  const trivial = (sizes: ReadonlyMap<number, number>): boolean => sizes.size === 1 || sizes.size === n
  if (n === 0 || (sizesA.size === sizesB.size && trivial(sizesA))) return 1
  const [entropyA, entropyB] = [entropy(sizesA.values(), n), entropy(sizesB.values(), n)]
  const shared = entropyA + entropyB - entropy(common.values(), n)
  const expected = expectedMutualInformation(sizesA.values(), sizesB.values(), n)
  const most = (entropyA + entropyB) / 2
  // One of them trivial: what is shared is what chance shares, up to rounding.
  return Math.abs(most - expected) < 1e-12 ? 0 : (shared - expected) / (most - expected)
}
