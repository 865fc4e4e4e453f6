import { median } from "../../domain/median.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import { isPrompt } from "../traits/tip-residuals.ts"

/** A shorter watch makes no node: most of a day. */
const leastWatched = 100

/** Blocks that both showed. A node that is minutes late is told of two blocks at once, and shows one of them. */
const leastBlocks = 60

/** Of all pairs compared so many are expected beyond chance, at the most. */
const mostByChance = 1e-3

/**
 * Servers of two nodes agree too: a slow block is slower for all slow nodes, neighbours
 * hear of blocks together. So many of the others agree less than counts: of single
 * servers, among which others of the node are; of nodes; and of those that look at a
 * beat, of which one node may have many.
 */
const usualShare = 3 / 4
const usualNode = 9 / 10
const usualOfMany = 1 / 2

/** Between two processes at one node the difference of their arrivals varies so much less than between two nodes, as a third of the others that differ least tell. */
const tight = 1 / 5
const usualApart = 1 / 3

/** A node with more of those watched is when blocks come, and everybody else is late and early together by it. */
const mostShare = 1 / 3

/** Comparing all with all takes so long; more are not compared. */
const mostServers = 600

/** What is above a share of values; 0 of none. */
const quantile = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0

/** By number of block, NaN where a server did not show it: by how many milliseconds it was late, or the place of that among all of its own, from -1 to 1. */
type Series = Float64Array

const lateOf = ({ watch }: ServerTraits, blocks: ReadonlyArray<string>): Series =>
  Float64Array.from(blocks, (block) => watch!.tipResiduals.get(block) ?? Number.NaN)

/** By ranks: one block that was minutes late for both must not make two alike. */
const placesOf = (late: Series): Series => {
  const places = new Float64Array(late.length).fill(Number.NaN)
  const sorted = late.keys().filter((block) => !Number.isNaN(late[block]!)).toArray().sort((a, b) => late[a]! - late[b]!)
  sorted.forEach((block, place) => {
    places[block] = (2 * place + 1) / sorted.length - 1
  })
  return places
}

const meanOf = (some: ReadonlyArray<Series>): Series =>
  some.length === 1 ? some[0]! : Float64Array.from(some[0]!, (_, block) => {
    const known = some.map((series) => series[block]!).filter((value) => !Number.isNaN(value))
    return known.reduce((sum, value) => sum + value, 0) / known.length
  })

/** How two series go together. */
interface Agreement {
  readonly blocks: number
  /** Pearson's correlation of the ranks, short of 1; 0 for too few blocks. */
  readonly correlation: number
}

const agreementOf = (x: Series, y: Series): Agreement => {
  let [blocks, sx, sy, sxy, sxx, syy] = [0, 0, 0, 0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const [a, b] = [x[i]!, y[i]!]
    if (Number.isNaN(a) || Number.isNaN(b)) continue
    blocks++
    sx += a
    sy += b
    sxy += a * b
    sxx += a * a
    syy += b * b
  }
  const spread = (sxx - sx * sx / blocks) * (syy - sy * sy / blocks)
  if (blocks < leastBlocks || !(spread > 0)) return { blocks, correlation: 0 }
  return { blocks, correlation: Math.min(0.999, Math.max(-0.999, (sxy - sx * sy / blocks) / Math.sqrt(spread))) }
}

/** Standard deviations by which an agreement is beyond a usual one (Fisher's transformation). */
const beyond = ({ blocks, correlation }: Agreement, usual: number): number =>
  (Math.atanh(correlation) - Math.atanh(Math.max(0, usual))) * Math.sqrt(Math.max(0, blocks - 3))

/** Whether so many standard deviations are beyond what the best of so many pairs shows by chance (Mills' bound of the normal tail). */
const isBeyondChance = (deviations: number, pairs: number): boolean =>
  deviations > 2 && pairs * Math.exp(-(deviations ** 2) / 2) / (deviations * Math.sqrt(2 * Math.PI)) <= mostByChance

/** In half of the blocks the difference is no further than this from what it usually is, in milliseconds. */
const spreadOf = (a: Series, b: Series): number => {
  const apart = a.map((ms, block) => ms - b[block]!).filter((ms) => !Number.isNaN(ms)).sort()
  const usual = apart[apart.length >> 1] ?? 0
  return apart.map((ms) => Math.abs(ms - usual)).sort()[apart.length >> 1] ?? Infinity
}

/** Servers that hear of blocks promptly, and show them as one. */
interface Core {
  readonly members: ReadonlyArray<number>
  readonly series: Series
}

/** Joins those first that agree most, as one of which the mean counts, until none agree beyond chance. */
const coresOf = (late: ReadonlyArray<Series>, series: ReadonlyArray<Series>, pairs: number): ReadonlyArray<Core> => {
  const spreads = new Map<number, number>()
  const spread = (a: number, b: number): number => {
    const id = Math.min(a, b) * late.length + Math.max(a, b)
    const ms = spreads.get(id) ?? spreadOf(late[a]!, late[b]!)
    spreads.set(id, ms)
    return ms
  }
  const isTight = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean => {
    const both = new Set([...a, ...b])
    const others = late.keys().filter((server) => !both.has(server)).toArray()
    const apart = quantile([...both].flatMap((server) => others.map((other) => spread(server, other))), usualApart)
    return median(a.flatMap((one) => b.map((other) => spread(one, other))))! <= tight * apart
  }
  let cores: ReadonlyArray<Core> = series.map((one, server) => ({ members: [server], series: one }))
  let agreements = cores.map((a) => cores.map((b) => agreementOf(a.series, b.series)))
  for (;;) {
    const usual = agreements.map((row, i) => quantile(row.flatMap(({ correlation }, j) => i === j ? [] : [correlation]), usualShare))
    const best = cores.flatMap((_, i) => cores.slice(i + 1).flatMap((_, k) => {
      const j = i + 1 + k
      const deviations = beyond(agreements[i]![j]!, Math.max(usual[i]!, usual[j]!))
      return isBeyondChance(deviations, pairs) ? [{ i, j, deviations }] : []
    })).toSorted((x, y) => y.deviations - x.deviations).find(({ i, j }) => isTight(cores[i]!.members, cores[j]!.members))
    if (best === undefined) return cores
    const members = [...cores[best.i]!.members, ...cores[best.j]!.members]
    const joined: Core = { members, series: meanOf(members.map((server) => series[server]!)) }
    const isLeft = (_: unknown, place: number): boolean => place !== best.i && place !== best.j
    cores = [...cores.filter(isLeft), joined]
    const row = cores.map((core) => agreementOf(core.series, joined.series))
    agreements = [...agreements.filter(isLeft).map((known, i) => [...known.filter(isLeft), row[i]!]), row]
  }
}

/** A server at a node that tips tell. */
export interface AtTipNode {
  /** The lowest number of its servers. */
  readonly node: number
  readonly servers: number
  /** Blocks over which it was compared with the others there, and how it went together with them. */
  readonly blocks: number
  readonly correlation: number
}

/**
 * Servers that show new tips late and early together, beyond chance for all that are
 * compared and beyond how the others agree, as those at one node do: a node is late
 * with each block by a time of its own, which all its servers show. Those that hear
 * of blocks promptly are joined first, where their arrivals differ by as little as
 * those of processes at one node do; then those that look for them at a beat, each to
 * whom it agrees with most. By themselves these are not joined: who looks at the same
 * moments is late alike at any node. A node that is as quick as most shows nothing.
 *
 * @returns by number of server; nobody where one node would have more than a third of them
 */
export const tipNodesOf = (servers: Iterable<ServerTraits>): ReadonlyMap<number, AtTipNode> => {
  const watched = [...servers].filter(({ watch }) => watch !== null && watch.tipResiduals.size >= leastBlocks).toSorted((a, b) => a.serverId - b.serverId)
  const nothing = new Map<number, AtTipNode>()
  const blocks = [...new Set(watched.flatMap(({ watch }) => [...watch!.tipResiduals.keys()]))].toSorted()
  if (blocks.length < leastWatched || watched.length > mostServers) return nothing
  const [quick, slow] = [watched.filter(({ implementation }) => isPrompt(implementation)), watched.filter(({ implementation }) => !isPrompt(implementation))]
  const pairs = watched.length * (watched.length - 1) / 2
  const quickLate = quick.map((server) => lateOf(server, blocks))
  const [quickSeries, slowSeries] = [quickLate.map(placesOf), slow.map((server) => placesOf(lateOf(server, blocks)))]
  const cores = coresOf(quickLate, quickSeries, pairs)
  const agreements = slowSeries.map((series) => cores.map((core) => agreementOf(core.series, series)))
  const usualOfCore = cores.map((_, core) => quantile(agreements.map((row) => row[core]!.correlation), usualOfMany))
  const joined = slow.map((_, i) => {
    const row = agreements[i]!
    const core = row.keys().reduce((most, place) => row[place]!.correlation > row[most]!.correlation ? place : most, 0)
    const usual = quantile(row.flatMap(({ correlation }, place) => place === core ? [] : [correlation]), usualNode)
    return cores.length > 0 && isBeyondChance(beyond(row[core]!, Math.max(usual, usualOfCore[core]!)), pairs) ? core : -1
  })
  const nodes = cores.map(({ members }, core) => ({ members, joined: slow.keys().filter((i) => joined[i] === core).toArray() }))
    .filter((node) => node.members.length + node.joined.length > 1)
  if (nodes.some((node) => node.members.length + node.joined.length > mostShare * watched.length)) return nothing
  return new Map(nodes.flatMap((found) => {
    const all = [...found.members.map((i) => quick[i]!), ...found.joined.map((i) => slow[i]!)]
    const node = Math.min(...all.map(({ serverId }) => serverId))
    const at = ({ serverId }: ServerTraits, own: Series, others: ReadonlyArray<Series>): readonly [number, AtTipNode] =>
      [serverId, { node, servers: all.length, ...agreementOf(own, meanOf(others)) }]
    const members = found.members.map((i) => quickSeries[i]!)
    // One that is alone is at its node by what those say that joined it.
    const besides = (own: Series) => members.length === 1 ? found.joined.map((i) => slowSeries[i]!) : members.filter((other) => other !== own)
    return [
      ...found.members.map((i) => at(quick[i]!, quickSeries[i]!, besides(quickSeries[i]!))),
      ...found.joined.map((i) => at(slow[i]!, slowSeries[i]!, members))
    ]
  }))
}
