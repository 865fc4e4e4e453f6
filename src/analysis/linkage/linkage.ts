import type { Comparison, Forgeability } from "../comparisons/comparison.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import { candidatePairs, randomPairs } from "./candidates.ts"
import type { ComparedPair, Evidence } from "./compared-pair.ts"
import { claimDirections, type Direction, groupDirections, originalsOf } from "./direction.ts"
import { learn } from "./expectation.ts"
import { heldAt } from "./holders.ts"
import { keyHolders } from "./key-holders.ts"
import { indexKeys, type KeyIndex } from "./key-index.ts"
import { model, undecidedBits } from "./model.ts"
import { compareAll, type Outcomes } from "./outcomes.ts"
import { kindsOf, type PairKinds } from "./pair-kinds.ts"
import { isAgreement, knownValues, measureRates } from "./rates.ts"
import { eveningsOf } from "./one-evening.ts"
import { isOneBackend, seenAtOneNode } from "./one-node.ts"
import { roleOf } from "./operator-verdict.ts"
import { privateNodeLegs } from "./private-nodes.ts"
import { thirdPartiesOf } from "./third-parties.ts"
import { UnionFind } from "./union-find.ts"
import { type Given, logChances, makeWeigher, questions, type Weighed, type Weights } from "./weighing.ts"

export interface LinkageOptions {
  readonly randomSeed: number
  /** Pairs drawn for u and dependence; all pairs where there are no more. By default two a server, 8,000 to 20,000. */
  readonly randomPairs?: number
  /** Pairs are returned whose probability for any question is at least this, and those of one group that speak against each other. */
  readonly leastProbability: number
  /** A pair that is returned whatever its probability, if the two were compared; a < b. */
  readonly also?: { readonly a: number; readonly b: number }
}

export const defaultLinkageOptions: LinkageOptions = { randomSeed: 1, leastProbability: 0.02 }

/** What one outcome of a comparison weighs in this crawl. */
export interface ComparisonWeight {
  readonly comparison: string
  readonly level: string
  /** P(outcome | yes), learnt. */
  readonly m: number
  /** P(outcome | strangers), measured or documented; single values may have their own, see evidence. */
  readonly u: number
  /** log2(m / u). */
  readonly bits: number
  /** u was measured in this crawl. */
  readonly measured: boolean
  /** Pairs compared that had this outcome. */
  readonly pairs: number
  /** The comparison it goes along with most among strangers, and how many times likelier it makes this one; null for none beyond twice. */
  readonly dependsOn: string | null
  readonly lift: number | null
}

export interface Linkage {
  /** Ascending by a, then b. */
  readonly pairs: ReadonlyArray<ComparedPair>
  readonly weights: ReadonlyArray<ComparisonWeight>
  /** Prior probability that two servers drawn at random have one operator. */
  readonly operatorPrior: number
  /** Pairs compared, of all there are; the rest share no key, or only common ones. */
  readonly compared: number
  readonly possible: number
  /** Random pairs of different owners behind u and dependence. */
  readonly strangers: number
  readonly blocks: number
  readonly sampledBlocks: number
}

const operator = questions.indexOf("same operator")

/** Bits against from which on a pair contradicts each other in what operators write. */
const contradicts = -1

/** How a stranger brings it about that two servers hold one key, and that they say something of each other. */
const held: ReadonlySet<Forgeability> = new Set<Forgeability>(["possession", "image"])
const heldOrStated: ReadonlySet<Forgeability> = new Set<Forgeability>([...held, "two-sided"])

/**
 * Servers that are no independent witnesses of how common a value is: they hold
 * one key, name each other, or answer from one node. They count as one owner.
 *
 * @param byFront also those that show one key as what is behind one front does
 */
const related = (
  servers: number,
  comparisons: ReadonlyArray<Comparison>,
  outcomes: Outcomes,
  by: ReadonlySet<Forgeability>,
  { byFront = true }: { readonly byFront?: boolean } = {}
): UnionFind => {
  const owners = new UnionFind(servers)
  const relates = comparisons.map((comparison) => {
    const { bundle, forgeability, levels } = comparison
    const isHeld = by.has(forgeability)
    const isSeen = byFront || bundle !== "front"
    return levels.map((_, level) => isAgreement(comparison, level) && (isHeld || (isSeen && isOneBackend(comparison, level))))
  })
  for (let i = 0; i < outcomes.first.length; i++) {
    for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) {
      if (relates[outcomes.comparison[k]!]![outcomes.level[k]!]!) owners.join(outcomes.first[i]!, outcomes.second[i]!)
    }
  }
  return owners
}

/** What `verdictOf` makes of the weighed verdict of every pair, made once for all of a kind. */
const weighAll = <A>(
  comparisons: ReadonlyArray<Comparison>,
  outcomes: Outcomes,
  weights: Weights,
  directions: ReadonlyArray<Direction | undefined>,
  kinds: PairKinds,
  verdictOf: (weighed: Weighed, i: number) => A
): (i: number) => A => {
  const weigh = makeWeigher(comparisons, outcomes, weights, logChances(comparisons, outcomes, weights.rates))
  const verdicts = Array.from<{ readonly verdict: A } | undefined>({ length: kinds.count })
  return (i) => (verdicts[kinds.of[i]!] ??= { verdict: verdictOf(weigh(i, directions[i]), i) }).verdict
}

/** Banners have thousands of characters, and pairs are many; the raw values are where they were seen. */
const shown = (value: string): string => value.length > 200 ? `${value.slice(0, 200)}…` : value

const round = (value: number): number => Math.round(value * 1e6) / 1e6

/** All that pairs of one kind have in common. */
interface KindVerdict {
  readonly told: Omit<ComparedPair, "a" | "b" | "copier" | "details">
  readonly against: number
  /** Some question is likely enough for the pair to be told of. */
  readonly isLikely: boolean
  /** Places of its evidence among the outcomes of a pair. */
  readonly order: Uint16Array
}

const verdictOf = (
  comparisons: ReadonlyArray<Comparison>,
  { texts }: KeyIndex,
  outcomes: Outcomes,
  weighed: Weighed,
  i: number,
  leastProbability: number
): KindVerdict => {
  const [from, to] = [outcomes.start[i]!, outcomes.start[i + 1]!]
  const bits = Array.from({ length: to - from }, (_, k) => round(weighed.bits[k]!))
  const order = Uint16Array.from(bits.keys().toArray().sort((x, y) => bits[y]! - bits[x]!))
  const [sameServer, sameMachine, sharedInfrastructure, sameOperator] = weighed.probability
  return {
    against: weighed.against,
    isLikely: weighed.probability.some((p) => p >= leastProbability),
    order,
    told: {
      evidence: Array.from(order, (k): Evidence => {
        const comparison = comparisons[outcomes.comparison[from + k]!]!
        const key = outcomes.key[from + k]!
        return {
          comparison: comparison.name,
          level: comparison.levels[outcomes.level[from + k]!]!.name,
          value: key < 0 ? null : shown(texts[key]!.slice(comparison.name.length + 1)),
          bits: bits[k]!,
          counted: weighed.counted[k] === 1,
          reduction: weighed.reduction[k]!
        }
      }),
      sameServer: round(sameServer!),
      sameMachine: round(sameMachine!),
      sharedInfrastructure: round(sharedInfrastructure!),
      sameOperator: round(sameOperator!),
      operatorBits: round(weighed.operatorBits),
      hypothesis: weighed.hypothesis,
      limit: weighed.limit,
      legs: [...weighed.legs].toSorted().join(", ")
    }
  }
}

/**
 * Compares servers and says of pairs how likely each question is answered yes.
 * The same servers in any order give the same result. Servers must have
 * distinct `serverId`s.
 */
export const link = (
  traits: Iterable<ServerTraits>,
  comparisons: ReadonlyArray<Comparison>,
  options: Partial<LinkageOptions> = {}
): Linkage => {
  const { also, leastProbability, randomPairs: drawn, randomSeed } = { ...defaultLinkageOptions, ...options }
  const servers = [...traits].sort((a, b) => a.serverId - b.serverId)
  const most = drawn ?? Math.min(20_000, Math.max(8_000, 2 * servers.length))
  const index = indexKeys(servers, comparisons)
  const candidates = candidatePairs(index, servers.map(({ serverId }) => serverId), randomSeed)
  const outcomes = compareAll(servers, comparisons, index, candidates)
  const random = compareAll(servers, comparisons, index, randomPairs(servers.length, most, randomSeed))
  const known = knownValues(index, comparisons, [outcomes, random])
  const owners = related(servers.length, comparisons, outcomes, heldOrStated)
  const keyOwners = related(servers.length, comparisons, outcomes, held).roots()
  const nodeOwners = related(servers.length, comparisons, outcomes, heldOrStated, { byFront: false }).roots()
  const unjudgedOwners = owners.roots()
  const originals = originalsOf(servers)
  const byClaims = claimDirections(servers, originals)
  const byGroups = groupDirections(comparisons, index, outcomes, unjudgedOwners)
  const directions = Array.from(outcomes.first, (first, i) => byClaims(first, outcomes.second[i]!) ?? byGroups(i))

  const isRelay = (server: number): boolean => originals[server]!.size > 0
  const node = seenAtOneNode(comparisons, outcomes, isRelay)
  const evenings = eveningsOf(servers, outcomes, node, isRelay)
  const holders = keyHolders(servers, comparisons, index, originals)
  const nodeLegs = privateNodeLegs(comparisons, index, outcomes, node, holders, originals, unjudgedOwners)
  const unjudged: Given = {
    rates: measureRates(comparisons, index, known, random, unjudgedOwners, nodeOwners, originals, false),
    keyHeldAt: new Float64Array(index.servers.length).fill(undecidedBits(2)),
    thirdParties: thirdPartiesOf(comparisons, index, holders, unjudgedOwners, keyOwners, originals),
    nodeLegs,
    evenings
  }
  const kinds = kindsOf(outcomes, unjudged, directions)
  const first = learn(comparisons, outcomes, known, unjudged, unjudgedOwners, directions, kinds)
  const verdicts = new UnionFind(servers.length)
  const contradicting: Array<number> = []
  const firstVerdict = weighAll(comparisons, outcomes, first, directions, kinds, ({ against, probability }) =>
    ({ contradicts: against <= contradicts, isOne: probability[operator]! >= model.verdict }))
  for (let i = 0; i < outcomes.first.length; i++) {
    const verdict = firstVerdict(i)
    if (verdict.contradicts) contradicting.push(i)
    if (!verdict.isOne) continue
    owners.join(outcomes.first[i]!, outcomes.second[i]!)
    verdicts.join(outcomes.first[i]!, outcomes.second[i]!)
  }
  const groups = owners.roots()
  const judged: Given = {
    rates: measureRates(comparisons, index, known, random, groups, nodeOwners, originals, true),
    keyHeldAt: heldAt(comparisons, index, outcomes, contradicting, verdicts.roots()),
    thirdParties: thirdPartiesOf(comparisons, index, holders, groups, keyOwners, originals),
    nodeLegs,
    evenings
  }
  const weights = learn(comparisons, outcomes, known, judged, groups, directions, kinds)

  const verdict = weighAll(comparisons, outcomes, weights, directions, kinds, (weighed, i) => verdictOf(comparisons, index, outcomes, weighed, i, leastProbability))
  const pairs: Array<ComparedPair> = []
  for (let i = 0; i < outcomes.first.length; i++) {
    const { against, isLikely, order, told } = verdict(i)
    const a = servers[outcomes.first[i]!]!
    const b = servers[outcomes.second[i]!]!
    const isContradiction = against < 0 && groups[outcomes.first[i]!] === groups[outcomes.second[i]!]
    const isAskedFor = a.serverId === also?.a && b.serverId === also.b
    if (!isContradiction && !isAskedFor && !isLikely) continue
    const direction = directions[i]
    const evening = evenings.get(i)
    pairs.push({
      a: a.serverId,
      b: b.serverId,
      ...told,
      details: () => Array.from(order, (k) => {
        const comparison = comparisons[outcomes.comparison[outcomes.start[i]! + k]!]!
        const detail = comparison.compare(a, b)!.detail()
        return evening !== undefined && roleOf(comparison).leg === "administered" ? { ...detail, at_their_node: evening.detail } : detail
      }),
      copier: direction === undefined ? null : direction.copier === "first" ? a.serverId : b.serverId
    })
  }
  return {
    pairs,
    weights: weightRows(comparisons, outcomes, weights),
    operatorPrior: weights.operatorPrior,
    compared: outcomes.first.length,
    possible: servers.length * (servers.length - 1) / 2,
    strangers: weights.rates.strangers,
    blocks: candidates.blocks,
    sampledBlocks: candidates.sampledBlocks
  }
}

const weightRows = (
  comparisons: ReadonlyArray<Comparison>,
  outcomes: Outcomes,
  { m, rates: { lift, u } }: Weights
): ReadonlyArray<ComparisonWeight> => {
  const pairs = comparisons.map(({ levels }) => new Float64Array(levels.length))
  outcomes.comparison.forEach((c, k) => {
    pairs[c]![outcomes.level[k]!]!++
  })
  return comparisons.flatMap((comparison, c) => {
    const lifts = comparisons.map((_, d) => comparisons[d]!.bundle === comparison.bundle ? 1 : lift[d * comparisons.length + c]!)
    const strongest = lifts.indexOf(Math.max(...lifts))
    const depends = lifts[strongest]! > 2
    return comparison.levels.map((level, l): ComparisonWeight => ({
      comparison: comparison.name,
      level: level.name,
      m: round(m[c]![l]!),
      u: u[c]![l]!,
      bits: round(Math.log2(m[c]![l]! / u[c]![l]!)),
      measured: level.measured,
      pairs: pairs[c]![l]!,
      dependsOn: depends ? comparisons[strongest]!.name : null,
      lift: depends ? round(lifts[strongest]!) : null
    }))
  })
}
