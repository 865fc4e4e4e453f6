import type { Announcement } from "./announcement-graph.ts"

/**
 * How an implementation chooses whom it lists: ElectrumX at most two addresses
 * of each /16 (IPv4) or /56 (IPv6), others all that they know.
 */
export type ListingManner = "two of a block" | "all"

/** A server that showed a peer list. */
export interface Lister {
  readonly serverId: number
  readonly manner: ListingManner
  /**
   * Estimated share of the peers it would ever list that its answers showed,
   * above 0, at most 1: some implementations answer with random subsets.
   */
  readonly coverage: number
}

/** What decides how often lists name a server. */
export interface NamedKind {
  /** Lists treat onions otherwise than addresses. */
  readonly onion: boolean
  /** Servers named, this one included, with an address in its block; 1 for onions and where no address is known. */
  readonly neighbours: number
}

/** What is left of a list when what others list too is taken away. */
export interface SoleListing {
  readonly serverId: number
  /** Servers it names. */
  readonly named: number
  /** Servers that it alone names. */
  readonly soleNamed: number
  /** How many it alone would name if all lists were independent random draws of their size. */
  readonly expected: number
  /** Probability of so many, or more, under that model. */
  readonly pValue: number
  /** The same after Benjamini and Hochberg, over all listers of the crawl. */
  readonly qValue: number
}

/** Who names a server. */
export interface NamedServer {
  readonly serverId: number
  /** The lister, when there is only one. */
  readonly soleLister: number | null
  /**
   * Estimated number of listers that know it (Horvitz and Thompson, 1952): each
   * that named it counts for one by its coverage.
   */
  readonly knownBy: number
}

/** Rounds in which the number of servers that no list names settles. */
const estimateRounds = 4

/** Beyond, exact probabilities take too long. */
const mostCounted = 300

/**
 * P(sum of independent trials >= observed); probabilities between 0 and 1.
 * Exact up to 300 observed; beyond, Chernoff's bound, which is never below it.
 */
export const atLeast = (probabilities: ReadonlyArray<number>, observed: number): number => {
  if (observed <= 0) return 1
  if (observed > probabilities.length) return 0
  if (observed > mostCounted) {
    const mean = probabilities.reduce((sum, p) => sum + p, 0)
    return observed <= mean ? 1 : Math.exp(observed - mean + observed * Math.log(mean / observed))
  }
  // below[k]: probability of exactly k so far, for k < observed; what passes beyond is lost to the answer.
  const below = new Float64Array(observed)
  below[0] = 1
  for (const p of probabilities) {
    for (let k = observed - 1; k > 0; k--) below[k] = below[k]! * (1 - p) + below[k - 1]! * p
    below[0] = below[0]! * (1 - p)
  }
  return Math.min(1, Math.max(0, 1 - below.reduce((sum, p) => sum + p, 0)))
}

/** Benjamini and Hochberg, "Controlling the false discovery rate", 1995: the q-value of each p-value, in the order given. */
export const falseDiscoveryRates = (pValues: ReadonlyArray<number>): ReadonlyArray<number> => {
  const order = pValues.map((_, i) => i).toSorted((a, b) => pValues[b]! - pValues[a]!)
  const rates = pValues.map(() => 1)
  let least = 1
  for (const [i, place] of order.entries()) {
    least = Math.min(least, pValues[place]! * pValues.length / (pValues.length - i))
    rates[place] = least
  }
  return rates
}

/** How often a list of that manner names a server of that kind, beside one that is alone in its block. */
const weightOf = (manner: ListingManner, { neighbours }: NamedKind): number =>
  manner === "all" ? 1 : Math.min(1, 2 / neighbours)

interface KindCount {
  readonly kind: NamedKind
  /** Of those named, and an estimate with those that no list happened to name. */
  readonly servers: number
  readonly all: number
}

/**
 * Probability that a list of so many onions or others names one server of each
 * kind, if it were drawn at random in its manner.
 */
const shares = (
  kinds: ReadonlyMap<string, KindCount>,
  manner: ListingManner,
  listed: { readonly onion: number; readonly clearnet: number }
): ReadonlyMap<string, number> => {
  const total = { onion: 0, clearnet: 0 }
  for (const { all, kind } of kinds.values()) total[kind.onion ? "onion" : "clearnet"] += all * weightOf(manner, kind)
  return new Map([...kinds].map(([key, { kind, servers }]) => {
    const side = kind.onion ? "onion" : "clearnet"
    const share = total[side] === 0 ? 0 : listed[side] * weightOf(manner, kind) / total[side]
    // A list of everybody would make all others' sole names impossible; nobody lists quite all.
    return [key, Math.min(share, 1 - 1 / (servers + 1))]
  }))
}

/**
 * Servers that only one list names, and listers that name many such. Lists are
 * random subsets, each family's in its own manner, so each lister is compared
 * with what chance gives lists of those sizes and manners. A short list is
 * expected to name few, and who lists nobody has no row: neither is remarkable.
 * Nor does a low p-value accuse: that a server has found peers which others
 * have not yet is the way gossip works.
 *
 * @param announcements one for each ordered pair, without self-announcements
 * @param listers of those who announce; others count as listing all, with full coverage
 * @param kindOf of those announced
 */
export const soleListings = (
  announcements: ReadonlyArray<Announcement>,
  listers: ReadonlyArray<Lister>,
  kindOf: (serverId: number) => NamedKind
): { readonly listers: ReadonlyArray<SoleListing>; readonly named: ReadonlyArray<NamedServer> } => {
  const known = new Map(listers.map((lister) => [lister.serverId, lister]))
  const lists = Map.groupBy(announcements, ({ from }) => from)
  const namers = Map.groupBy(announcements, ({ to }) => to)
  const keys = new Map<number, string>()
  const kinds = new Map<string, { kind: NamedKind; servers: number; all: number }>()
  for (const serverId of namers.keys()) {
    const kind = kindOf(serverId)
    const key = `${kind.onion} ${kind.neighbours}`
    keys.set(serverId, key)
    const count = kinds.get(key)
    if (count === undefined) kinds.set(key, { kind, servers: 1, all: 1 })
    else count.all = ++count.servers
  }
  const sizes = [...lists].map(([serverId, list]) => {
    const onion = list.filter(({ to }) => kinds.get(keys.get(to)!)!.kind.onion).length
    return { serverId, manner: known.get(serverId)?.manner ?? "all", listed: { onion, clearnet: list.length - onion } }
  })
  /** By kind: log of the probability that no list names a given server. */
  const silence = new Map<string, number>()
  const sharesOf = new Map<number, ReadonlyMap<string, number>>()
  // Servers that no list names are among the drawn too; how many depends on the shares, which depend on it.
  for (let round = 0; round < estimateRounds; round++) {
    for (const key of kinds.keys()) silence.set(key, 0)
    for (const { listed, manner, serverId } of sizes) {
      const share = shares(kinds, manner, listed)
      sharesOf.set(serverId, share)
      for (const [key, p] of share) silence.set(key, silence.get(key)! + Math.log1p(-p))
    }
    for (const [key, count] of kinds) count.all = Math.min(2 * count.servers, count.servers / -Math.expm1(silence.get(key)!))
  }
  const rows = [...lists].toSorted(([a], [b]) => a - b).map(([serverId, list]) => {
    const share = sharesOf.get(serverId)!
    const alone = new Map([...silence].map(([key, log]) => [key, Math.min(1, Math.exp(log - Math.log1p(-share.get(key)!)))]))
    const probabilities = list.map(({ to }) => alone.get(keys.get(to)!)!)
    const soleNamed = list.filter(({ to }) => namers.get(to)!.length === 1).length
    return {
      serverId,
      named: list.length,
      soleNamed,
      expected: probabilities.reduce((sum, p) => sum + p, 0),
      pValue: atLeast(probabilities, soleNamed)
    }
  })
  const rates = falseDiscoveryRates(rows.map((row) => row.pValue))
  return {
    listers: rows.map((row, i) => ({ ...row, qValue: rates[i]! })),
    named: [...namers].toSorted(([a], [b]) => a - b).map(([serverId, by]) => ({
      serverId,
      soleLister: by.length === 1 ? by[0]!.from : null,
      knownBy: by.reduce((sum, { from }) => sum + 1 / (known.get(from)?.coverage ?? 1), 0)
    }))
  }
}
