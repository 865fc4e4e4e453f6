import type { Comparison } from "../comparisons/comparison.ts"
import type { ComparedPair, Evidence } from "../linkage/compared-pair.ts"
import { model } from "../linkage/model.ts"
import { addTo, type Leg, noSums, ofPrivateNodes, operatorProbability, roleOf } from "../linkage/operator-verdict.ts"
import { mempools, tellsEstimates } from "../linkage/private-nodes.ts"
import { addBits, type BitsByComparison, heaviest } from "./heaviest.ts"
import type { OperatorCluster } from "./operator-clusters.ts"

/** One comparison's part in a cluster. */
export interface ClusterEvidence {
  readonly comparison: string
  readonly definition: string
  /** Links of the cluster in which it counts for, of all. */
  readonly links: number
  readonly of: number
  /** Most bits it has in one of them. */
  readonly bits: number
  /** The values shared, most frequent first, up to five. */
  readonly values: ReadonlyArray<string>
  /** Raw rows of up to three links. */
  readonly rows: ReadonlyArray<{ readonly a: number; readonly b: number; readonly detail: Readonly<Record<string, unknown>> }>
  readonly innocent: ReadonlyArray<string>
}

/** Why servers are in one cluster, what speaks against it, what would change it. */
export interface ClusterExplanation {
  /** A sentence that names nobody. */
  readonly statement: string
  readonly evidence: ReadonlyArray<ClusterEvidence>
  /** By member: what ties it to others of the group, heaviest first, up to three comparisons. */
  readonly ofMember: ReadonlyMap<number, ReadonlyArray<string>>
  readonly against: ReadonlyArray<{ readonly a: number; readonly b: number; readonly comparison: string; readonly level: string; readonly bits: number; readonly detail: Readonly<Record<string, unknown>> }>
  readonly wouldChange: ReadonlyArray<string>
}

const isFor = ({ bits, counted }: Evidence): boolean => counted && bits > 0

const legsOf = ({ legs }: ComparedPair): ReadonlySet<string> => new Set(legs.split(", "))

/**
 * What a pair stands on at its node if one comparison had found nothing. A node is
 * nobody else's by the names of those seen at it, and seen by estimates and a
 * mempool, or by one that is certain; evening and processes count there with an address for gifts only.
 */
const nodeLegsWithout = (pair: ComparedPair, comparison: Comparison, comparisons: ReadonlyMap<string, Comparison>): ReadonlySet<Leg> => {
  const had = legsOf(pair)
  const legs = new Set([...ofPrivateNodes].filter((leg) => had.has(leg)))
  const drop = (...some: ReadonlyArray<Leg>): void => {
    for (const leg of some) legs.delete(leg)
  }
  const left = pair.evidence.filter(({ bits, comparison: name }) => name !== comparison.name && bits > 0)
  const isTold = left.some(({ comparison: name, level }) => {
    const found = comparisons.get(name)!
    return tellsEstimates(found, found.levels.find((it) => it.name === level)!)
  })
  const { leg } = roleOf(comparison)
  if (comparison.bundle === "backend" && !(isTold && left.some(({ comparison: name }) => mempools.has(name)))) legs.clear()
  if (leg === "gift") drop("evening", "process")
  if (leg === "names") drop("names", "evening", "process")
  if (leg !== null) drop(leg)
  if (!legs.has("names") && !legs.has("administered")) drop("node")
  return legs
}

/** Probability of one operator if one comparison had found nothing. */
const without = (pair: ComparedPair, name: string, comparisons: ReadonlyMap<string, Comparison>, prior: number): number => {
  const sums = noSums()
  const had = legsOf(pair)
  for (const leg of nodeLegsWithout(pair, comparisons.get(name)!, comparisons)) sums.legs.add(leg)
  for (const { bits, comparison, counted } of pair.evidence) {
    if (!counted || comparison === name) continue
    const role = roleOf(comparisons.get(comparison)!)
    // A hoster's domain, say, was no leg of the pair before either.
    addTo(sums, role.leg !== null && !had.has(role.leg) ? { ...role, leg: null } : role, bits)
  }
  return operatorProbability(sums, prior).p
}

/** Two digits, never rounded up to certainty. */
export const probabilityText = (p: number): string =>
  p >= 0.995 ? (Math.floor(p * 1000) / 1000).toFixed(3) : p < 0.01 ? "below 0.01" : p.toFixed(2)

export const clusterStatement = ({ posterior, serverIds, weakestLink }: OperatorCluster, simulated: boolean): string =>
  `${simulated ? "SIMULATED: " : ""}${serverIds.length} servers, probably one operator (p = ${probabilityText(posterior)}` +
  (serverIds.length === 2 ? ")." : `; weakest link ${probabilityText(weakestLink)}).`)

const detailOf = (pair: ComparedPair, evidence: Evidence): Readonly<Record<string, unknown>> => pair.details()[pair.evidence.indexOf(evidence)]!

/** What a pair was found to share that speaks for one operator of both. */
const supportOf = (pair: ComparedPair, byName: ReadonlyMap<string, Comparison>): ReadonlyArray<Evidence> =>
  pair.evidence.filter((it) => {
    const { bundle, question } = byName.get(it.comparison)!
    // A node is what some groups stand on, though it answers another question.
    return isFor(it) && (question === "same operator" || (bundle === "backend" && legsOf(pair).has("node")))
  })

interface Found {
  readonly pair: ComparedPair
  readonly evidence: Evidence
}

/** By member: the comparisons that tie it to others of the group, most bits over its own links first, up to three. */
const memberEvidence = ({ serverIds }: OperatorCluster, found: ReadonlyArray<Found>): ReadonlyMap<number, ReadonlyArray<string>> => {
  const bits = new Map(serverIds.map((server): [number, BitsByComparison] => [server, new Map()]))
  for (const { evidence, pair } of found) {
    addBits(bits.get(pair.a)!, evidence)
    addBits(bits.get(pair.b)!, evidence)
  }
  return new Map([...bits].map(([server, own]) => [server, heaviest(own)]))
}

export const explainCluster = (
  cluster: OperatorCluster,
  comparisons: ReadonlyArray<Comparison>,
  operatorPrior: number,
  simulated: boolean
): ClusterExplanation => {
  const byName = new Map(comparisons.map((comparison) => [comparison.name, comparison]))
  const found = cluster.links.flatMap((pair) => supportOf(pair, byName).map((evidence): Found => ({ pair, evidence })))
  const evidence = [...Map.groupBy(found, ({ evidence }) => evidence.comparison)].map(([name, some]): ClusterEvidence => {
    const strongest = some.toSorted((x, y) => y.evidence.bits - x.evidence.bits || x.pair.a - y.pair.a || x.pair.b - y.pair.b)
    const values = Map.groupBy(some.flatMap(({ evidence }) => evidence.value ?? []), (value) => value)
    return {
      comparison: name,
      definition: byName.get(name)!.definition,
      links: some.length,
      of: cluster.links.length,
      bits: strongest[0]!.evidence.bits,
      values: [...values].toSorted((x, y) => y[1].length - x[1].length || (x[0] < y[0] ? -1 : 1)).slice(0, 5).map(([value]) => value),
      rows: strongest.slice(0, 3).map(({ evidence, pair }) => ({ a: pair.a, b: pair.b, detail: detailOf(pair, evidence) })),
      innocent: byName.get(name)!.innocent
    }
  }).toSorted((x, y) => y.links * y.bits - x.links * x.bits || (x.comparison < y.comparison ? -1 : 1))
  const against = [...cluster.contradictions.map(({ pair }) => pair), ...cluster.links].flatMap((pair) =>
    pair.evidence.filter((it) => it.counted && it.bits < 0).map((evidence) => ({ pair, evidence }))
  ).toSorted((x, y) => x.evidence.bits - y.evidence.bits || x.pair.a - y.pair.a || x.pair.b - y.pair.b)
  return {
    statement: clusterStatement(cluster, simulated),
    evidence,
    ofMember: memberEvidence(cluster, found),
    against: against.slice(0, 10).map(({ evidence, pair }) => ({
      a: pair.a, b: pair.b, comparison: evidence.comparison, level: evidence.level, bits: evidence.bits, detail: detailOf(pair, evidence)
    })),
    wouldChange: [
      ...evidence.map(({ comparison }) => {
        const left = cluster.tree.filter((pair) => without(pair, comparison, byName, operatorPrior) >= model.verdict).length
        const all = cluster.tree.length
        return left === all
          ? `Without "${comparison}" the verdict would stand.`
          : `Without "${comparison}" ${left} of the ${all} links that hold the group together would remain.`
      }),
      ...cluster.contradictions.length === 0
        ? []
        : [`${cluster.contradictions.length} pairs of members speak against each other and are held together by others; the weakest such link has p = ${
          probabilityText(Math.min(...cluster.contradictions.map(({ weakest }) => weakest.sameOperator)))}.`],
      ...cluster.wasSplit ? ["It was cut from other servers where a single weak link joined members who speak against each other."] : []
    ]
  }
}
