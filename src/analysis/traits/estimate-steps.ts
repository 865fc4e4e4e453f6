/** Steps of estimators that round, satoshi per 1,000 vB: 1,000 is 1 sat/vB. Descending. */
const evenSteps = [50_000, 20_000, 10_000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2] as const

/** Ratios of one edge to the next where estimators answer with edges of buckets; Bitcoin Core's are 1.05. Descending. */
const ratios = [2, 1.5, 1.4, 1.3, 1.25, 1.2, 1.15, 1.1, 1.05, 1.02, 1.01] as const

/** First edges, in satoshi per 1,000 vB: Bitcoin Core's up to release 29, and since. */
const firstEdges = [1000, 100] as const

/** Less than so many to one, and numbers may lie on steps by chance. */
const leastOdds = 1000

const isEdge = (fee: number, first: number, ratio: number): boolean =>
  fee > 0 && Math.abs(first * ratio ** Math.round(Math.log(fee / first) / Math.log(ratio)) - fee) <= 1

/**
 * How far the numbers next to one are that an estimator can answer with, learnt
 * from all that a server estimated: the widest steps, or edges of buckets, that
 * all of it lies on. A satoshi where there are none.
 *
 * @param fees what it estimated above its floor, in satoshi per 1,000 vB
 */
export const estimateStep = (fees: Iterable<number>): (fee: number) => number => {
  const numbers = [...new Set(fees)]
  const isSeldom = (oddsOf: (fee: number) => number): boolean =>
    numbers.reduce((odds, fee) => odds * Math.max(1, oddsOf(fee)), 1) >= leastOdds
  const even = evenSteps.find((step) => numbers.every((fee) => fee % step === 0) && isSeldom(() => step)) ?? 1
  const ratio = ratios.find((ratio) =>
    firstEdges.some((first) => numbers.every((fee) => isEdge(fee, first, ratio))) && isSeldom((fee) => fee * (ratio - 1) / 3)) ?? 1
  return (fee) => Math.max(even, fee * (ratio - 1))
}
