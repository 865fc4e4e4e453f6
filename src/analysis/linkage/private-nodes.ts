import { rememberingNumber, rememberingNumbers } from "../../domain/remembering.ts"
import type { Comparison, Level } from "../comparisons/comparison.ts"
import { feeVectors } from "../comparisons/fee-vectors.ts"
import { histogramBytes, histogramCurve } from "../comparisons/histograms.ts"
import { isRegisteredWord } from "../comparisons/naming.ts"
import type { KeyHolders } from "./key-holders.ts"
import type { KeyIndex } from "./key-index.ts"
import { besideEither, isMostly, leastCertain, type OneNode } from "./one-node.ts"
import { isKey, type Leg, roleOf } from "./operator-verdict.ts"
import type { Outcomes } from "./outcomes.ts"
import { isAgreement } from "./rates.ts"

/**
 * Whether an agreement says what a node's estimates say: they do, or a histogram that is
 * as certain. Estimates of a quiet node are at the floor at any time, and who answers
 * with another's histogram can with its estimates.
 */
export const tellsEstimates = ({ name }: Comparison, { u }: Level): boolean =>
  name === feeVectors.name || (name === histogramBytes.name && u <= leastCertain)

/** Which of them agree beside estimates, so that two different answers of a node are alike, unless one is certain. */
export const mempools: ReadonlySet<string> = new Set([histogramBytes.name, histogramCurve.name])

/** Who holds a key: all, and those of them that relay nobody. */
interface Holders {
  readonly all: ReadonlySet<number>
  readonly own: ReadonlyArray<number>
}

/** Two that are named alike are an accident more easily than three, and people with one name share a node. */
const fewestDomains = 3

/** By position: the domains of its names, as texts. */
const domainsOf = (comparisons: ReadonlyArray<Comparison>, index: KeyIndex): ReadonlyMap<number, ReadonlySet<string>> => {
  const domains = new Map<number, Set<string>>()
  comparisons.forEach(({ bundle }, c) => {
    if (bundle !== "domain") return
    for (const [domain, key] of index.numbers[c]!) {
      for (const server of index.servers[key]!) domains.set(server, (domains.get(server) ?? new Set()).add(domain))
    }
  })
  return domains
}

/**
 * What two servers stand on that share a node, by number of pair, if the node is
 * nobody else's: those seen at it go by names of one pattern, under domains that
 * each had to be registered, and so do those who hold the keys of the pair. A node
 * that is rented out, an image, a hoster or a seller shows others, whose names are
 * their own. It takes three domains at the node, registered one by one. What has to
 * stand beside a gift is among it only where fewer owners elsewhere ask for gifts at
 * that address under names of their own than are at the node. Names that as many others have
 * are a fashion, copiers of the gift aside. Who claims another's hosts one way is
 * taken to pass it on: it has no legs, and counts neither for nor against others.
 *
 * @param originals by position: whose hosts or texts it claims one way
 * @param owners of each position, by its smallest member
 */
export const privateNodeLegs = (
  comparisons: ReadonlyArray<Comparison>,
  index: KeyIndex,
  outcomes: Outcomes,
  node: OneNode,
  keyHolders: KeyHolders,
  originals: ReadonlyArray<ReadonlySet<number>>,
  owners: Int32Array
): ReadonlyMap<number, ReadonlyArray<Leg>> => {
  const isRelay = (server: number): boolean => originals[server]!.size > 0
  const roles = comparisons.map(roleOf)
  const agreement = comparisons.map((comparison) => comparison.levels.map((_, level) => isAgreement(comparison, level)))

  const holdersOf = rememberingNumber((key): Holders => {
    const servers = index.servers[key]!
    return { all: new Set(servers), own: servers.filter((server) => !isRelay(server)) }
  })
  /** Whether those who hold a private key are mostly of a pattern of names. */
  const isKeyOfPattern = rememberingNumbers(index.servers.length, (key, pattern) =>
    isMostly(keyHolders.byNumber.get(key) ?? [], (server) => holdersOf(pattern).all.has(server)))
  /** Owners of what holds `key` and meets a condition. */
  const ownersOf = (key: number, is: (server: number) => boolean): number =>
    new Set(holdersOf(key).own.filter(is).map((server) => owners[server]!)).size

  const domains = domainsOf(comparisons, index)
  /** How many that have no domain in common, whatever hosts they have below one. */
  const registrations = (some: ReadonlyArray<number>): number => {
    const taken: Array<ReadonlySet<string>> = []
    for (const server of some) {
      const own = domains.get(server)
      if (own !== undefined && ![...own].some((domain) => taken.some((others) => others.has(domain)))) taken.push(own)
    }
    return taken.length
  }

  const found = new Map<number, ReadonlyArray<Leg>>()
  for (const i of node.pairs) {
    const withGift: Array<Leg> = []
    const keys: Array<number> = []
    let [pattern, gift, sameEstimates, sameMempool] = [-1, -1, false, false]
    for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) {
      const c = outcomes.comparison[k]!
      const key = outcomes.key[k]!
      if (!agreement[c]![outcomes.level[k]!]!) continue
      const { leg } = roles[c]!
      const { name } = comparisons[c]!
      sameEstimates ||= tellsEstimates(comparisons[c]!, comparisons[c]!.levels[outcomes.level[k]!]!)
      sameMempool ||= mempools.has(name)
      if (leg === "process" || (leg === "evening" && outcomes.level[k] === 0)) withGift.push(leg)
      if (key < 0) continue
      if (leg === "names" && isRegisteredWord(index.texts[key]!.slice(name.length + 1))) pattern = key
      if (leg === "gift") gift = key
      if (isKey(leg)) keys.push(key)
    }
    if (pattern < 0 || !sameEstimates || !sameMempool || !keys.every((key) => isKeyOfPattern(key, pattern))) continue
    const named = holdersOf(pattern).all
    const givers: ReadonlySet<number> = gift < 0 ? new Set<number>() : holdersOf(gift).all
    const seen = new Set(besideEither(node, outcomes.first[i]!, outcomes.second[i]!))
    const own = [...seen].filter((server) => !isRelay(server))
    const inside = own.filter((server) => named.has(server))
    if (!isMostly(own, (server) => named.has(server)) || registrations(inside) < fewestDomains) continue
    if (ownersOf(pattern, (server) => !seen.has(server) && !givers.has(server)) >= inside.length) continue
    const isOwnGift = gift >= 0 &&
      ownersOf(gift, (server) => !named.has(server)) < inside.filter((server) => givers.has(server)).length
    found.set(i, ["node", "names", ...(isOwnGift ? ["gift" as const, ...withGift] : [])])
  }
  return found
}
