import type { Comparison } from "../comparisons/comparison.ts"
import { feeVectors } from "../comparisons/fee-vectors.ts"
import { histogramBytes, histogramCurve } from "../comparisons/histograms.ts"
import { isRegisteredWord } from "../comparisons/naming.ts"
import type { KeyIndex } from "./key-index.ts"
import { isKey, type Leg, roleOf } from "./operator-verdict.ts"
import type { Outcomes } from "./outcomes.ts"
import { isAgreement } from "./rates.ts"
import { UnionFind } from "./union-find.ts"

/** What strangers have in common less often than this is no accident. */
export const leastAccident = 1e-3

/** A level that says of two servers that one node answers for both. */
const isOneNode = ({ bundle, forgeability, levels }: Comparison, level: number): boolean =>
  forgeability === "backend" && bundle === "backend" && !levels[level]!.measured && levels[level]!.u <= leastAccident

/** All but a fifth at the most, so that nobody parts a fleet with one decoy. */
const isMostly = (some: ReadonlyArray<number>, isInside: (server: number) => boolean): boolean => {
  const inside = some.filter(isInside).length
  return (some.length - inside) * 4 <= inside
}

/** Which of them agree beside estimates, so that two different answers of a node are alike. */
const mempools: ReadonlySet<string> = new Set([histogramBytes.name, histogramCurve.name])

/**
 * What two servers stand on that share a node, by number of pair, if the node is
 * nobody else's: those seen at it go by names of one pattern, under domains that
 * each had to be registered, and so do those who hold the keys of the pair. A node
 * that is rented out, an image, a hoster or a seller shows others, whose names are
 * their own. What has to stand beside a gift is among it only where those who ask
 * for gifts at that address are of the pattern too, framers who copy the names
 * among them: however many copy it, they take no fleet apart.
 */
export const privateNodeLegs = (
  comparisons: ReadonlyArray<Comparison>,
  index: KeyIndex,
  outcomes: Outcomes
): ReadonlyMap<number, ReadonlyArray<Leg>> => {
  const agrees = (k: number): boolean => isAgreement(comparisons[outcomes.comparison[k]!]!, outcomes.level[k]!)
  const nodes = new UnionFind(index.known[0]?.length ?? 0)
  const atOneNode: Array<number> = []
  for (let i = 0; i < outcomes.first.length; i++) {
    for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) {
      if (!agrees(k) || !isOneNode(comparisons[outcomes.comparison[k]!]!, outcomes.level[k]!)) continue
      nodes.join(outcomes.first[i]!, outcomes.second[i]!)
      atOneNode.push(i)
      break
    }
  }
  const nodeOf = nodes.roots()
  const seenAt = Map.groupBy(nodeOf.keys(), (server) => nodeOf[server]!)
  const roles = comparisons.map(roleOf)

  /** By pattern of names: servers that have it, and whether those of a node, or holders of a key, mostly are of them. */
  const patterns = new Map<number, { readonly has: ReadonlySet<number>; readonly nodes: Map<number, boolean>; readonly keys: Map<number, boolean> }>()
  const isOfPattern = (pattern: number, of: "nodes" | "keys", number: number, servers: ReadonlyArray<number>): boolean => {
    const known = patterns.get(pattern) ?? { has: new Set(index.servers[pattern]), nodes: new Map(), keys: new Map() }
    patterns.set(pattern, known)
    const answer = known[of].get(number) ?? isMostly(servers, (server) => known.has.has(server))
    known[of].set(number, answer)
    return answer
  }

  const found = new Map<number, ReadonlyArray<Leg>>()
  for (const i of atOneNode) {
    const withGift: Array<Leg> = []
    const keys: Array<number> = []
    let [pattern, gift, sameEstimates, sameMempool] = [-1, -1, false, false]
    for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) {
      const c = outcomes.comparison[k]!
      const key = outcomes.key[k]!
      if (!agrees(k)) continue
      const { leg } = roles[c]!
      const { name } = comparisons[c]!
      sameEstimates ||= name === feeVectors.name
      sameMempool ||= mempools.has(name)
      if (leg === "process" || (leg === "evening" && outcomes.level[k] === 0)) withGift.push(leg)
      if (key < 0) continue
      if (leg === "names" && isRegisteredWord(index.texts[key]!.slice(name.length + 1))) pattern = key
      if (leg === "gift") gift = key
      if (isKey(leg)) keys.push(key)
    }
    if (pattern < 0 || !sameEstimates || !sameMempool) continue
    const node = nodeOf[outcomes.first[i]!]!
    if (!isOfPattern(pattern, "nodes", node, seenAt.get(node)!)) continue
    if (!keys.every((key) => isOfPattern(pattern, "keys", key, index.servers[key]!))) continue
    const isOwnGift = gift >= 0 && isOfPattern(pattern, "keys", gift, index.servers[gift]!)
    found.set(i, ["node", "names", ...(isOwnGift ? ["gift" as const, ...withGift] : [])])
  }
  return found
}
