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
  // Ascending and taken from its end: numbers alone are sorted sooner than by a function.
  const sorted = Float64Array.from(weights).toSorted().toReversed()
  const total = sorted.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  for (let i = 0; i < sorted.length; i++) {
    sum += sorted[i]!
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
  servers.map((server) => ({ servers: [server], name: `server ${server.serverId}` }))

/** The operators of each world. */
const unitsIn = (
  servers: ReadonlyArray<PlacedServer>,
  apart: ReadonlyArray<Unit>,
  clusters: ReadonlyArray<ClusterMembership>
): (world: World) => ReadonlyArray<Unit> => {
  const byId = new Map(servers.map((server) => [server.serverId, server]))
  const places = byPosterior(clusters)
  return (world) => {
    const taken = new Set<number>()
    const units: Array<Unit> = []
    for (const place of places) {
      const { clusterId, serverIds } = clusters[place]!
      const members = serverIds.filter((id, member) => world[place]![member] === 1 && byId.has(id) && !taken.has(id))
      if (members.length === 0) continue
      for (const id of members) taken.add(id)
      units.push({ servers: members.map((id) => byId.get(id)!), name: `cluster ${clusterId}` })
    }
    return [...units, ...apart.filter((_, i) => !taken.has(servers[i]!.serverId))]
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
    weights: new Map(units.map((unit) => [unit.name, unit.servers.length])),
    known: servers.length,
    unknown: 0
  })
  const spread = (dimension: Exclude<ConcentrationDimension, "operator">) => (units: ReadonlyArray<Unit>): Tally =>
    tally(units, (server) => server.values[dimension])
  const placed = concentrationDimensions.filter((dimension) => dimension !== "operator")
  const rows = [
    { level: "server" as const, dimension: "operator" as const, tallyOf: ofOperators, best: probable },
    ...placed.flatMap((dimension) => [
      { level: "server" as const, dimension, tallyOf: spread(dimension), best: apart },
      { level: "operator" as const, dimension, tallyOf: spread(dimension), best: probable }
    ])
  ]
  // World by world, since the units of all of them are millions; servers as such are the same in each. Most draws are alike.
  const known = new Map<string, ReadonlyArray<Drawn>>()
  const fixed = new Map(rows.flatMap((row) => row.best === apart ? [[row, drawn(row.tallyOf(apart))] as const] : []))
  const each = worlds.map((world) => {
    const key = world.map(worldKey).join(" ")
    const before = known.get(key)
    if (before !== undefined) return before
    const units = inWorld(world)
    const made = rows.map((row) => fixed.get(row) ?? drawn(row.tallyOf(units)))
    known.set(key, made)
    return made
  })
  return rows.map(({ best, dimension, level, tallyOf }, i): Concentration => {
    const shown = tallyOf(best)
    const separate = tallyOf(apart)
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
      hhi: limitsOver(each.map((figures) => figures[i]!.hhi)),
      nakamoto: limitsOver(each.map((figures) => figures[i]!.nakamoto)),
      hhiApart: hhiOf(separate.weights.values()),
      nakamotoApart: nakamotoOf(separate.weights.values())
    }
  })
}
