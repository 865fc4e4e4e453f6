import type { NetworkClass } from "./host.ts"

/** Share of servers that was seen, with 95 % limits. */
export interface Coverage {
  readonly share: number
  readonly low: number
  readonly high: number
}

/** How many there are, with 95 % limits. */
export interface Population {
  readonly seen: number
  readonly total: number
  readonly low: number
  readonly high: number
}

/** Standard score of a two-sided 95 % interval. */
const z95 = 1.959964

/** Log-normal limits of what was not seen (Chao 1987): never less than was seen. */
const around = (seen: number, unseen: number, variance: number): Population => {
  const spread = Math.exp(z95 * Math.sqrt(Math.log(1 + variance / unseen ** 2)))
  return { seen, total: seen + unseen, low: seen + unseen / spread, high: seen + unseen * spread }
}

/** Upper end of the exact 95 % interval of a Poisson mean of which none, or one, came. */
const poissonUpper = [3.6889, 5.5716] as const

/** What half of a two-sided 95 % interval leaves out. */
const tail = 0.025

/**
 * How many servers there are of the kind that captures show, by how many only
 * one or two captures have: Chao's estimate from incidence, bias-corrected form
 * (Chao, "Estimating the population size for capture-recapture data with
 * unequal catchability", 1987; Colwell and others, 2004, for the variance). A
 * capture is one list or source, and has a server at most once. Captures copy
 * each other, so the total is a lower bound.
 *
 * @param captured of each server seen, how many captures have it
 * @param captures how many there were in all; so many that it makes no difference by default
 * @returns null where nothing was captured, or by too few captures to say anything
 */
export const chaoPopulation = (captured: ReadonlyArray<number>, captures = Number.POSITIVE_INFINITY): Population | null => {
  const found = captured.filter((count) => count > 0)
  const seen = found.length
  if (seen === 0 || Math.max(...found) < 3) return null
  const once = found.filter((count) => count === 1).length
  const twice = found.filter((count) => count === 2).length
  const share = captures === Number.POSITIVE_INFINITY ? 1 : (captures - 1) / captures
  const unseen = share * once * (once - 1) / (2 * (twice + 1))
  // The formula has no width here: as many as chance may keep from being seen once are allowed for.
  if (unseen === 0) return { seen, total: seen, low: seen, high: seen + poissonUpper[once === 0 ? 0 : 1] }
  const variance = unseen +
    share ** 2 * once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2) +
    share ** 2 * once ** 2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
  return around(seen, unseen, variance)
}

/** Of two samples, how many servers are in either and in both. */
export interface TwoSamples {
  readonly first: number
  readonly second: number
  readonly both: number
}

/** Fewer servers in both samples say next to nothing. */
const fewestInBoth = 7

/**
 * How many there are by two samples that know nothing of each other: Chapman's
 * estimate with its variance (Seber, "The Estimation of Animal Abundance", 1982,
 * section 3.1). Where one sample was taken from the other, as lists from peers,
 * the total is a lower bound.
 *
 * @returns null where too few are in both
 */
export const chapmanPopulation = ({ both, first, second }: TwoSamples): Population | null => {
  if (both < fewestInBoth) return null
  const seen = first + second - both
  // One sample has all of the other, of which so few may be by chance (Clopper and Pearson, 1934).
  if (both === first || both === second) return { seen, total: seen, low: seen, high: seen / tail ** (1 / both) }
  const total = (first + 1) * (second + 1) / (both + 1) - 1
  const variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
  return around(seen, total - seen, variance)
}

/** How much of a population was seen. */
export const coverageIn = ({ high, low, seen, total }: Population): Coverage => ({ share: seen / total, low: seen / high, high: seen / low })

/** How much of what peer lists could show was seen, by how many lists name each server. */
export const coverageOf = (namers: ReadonlyArray<number>): Coverage | null => {
  const population = chaoPopulation(namers)
  return population === null ? null : coverageIn(population)
}

/** What a server was captured by, in one network class or in all. */
export interface Captured {
  /** Null: all classes together. */
  readonly networkClass: NetworkClass | null
  /** Peer lists of other servers that have it. */
  readonly peerLists: number
  /** Lists, pages, channels, names, scans and earlier databases that have it. */
  readonly sources: number
}

/** An estimate of one crawl, for one class of networks. */
export interface CrawlCoverage {
  /** Null: all classes together. */
  readonly networkClass: NetworkClass | null
  /** `Chao`: by how many captures have each server; `Chapman`: peer lists against sources. */
  readonly method: "Chao" | "Chapman"
  /** Servers that answered. */
  readonly answered: number
  /** Those of them that some capture has; the estimate starts from them. */
  readonly captured: number
  /** Null where too little was captured to say. */
  readonly population: Population | null
}

/**
 * What a crawl may have missed, by network class and over all: of servers that
 * answered, how many lists and sources have each.
 *
 * @param captured one row a server that answered and class (and one for all classes)
 * @param captures how many captures there were in all
 */
export const crawlCoverage = (captured: ReadonlyArray<Captured>, captures: number): ReadonlyArray<CrawlCoverage> => {
  const classes = [null, ...new Set(captured.flatMap(({ networkClass }) => networkClass ?? []))].toSorted((a, b) => (a === null ? -1 : b === null ? 1 : a < b ? -1 : 1))
  return classes.flatMap((networkClass) => {
    const servers = captured.filter((row) => row.networkClass === networkClass)
    const counts = servers.map(({ peerLists, sources }) => peerLists + sources)
    const both = servers.filter(({ peerLists, sources }) => peerLists > 0 && sources > 0).length
    const samples = { first: servers.filter(({ peerLists }) => peerLists > 0).length, second: servers.filter(({ sources }) => sources > 0).length, both }
    const common = { networkClass, answered: servers.length, captured: counts.filter((count) => count > 0).length }
    return [
      { ...common, method: "Chao" as const, population: chaoPopulation(counts, captures) },
      { ...common, method: "Chapman" as const, population: chapmanPopulation(samples) }
    ]
  })
}
