import type { ComparedPair } from "../linkage/compared-pair.ts"
import { bitsOf, model } from "../linkage/model.ts"
import { UnionFind } from "../linkage/union-find.ts"

/** Two members on whom the evidence disagrees: linked through others, speaking against each other. */
export interface Contradiction {
  readonly pair: ComparedPair
  /** A link whose removal would part them. */
  readonly weakest: ComparedPair
}

/** Servers probably under one operator, as links of probable pairs join them. */
export interface OperatorCluster {
  /** Ascending; two or more. */
  readonly serverIds: ReadonlyArray<number>
  /** All pairs of members at or above the threshold. */
  readonly links: ReadonlyArray<ComparedPair>
  /** Links that hold all members together, as strong as can be (a maximum spanning tree), weakest first. */
  readonly tree: ReadonlyArray<ComparedPair>
  /** Probability of the weakest link of the tree. */
  readonly weakestLink: number
  /**
   * What is claimed of the whole: links on the same legs stand or fall together
   * (one image, one hoster), those on different legs each for themselves.
   */
  readonly posterior: number
  /** By member: probability of its strongest link. */
  readonly memberPosterior: ReadonlyMap<number, number>
  readonly contradictions: ReadonlyArray<Contradiction>
  /** It was one group with others until a single weak bridge was cut. */
  readonly wasSplit: boolean
}

type Adjacency = ReadonlyMap<number, ReadonlyArray<{ readonly to: number; readonly pair: ComparedPair }>>

const adjacency = (pairs: ReadonlyArray<ComparedPair>): Adjacency => {
  const of = new Map<number, Array<{ readonly to: number; readonly pair: ComparedPair }>>()
  const add = (from: number, to: number, pair: ComparedPair): void => {
    const known = of.get(from)
    if (known === undefined) of.set(from, [{ to, pair }])
    else known.push({ to, pair })
  }
  for (const pair of pairs) {
    add(pair.a, pair.b, pair)
    add(pair.b, pair.a, pair)
  }
  return of
}

/** Those that can be reached from one, itself first. */
const reached = (from: number, links: Adjacency): ReadonlyArray<number> => {
  const found = new Set([from])
  for (const server of found) for (const { to } of links.get(server) ?? []) found.add(to)
  return [...found]
}

/** Connected components of pairs, members ascending, by their smallest member. */
export const components = (pairs: ReadonlyArray<ComparedPair>): ReadonlyArray<ReadonlyArray<number>> => {
  const links = adjacency(pairs)
  const placed = new Set<number>()
  const found: Array<ReadonlyArray<number>> = []
  for (const server of [...links.keys()].toSorted((a, b) => a - b)) {
    if (placed.has(server)) continue
    const members = reached(server, links)
    for (const member of members) placed.add(member)
    found.push(members.toSorted((a, b) => a - b))
  }
  return found
}

/** Strongest first; of equal ones that of the smaller servers. */
const byStrength = (x: ComparedPair, y: ComparedPair): number =>
  y.sameOperator - x.sameOperator || y.operatorBits - x.operatorBits || x.a - y.a || x.b - y.b

/** Maximum spanning tree (Kruskal) of one connected component, weakest first. */
const spanningTree = (members: ReadonlyArray<number>, links: ReadonlyArray<ComparedPair>): ReadonlyArray<ComparedPair> => {
  const place = new Map(members.map((server, i) => [server, i]))
  const joined = new UnionFind(members.length)
  return links.toSorted(byStrength).filter((pair) => {
    const [a, b] = [place.get(pair.a)!, place.get(pair.b)!]
    if (joined.find(a) === joined.find(b)) return false
    joined.join(a, b)
    return true
  }).toReversed()
}

/** The weakest link on the way between two members of a tree. */
const weakestBetween = (tree: ReadonlyArray<ComparedPair>, from: number, to: number): ComparedPair => {
  const links = adjacency(tree)
  const cameBy = new Map<number, ComparedPair | undefined>([[from, undefined]])
  for (const server of cameBy.keys()) {
    if (server === to) break
    for (const next of links.get(server) ?? []) if (!cameBy.has(next.to)) cameBy.set(next.to, next.pair)
  }
  let weakest = cameBy.get(to)!
  for (let at = to, pair = cameBy.get(at); pair !== undefined; pair = cameBy.get(at)) {
    if (byStrength(weakest, pair) < 0) weakest = pair
    at = pair.a === at ? pair.b : pair.a
  }
  return weakest
}

/** Speaks for two operators: something against, and less than that for; not one that is held down. */
const isContradiction = (pair: ComparedPair): boolean =>
  pair.sameOperator < model.undecided && bitsOf(model.prior["same operator"]) + pair.operatorBits < bitsOf(model.undecided) && pair.evidence.some(({ bits, counted }) => counted && bits < 0)

/**
 * The two sides of a component without one tree link, if all that joins them
 * runs through a single server of one side: one wrong link then made one group
 * of two. undefined where several servers of both sides are linked.
 */
const sidesOf = (cut: ComparedPair, tree: ReadonlyArray<ComparedPair>, links: ReadonlyArray<ComparedPair>) => {
  const rest = adjacency(tree.filter((pair) => pair !== cut))
  const side = new Set(reached(cut.a, rest))
  const crossing = links.filter(({ a, b }) => side.has(a) !== side.has(b))
  const ends = (isInside: boolean) => new Set(crossing.map(({ a, b }) => side.has(a) === isInside ? a : b)).size
  if (Math.min(ends(true), ends(false)) > 1) return undefined
  return [links.filter(({ a, b }) => side.has(a) && side.has(b)), links.filter(({ a, b }) => !side.has(a) && !side.has(b))] as const
}

/** Splits a component at bridges between members that speak against each other. */
const settle = (
  members: ReadonlyArray<number>,
  links: ReadonlyArray<ComparedPair>,
  between: ReadonlyArray<ComparedPair>,
  wasSplit: boolean
): ReadonlyArray<OperatorCluster> => {
  if (members.length < 2) return []
  const tree = spanningTree(members, links)
  const contradictions = between.filter(isContradiction).map((pair) => ({ pair, weakest: weakestBetween(tree, pair.a, pair.b) }))
  for (const { weakest } of contradictions.toSorted((x, y) => byStrength(y.weakest, x.weakest))) {
    const sides = sidesOf(weakest, tree, links)
    if (sides === undefined) continue
    return sides.flatMap((side) =>
      components(side).flatMap((some) => {
        const isIn = new Set(some)
        const within = ({ a, b }: ComparedPair) => isIn.has(a) && isIn.has(b)
        return settle(some, side.filter(within), between.filter(within), true)
      })
    )
  }
  const memberPosterior = new Map<number, number>()
  for (const { a, b, sameOperator } of links) {
    for (const server of [a, b]) memberPosterior.set(server, Math.max(memberPosterior.get(server) ?? 0, sameOperator))
  }
  return [{
    serverIds: members,
    links,
    tree,
    weakestLink: tree[0]!.sameOperator,
    posterior: [...Map.groupBy(tree, ({ legs }) => legs).values()]
      .reduce((product, alike) => product * Math.min(...alike.map(({ sameOperator }) => sameOperator)), 1),
    memberPosterior,
    contradictions,
    wasSplit
  }]
}

/**
 * Groups of servers that links of probable pairs join, the largest first. Where
 * two members speak against each other and only one server holds their sides
 * together, the group is cut at its weakest link; else the contradiction is
 * reported with it.
 */
export const operatorClusters = (
  pairs: ReadonlyArray<ComparedPair>,
  threshold: number = model.verdict
): ReadonlyArray<OperatorCluster> => {
  const links = pairs.filter(({ sameOperator }) => sameOperator >= threshold)
  const groups = components(links)
  const groupOf = new Map(groups.flatMap((members, group) => members.map((server) => [server, group])))
  const inside = (some: ReadonlyArray<ComparedPair>) =>
    Map.groupBy(
      some.filter(({ a, b }) => groupOf.has(a) && groupOf.get(a) === groupOf.get(b)),
      ({ a }) => groupOf.get(a)!
    )
  const [linksIn, pairsIn] = [inside(links), inside(pairs)]
  return groups
    .flatMap((members, group) => settle(members, linksIn.get(group)!, pairsIn.get(group)!, false))
    .toSorted((x, y) => y.serverIds.length - x.serverIds.length || x.serverIds[0]! - y.serverIds[0]!)
}

/**
 * Expected number of groups that are not one operator's by chance coincidence:
 * the sum of what each lacks to certainty. How often one third party (an image, a
 * hoster, a proxy) brings all that a verdict stands on was never measured, so it
 * is not in it beyond the most that legs are worth, which was decided.
 */
export const expectedFalseGroups = (clusters: ReadonlyArray<OperatorCluster>): number =>
  clusters.reduce((sum, { posterior }) => sum + 1 - posterior, 0)
