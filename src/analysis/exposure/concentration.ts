import type { ClusterMembership } from "./candidate.ts"
import { spreadOf } from "./interval.ts"
import { byPosterior } from "./owners.ts"
import type { World } from "./worlds.ts"

/** In what servers are counted. */
export const concentrationDimensions = ["operator", "asn", "cloud region", "country", "software", "bucket"] as const
export type ConcentrationDimension = (typeof concentrationDimensions)[number]

/** What is counted: each server once, or each probable operator once, spread over where its servers are. */
export type ConcentrationLevel = "server" | "operator"

/** A confirmed server and where it stands; several values where it has several addresses, none where nothing is known. */
export interface PlacedServer {
  readonly serverId: number
  readonly values: Readonly<Record<Exclude<ConcentrationDimension, "operator">, ReadonlyArray<string>>>
}

/** Limits of a figure: over the clusters' posteriors, and over where what is not known might belong. */
export interface Limits {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** How concentrated servers or operators are. */
export interface Concentration {
  readonly level: ConcentrationLevel
  readonly dimension: ConcentrationDimension
  /** Servers, or operators if every probable cluster were one, of which something is known. */
  readonly counted: number
  /** Those of which nothing is known. */
  readonly unknown: number
  /** Different values. */
  readonly groups: number
  /** Group with the largest share, and that share of what is known, every probable cluster taken as one. */
  readonly largest: string | null
  readonly largestShare: number
  /** Herfindahl-Hirschman index: sum of squared shares, 1 / groups to 1. */
  readonly hhi: Limits
  /** Nakamoto coefficient: the least number of groups that together have more than half. */
  readonly nakamoto: Limits
  /** The figures if every server were its own operator; by operator no index is lower, no coefficient higher. */
  readonly hhiApart: number
  readonly nakamotoApart: number
}

/** Sum of squared shares; 0 for nothing. */
export const hhiOf = (weights: ArrayLike<number>): number => {
  let [total, squares] = [0, 0]
  for (let i = 0; i < weights.length; i++) total += weights[i]!
  if (total === 0) return 0
  for (let i = 0; i < weights.length; i++) squares += (weights[i]! / total) ** 2
  return squares
}

/** The least number of groups that together have more than half of the weight; 0 for nothing. */
export const nakamotoOf = (weights: ArrayLike<number>): number => {
  // Ascending and taken from its end: numbers alone are sorted sooner than by a function.
  const sorted = Float64Array.from(weights).sort()
  let [total, sum] = [0, 0]
  for (let i = sorted.length - 1; i >= 0; i--) total += sorted[i]!
  for (let i = sorted.length - 1; i >= 0; i--) {
    sum += sorted[i]!
    // Thirds and the like must not tip the balance by rounding.
    if (sum > total / 2 + total * 1e-9) return sorted.length - i
  }
  return 0
}

/** Servers, by place, that count as one. */
interface Unit {
  readonly servers: ReadonlyArray<number>
  readonly name: string
}

interface Tally {
  /** Groups with what they have, in the order in which they were met. */
  readonly names: ReadonlyArray<string>
  readonly weights: Float64Array
  readonly known: number
  readonly unknown: number
}

/** The values of each server in numbers: they are counted in each of hundreds of draws. */
interface Numbered {
  readonly ofServer: ReadonlyArray<ReadonlyArray<number>>
  readonly names: ReadonlyArray<string>
}

const numbered = (servers: ReadonlyArray<PlacedServer>, dimension: Exclude<ConcentrationDimension, "operator">): Numbered => {
  const numbers = new Map<string, number>()
  const ofServer = servers.map(({ values }) => values[dimension].map((value) => {
    const number = numbers.get(value) ?? numbers.size
    numbers.set(value, number)
    return number
  }))
  return { ofServer, names: [...numbers.keys()] }
}

/** Each unit has weight one, spread evenly over its servers and over the values of each. */
const tally = (units: ReadonlyArray<Unit>, { names, ofServer }: Numbered): Tally => {
  const weights = new Float64Array(names.length)
  const met: Array<number> = []
  let known = 0
  for (const { servers } of units) {
    let placed = 0
    for (const server of servers) if (ofServer[server]!.length > 0) placed++
    if (placed > 0) known++
    for (const server of servers) {
      const values = ofServer[server]!
      for (const value of values) {
        if (weights[value] === 0) met.push(value)
        weights[value]! += 1 / placed / values.length
      }
    }
  }
  return { names: met.map((value) => names[value]!), weights: Float64Array.from(met, (value) => weights[value]!), known, unknown: units.length - known }
}

const placeOfLargest = (weights: Float64Array): number => {
  let largest = 0
  for (let i = 1; i < weights.length; i++) if (weights[i]! > weights[largest]!) largest = i
  return largest
}

/** Figures of what is known, and their limits if the unknown were all apart, or all in the largest group. */
const figures = ({ unknown, weights }: Tally, of: (weights: ArrayLike<number>) => number) => {
  const value = of(weights)
  if (unknown === 0) return { value, low: value, high: value }
  const apart = new Float64Array(weights.length + unknown).fill(1)
  apart.set(weights)
  const together = weights.length === 0 ? Float64Array.of(0) : weights.slice()
  together[placeOfLargest(together)]! += unknown
  const values = [value, of(apart), of(together)]
  return { value, low: Math.min(...values), high: Math.max(...values) }
}

/** The figures of one draw; what they are made of is not kept. */
interface Drawn {
  readonly hhi: ReturnType<typeof figures>
  readonly nakamoto: ReturnType<typeof figures>
}

const drawn = (one: Tally): Drawn => ({ hhi: figures(one, hhiOf), nakamoto: figures(one, nakamotoOf) })

const limitsOver = (each: ReadonlyArray<ReturnType<typeof figures>>): Limits => ({
  mean: spreadOf(each.map(({ value }) => value)).mean,
  low: spreadOf(each.map(({ low }) => low)).low,
  high: spreadOf(each.map(({ high }) => high)).high
})

const singles = (servers: ReadonlyArray<PlacedServer>): ReadonlyArray<Unit> =>
  servers.map(({ serverId }, place) => ({ servers: [place], name: `server ${serverId}` }))

/** The operators of each world. */
const unitsIn = (
  servers: ReadonlyArray<PlacedServer>,
  apart: ReadonlyArray<Unit>,
  clusters: ReadonlyArray<ClusterMembership>
): (world: World) => ReadonlyArray<Unit> => {
  const placeOf = new Map(servers.map(({ serverId }, place) => [serverId, place]))
  const members = clusters.map(({ serverIds }) => serverIds.map((id) => placeOf.get(id) ?? -1))
  const order = byPosterior(clusters)
  return (world) => {
    const taken = new Uint8Array(servers.length)
    const units: Array<Unit> = []
    for (const cluster of order) {
      const own = members[cluster]!.filter((place, member) => world[cluster]![member] === 1 && place >= 0 && taken[place] === 0)
      if (own.length === 0) continue
      for (const place of own) taken[place] = 1
      units.push({ servers: own, name: `cluster ${clusters[cluster]!.clusterId}` })
    }
    for (const [place, unit] of apart.entries()) if (taken[place] === 0) units.push(unit)
    return units
  }
}

/**
 * How concentrated the servers of a crawl are, in every dimension and at both
 * levels. Intervals are over draws of the clusters (each one operator's with its
 * posterior, else its servers apart) and over the unknown.
 */
export const concentrationOf = (
  servers: ReadonlyArray<PlacedServer>,
  clusters: ReadonlyArray<ClusterMembership>,
  worlds: ReadonlyArray<World>
): ReadonlyArray<Concentration> => {
  if (servers.length === 0) return []
  const apart = singles(servers)
  const inWorld = unitsIn(servers, apart, clusters)
  const probable = inWorld(clusters.map(({ serverIds }) => Uint8Array.from(serverIds, () => 1)))

  const ofOperators = (units: ReadonlyArray<Unit>): Tally => ({
    names: units.map(({ name }) => name),
    weights: Float64Array.from(units, (unit) => unit.servers.length),
    known: servers.length,
    unknown: 0
  })
  const spread = (dimension: Exclude<ConcentrationDimension, "operator">) => {
    const values = numbered(servers, dimension)
    return (units: ReadonlyArray<Unit>): Tally => tally(units, values)
  }
  const placed = concentrationDimensions.filter((dimension) => dimension !== "operator")
  const rows = [
    { level: "server" as const, dimension: "operator" as const, tallyOf: ofOperators, best: probable },
    ...placed.flatMap((dimension) => {
      const tallyOf = spread(dimension)
      return [
        { level: "server" as const, dimension, tallyOf, best: apart },
        { level: "operator" as const, dimension, tallyOf, best: probable }
      ]
    })
  ]
  // World by world, since the units of all of them are millions; servers as such are the same in each. Most are alike.
  const known = new Map<World, ReadonlyArray<Drawn>>()
  const fixed = new Map(rows.flatMap((row) => row.best === apart ? [[row, drawn(row.tallyOf(apart))] as const] : []))
  const each = worlds.map((world) => {
    const before = known.get(world)
    if (before !== undefined) return before
    const units = inWorld(world)
    const made = rows.map((row) => fixed.get(row) ?? drawn(row.tallyOf(units)))
    known.set(world, made)
    return made
  })
  return rows.map(({ best, dimension, level, tallyOf }, i): Concentration => {
    const shown = tallyOf(best)
    const separate = tallyOf(apart)
    const total = shown.weights.reduce((sum, weight) => sum + weight, 0)
    const [largest, most] = shown.names.map((name, at) => [name, shown.weights[at]!] as const)
      .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0] ?? [null, 0]
    return {
      level,
      dimension,
      counted: shown.known,
      unknown: shown.unknown,
      groups: shown.names.length,
      largest,
      largestShare: total === 0 ? 0 : most / total,
      hhi: limitsOver(each.map((figures) => figures[i]!.hhi)),
      nakamoto: limitsOver(each.map((figures) => figures[i]!.nakamoto)),
      hhiApart: hhiOf(separate.weights),
      nakamotoApart: nakamotoOf(separate.weights)
    }
  })
}
