import { adjustedRandIndex, contingency, type Partition } from "../graph/partition.ts"
import { adjustedMutualInformation } from "./mutual-information.ts"

/** Null where there is nothing to judge: no pair said (precision), none there (recall), or neither. */
export interface PrecisionRecall {
  readonly precision: number | null
  readonly recall: number | null
  /** Harmonic mean of both. */
  readonly f: number | null
}

/** Pairs of servers by what was said of them and what is so. */
export interface PairCounts {
  readonly right: number
  /** Said to belong together, and do not: accusations. */
  readonly wrong: number
  /** Belong together, and nobody said so. */
  readonly missed: number
}

const share = (part: number, whole: number): number | null => whole === 0 ? null : part / whole

const withF = (precision: number | null, recall: number | null): PrecisionRecall => ({
  precision,
  recall,
  f: precision === null || recall === null ? null : precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)
})

/** Precision and recall of pairs. */
export const pairScores = ({ missed, right, wrong }: PairCounts): PrecisionRecall =>
  withF(share(right, right + wrong), share(right, right + missed))

const pairs = (sizes: Iterable<number>): number => {
  let sum = 0
  for (const size of sizes) sum += (size * (size - 1)) / 2
  return sum
}

/** The pairs within groups of two partitions of the same servers. */
export const pairCounts = (found: Partition, truth: Partition): PairCounts => {
  const { common, sizesA, sizesB } = contingency(found, truth)
  const right = pairs(common.values())
  return { right, wrong: pairs(sizesA.values()) - right, missed: pairs(sizesB.values()) - right }
}

/**
 * B-cubed precision and recall (Bagga and Baldwin, 1998): the mean over servers
 * of the share of its group that belongs to it, and of its own that are in it.
 */
export const bCubed = (found: Partition, truth: Partition): PrecisionRecall => {
  if (found.size === 0) return withF(null, null)
  const { common, sizesA, sizesB } = contingency(found, truth)
  let [precision, recall] = [0, 0]
  for (const [server, label] of found) {
    const own = truth.get(server)!
    const together = common.get(`${label} ${own}`)!
    precision += together / sizesA.get(label)!
    recall += together / sizesB.get(own)!
  }
  return withF(precision / found.size, recall / found.size)
}

/** Everything that is said of one way of grouping the servers of a crawl. */
export interface GroupingScores {
  readonly pairs: PairCounts
  readonly pairwise: PrecisionRecall
  readonly bCubed: PrecisionRecall
  readonly adjustedRand: number
  readonly adjustedMutualInformation: number
  /** Groups of two and more servers. */
  readonly groups: number
  /** Sizes of the groups in which not all belong together, largest first. */
  readonly falseGroups: ReadonlyArray<number>
}

/** Scores of the groups found against those there are; the same servers in both. */
export const groupingScores = (found: Partition, truth: Partition): GroupingScores => {
  const counts = pairCounts(found, truth)
  const members = [...Map.groupBy(found, ([, label]) => label).values()].filter((group) => group.length > 1)
  const isFalse = (group: typeof members[number]): boolean => new Set(group.map(([server]) => truth.get(server)!)).size > 1
  return {
    pairs: counts,
    pairwise: pairScores(counts),
    bCubed: bCubed(found, truth),
    adjustedRand: adjustedRandIndex(found, truth),
    adjustedMutualInformation: adjustedMutualInformation(found, truth),
    groups: members.length,
    falseGroups: members.filter(isFalse).map((group) => group.length).toSorted((a, b) => b - a)
  }
}

/** A partition of servers by a text that each has. */
export const partitionBy = <A>(servers: ReadonlyMap<number, A>, label: (server: A) => string): Partition => {
  const labels = new Map<string, number>()
  return new Map([...servers].map(([serverId, server]) => {
    const text = label(server)
    if (!labels.has(text)) labels.set(text, labels.size)
    return [serverId, labels.get(text)!]
  }))
}
