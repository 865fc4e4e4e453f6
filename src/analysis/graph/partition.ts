/** Server -> label of its group. Every server has exactly one. */
export type Partition = ReadonlyMap<number, number>

/** Members of each label, members ascending. */
const membersByLabel = (partition: Partition): ReadonlyArray<ReadonlyArray<number>> =>
  [...Map.groupBy(partition, ([, label]) => label).values()].map((group) =>
    group.map(([server]) => server).toSorted((a, b) => a - b)
  )

/** The same groups numbered by size, 0 the largest; of equal size, the one with the smallest member first. */
export const relabelled = (partition: Partition): Partition => {
  const groups = membersByLabel(partition).toSorted((a, b) => b.length - a.length || a[0]! - b[0]!)
  return new Map(
    groups
      .flatMap((group, label) => group.map((server) => [server, label] as const))
      .toSorted(([a], [b]) => a - b)
  )
}

/** Sizes of labels, and of pairs of labels, of two partitions of the same servers. */
export const contingency = (a: Partition, b: Partition) => {
  const sizesA = new Map<number, number>()
  const sizesB = new Map<number, number>()
  const common = new Map<string, number>()
  const increment = <K>(sizes: Map<K, number>, key: K): unknown => sizes.set(key, (sizes.get(key) ?? 0) + 1)
  for (const [server, labelA] of a) {
    const labelB = b.get(server)!
    increment(sizesA, labelA)
    increment(sizesB, labelB)
    increment(common, `${labelA} ${labelB}`)
  }
  return { sizesA, sizesB, common }
}

const pairs = (sizes: Iterable<number>): number => {
  let sum = 0
  for (const size of sizes) sum += size * (size - 1) / 2
  return sum
}

/**
 * Agreement of two partitions of the same servers, 1 for equal ones, 0 on
 * average for random ones (Hubert and Arabie, "Comparing partitions", 1985).
 * 1 when neither leaves room for chance: all apart, or all together, in both.
 */
export const adjustedRandIndex = (a: Partition, b: Partition): number => {
  const { common, sizesA, sizesB } = contingency(a, b)
  const inBoth = pairs(common.values())
  const inA = pairs(sizesA.values())
  const inB = pairs(sizesB.values())
  const all = a.size * (a.size - 1) / 2
  const expected = all === 0 ? 0 : inA * inB / all
  const most = (inA + inB) / 2
  return most === expected ? 1 : (inBoth - expected) / (most - expected)
}

/**
 * The servers whose group in `a` and group in `b` have more common members than
 * other members: then the two are one group in two runs, and no third can be.
 */
export const agreeing = (a: Partition, b: Partition): ReadonlySet<number> => {
  const { common, sizesA, sizesB } = contingency(a, b)
  const servers = new Set<number>()
  for (const [server, labelA] of a) {
    const labelB = b.get(server)!
    const shared = common.get(`${labelA} ${labelB}`)!
    if (2 * shared > sizesA.get(labelA)! + sizesB.get(labelB)! - shared) servers.add(server)
  }
  return servers
}
