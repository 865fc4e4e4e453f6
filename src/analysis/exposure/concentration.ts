import type { ClusterMembership } from "./candidate.ts"
import { spreadOf } from "./interval.ts"
import { byPosterior } from "./owners.ts"
import { type World, worldKey } from "./worlds.ts"

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
export const hhiOf = (weights: Iterable<number>): number => {
  const list = [...weights]
  const total = list.reduce((sum, weight) => sum + weight, 0)
  return total === 0 ? 0 : list.reduce((sum, weight) => sum + (weight / total) ** 2, 0)
}

/** The least number of groups that together have more than half of the weight; 0 for nothing. */
export const nakamotoOf = (weights: Iterable<number>): number => {
  const sorted = [...weights].toSorted((a, b) => b - a)
  const total = sorted.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  for (const [i, weight] of sorted.entries()) {
    sum += weight
    // Thirds and the like must not tip the balance by rounding.
    if (sum > total / 2 + total * 1e-9) return i + 1
  }
  return 0
}

interface Unit {
  readonly servers: ReadonlyArray<PlacedServer>
  readonly name: string
}

interface Tally {
  readonly weights: ReadonlyMap<string, number>
  readonly known: number
  readonly unknown: number
}

/** Each unit has weight one, spread evenly over its servers and over the values of each. */
const tally = (units: ReadonlyArray<Unit>, valuesOf: (server: PlacedServer) => ReadonlyArray<string>): Tally => {
  const weights = new Map<string, number>()
  let known = 0
  for (const { servers } of units) {
    const placed = servers.filter((server) => valuesOf(server).length > 0)
    if (placed.length > 0) known++
    for (const server of placed) {
      const values = valuesOf(server)
      for (const value of values) weights.set(value, (weights.get(value) ?? 0) + 1 / placed.length / values.length)
    }
  }
  return { weights, known, unknown: units.length - known }
}

/** Figures of what is known, and their limits if the unknown were all apart, or all in the largest group. */
const figures = ({ unknown, weights }: Tally, of: (weights: Iterable<number>) => number) => {
  const known = [...weights.values()]
  const largest = known.indexOf(Math.max(...known))
  const together = known.length === 0 ? [unknown] : known.map((weight, i) => i === largest ? weight + unknown : weight)
  const values = [of(known), of([...known, ...Array.from({ length: unknown }, () => 1)]), of(together.filter((weight) => weight > 0))]
  return { value: values[0]!, low: Math.min(...values), high: Math.max(...values) }
}

const limitsOver = (tallies: ReadonlyArray<Tally>, of: (weights: Iterable<number>) => number): Limits => {
  const done = new Map([...new Set(tallies)].map((one) => [one, figures(one, of)] as const))
  const each = tallies.map((one) => done.get(one)!)
  return {
    mean: spreadOf(each.map(({ value }) => value)).mean,
    low: spreadOf(each.map(({ low }) => low)).low,
    high: spreadOf(each.map(({ high }) => high)).high
  }
}

const singles = (servers: ReadonlyArray<PlacedServer>): ReadonlyArray<Unit> =>
  servers.map((server) => ({ servers: [server], name: `server ${server.serverId}` }))

/** The operators of a world. */
const unitsOf = (
  servers: ReadonlyArray<PlacedServer>,
  clusters: ReadonlyArray<ClusterMembership>,
  world: World
): ReadonlyArray<Unit> => {
  const byId = new Map(servers.map((server) => [server.serverId, server]))
  const taken = new Set<number>()
  const units: Array<Unit> = []
  for (const place of byPosterior(clusters)) {
    const { clusterId, serverIds } = clusters[place]!
    const members = serverIds.filter((id, member) => world[place]![member] === 1 && byId.has(id) && !taken.has(id))
    if (members.length === 0) continue
    for (const id of members) taken.add(id)
    units.push({ servers: members.map((id) => byId.get(id)!), name: `cluster ${clusterId}` })
  }
  return [...units, ...singles(servers.filter(({ serverId }) => !taken.has(serverId)))]
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
  const everyOne = clusters.map(({ serverIds }) => Uint8Array.from(serverIds, () => 1))
  const probable = unitsOf(servers, clusters, everyOne)
  const apart = singles(servers)

  const ofOperators = (units: ReadonlyArray<Unit>): Tally => ({
    weights: new Map(units.map((unit) => [unit.name, unit.servers.length])),
    known: servers.length,
    unknown: 0
  })
  const key = (world: World): string => world.map(worldKey).join(" ")
  const row = (
    level: ConcentrationLevel,
    dimension: ConcentrationDimension,
    tallyOf: (units: ReadonlyArray<Unit>) => Tally,
    unitsIn: (world: World) => ReadonlyArray<Unit>,
    best: ReadonlyArray<Unit>
  ): Concentration => {
    // Most draws are alike: clusters are mostly certain.
    const each = new Map<string, Tally>()
    const tallies = worlds.map((world) => {
      const known = each.get(key(world))
      if (known !== undefined) return known
      const made = tallyOf(unitsIn(world))
      each.set(key(world), made)
      return made
    })
    const shown = tallyOf(best)
    const servers = tallyOf(apart)
    const total = [...shown.weights.values()].reduce((sum, weight) => sum + weight, 0)
    const [largest, most] = [...shown.weights].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0] ?? [null, 0]
    return {
      level,
      dimension,
      counted: shown.known,
      unknown: shown.unknown,
      groups: shown.weights.size,
      largest,
      largestShare: total === 0 ? 0 : most / total,
      hhi: limitsOver(tallies, hhiOf),
      nakamoto: limitsOver(tallies, nakamotoOf),
      hhiApart: hhiOf(servers.weights.values()),
      nakamotoApart: nakamotoOf(servers.weights.values())
    }
  }
  const inWorld = (world: World) => unitsOf(servers, clusters, world)
  const rows = [row("server", "operator", ofOperators, inWorld, probable)]
  for (const dimension of concentrationDimensions) {
    if (dimension === "operator") continue
    const valuesOf = (server: PlacedServer) => server.values[dimension]
    const tallyOf = (units: ReadonlyArray<Unit>) => tally(units, valuesOf)
    const once = tallyOf(apart)
    rows.push(row("server", dimension, () => once, () => apart, apart))
    rows.push(row("operator", dimension, tallyOf, inWorld, probable))
  }
  return rows
}
