import { UndirectedGraph } from "graphology"
import forceAtlas2Module from "graphology-layout-forceatlas2"
import noverlapModule from "graphology-layout-noverlap"
import { communityCircle, type Positions } from "./community-circle.ts"
import { type DrawnEdge, drawnEdges, hashOf, type PlacedAnnouncements } from "./layout-edges.ts"
import { alignedTo, allWithin, framed, resize } from "./layout-frame.ts"

/** What a layout is made of. Survives the way to another thread. */
export interface LayoutInput {
  /** Of every server of the crawl the host it is known by; the place in this list is its place everywhere. */
  readonly hosts: ReadonlyArray<string>
  /** Community of each, null for none. */
  readonly communities: ReadonlyArray<number | null>
  readonly announcements: PlacedAnnouncements
  /** Where the layout of an earlier crawl of the network had a host. */
  readonly earlier: ReadonlyMap<string, readonly [x: number, y: number]>
}

// The types describe ES modules, the packages are CommonJS: what is imported are the functions themselves.
const forceAtlas2 = forceAtlas2Module as unknown as typeof forceAtlas2Module.default
const noverlap = noverlapModule as unknown as typeof noverlapModule.default

/** Servers on nobody's list who list nobody stand on the rim. */
const rim = allWithin + 60

/** How much of the way to its new place a server goes that was on the map before: eyes have to follow it. */
const mostMoved = 0.3

/** A turn that follows from a name. */
const angleOf = (host: string): number => 2 * Math.PI * hashOf(host) / 2 ** 32

/** Where servers stand before forces move them: where they were, else among those they are drawn to, else in their community. */
const startOf = (input: LayoutInput, edges: ReadonlyArray<DrawnEdge>): Positions => {
  const { communities, earlier, hosts } = input
  const circle = communityCircle(communities)
  if (earlier.size === 0) return circle
  const sums = hosts.map(() => ({ x: 0, y: 0, weight: 0 }))
  for (const { a, b, weight } of edges) {
    for (const [own, other] of [[a, b], [b, a]] as const) {
      const at = earlier.get(hosts[other]!)
      if (at === undefined) continue
      const sum = sums[own]!
      sum.x += weight * at[0]
      sum.y += weight * at[1]
      sum.weight += weight
    }
  }
  hosts.forEach((host, i) => {
    const before = earlier.get(host)
    const { weight, x, y } = sums[i]!
    if (before !== undefined) [circle.x[i], circle.y[i]] = before
    else if (weight > 0) {
      // Newcomers among the same servers must not lie on one another.
      circle.x[i] = x / weight + 20 * Math.cos(angleOf(host))
      circle.y[i] = y / weight + 20 * Math.sin(angleOf(host))
    }
  })
  return circle
}

/** So many steps that the largest graphs take seconds; a layout that was settled before needs few. */
const iterationsFor = (servers: number, isWarm: boolean): number =>
  Math.min(isWarm ? 60 : 200, Math.max(30, Math.round(400_000 / servers)))

type DrawnGraph = UndirectedGraph<{ x: number; y: number; size: number }, { weight: number }>

const graphOf = (places: ReadonlyArray<number>, edges: ReadonlyArray<DrawnEdge>, { x, y }: Positions, size: number): DrawnGraph => {
  const graph: DrawnGraph = new UndirectedGraph()
  for (const i of places) graph.addNode(i, { x: x[i]!, y: y[i]!, size })
  for (const { a, b, weight } of edges) graph.addUndirectedEdge(a, b, { weight })
  return graph
}

const positionsIn = (graph: DrawnGraph, start: Positions): Positions => {
  const moved = { x: start.x.slice(), y: start.y.slice() }
  graph.forEachNode((node, { x, y }) => {
    moved.x[Number(node)] = x
    moved.y[Number(node)] = y
  })
  return moved
}

/**
 * ForceAtlas2 (Jacomy et al., 2014). Its constants are chosen such that the
 * graph comes to rest at the scale of the map whatever its size: attraction
 * `D r` and repulsion `k D n D / r` (mean weight `D` of a server's edges) are
 * equal at `r^2 = k D n`, and gravity keeps separate parts at that distance.
 */
const settle = (places: ReadonlyArray<number>, edges: ReadonlyArray<DrawnEdge>, start: Positions, isWarm: boolean): Positions => {
  const graph = graphOf(places, edges, start, 1)
  const servers = places.length
  const weight = Math.max(1, 2 * edges.reduce((sum, edge) => sum + edge.weight, 0) / servers)
  forceAtlas2.assign(graph, {
    iterations: iterationsFor(servers, isWarm),
    getEdgeWeight: "weight",
    settings: {
      scalingRatio: 500_000 / (weight * servers),
      gravity: servers * (weight + 1) / 1_000_000,
      strongGravityMode: true,
      barnesHutOptimize: servers > 500,
      barnesHutTheta: 0.8,
      slowDown: 1 + Math.log(servers)
    }
  })
  return positionsIn(graph, start)
}

const apart = (places: ReadonlyArray<number>, positions: Positions): Positions => {
  const size = Math.min(12, Math.max(2, 180 / Math.sqrt(places.length)))
  const graph = graphOf(places, [], positions, size)
  noverlap.assign(graph, { maxIterations: 30, settings: { margin: 1, ratio: 1, gridSize: Math.max(20, Math.round(Math.sqrt(places.length))) } })
  return positionsIn(graph, positions)
}

/**
 * Where each server is drawn. The same input gives the same map, and a crawl
 * like the one before a map like the one before. Nearness says who lists whom,
 * never who operates what.
 */
export const serverLayout = (input: LayoutInput): Positions => {
  const { communities, hosts } = input
  const edges = drawnEdges(hosts, input.announcements)
  const joined = [...new Set(edges.flatMap(({ a, b }) => [a, b]))].toSorted((a, b) => a - b)
  const earlier = new Map(joined.flatMap((i) => {
    const at = input.earlier.get(hosts[i]!)
    return at === undefined ? [] : [[i, at] as const]
  }))
  const isWarm = earlier.size >= 3 && 2 * earlier.size >= joined.length
  if (!isWarm) earlier.clear()
  const start = isWarm ? startOf(input, edges) : communityCircle(communities)
  const settled = joined.length < 3 ? start : settle(joined, edges, start, isWarm)
  const aligned = isWarm ? alignedTo(settled, joined, earlier) : null
  const placed = aligned !== null && joined.every((i) => Math.hypot(aligned.x[i]!, aligned.y[i]!) <= 1.2 * allWithin)
    ? aligned
    : framed(settled, joined)
  for (const [i, [x, y]] of earlier) {
    placed.x[i] = x + mostMoved * (placed.x[i]! - x)
    placed.y[i] = y + mostMoved * (placed.y[i]! - y)
  }
  // Places halfway between two maps lie closer together than those of either.
  if (isWarm) resize(placed, joined, earlier)
  const isJoined = new Set(joined)
  hosts.forEach((host, i) => {
    if (isJoined.has(i)) return
    placed.x[i] = rim * Math.cos(angleOf(host))
    placed.y[i] = rim * Math.sin(angleOf(host))
  })
  const { x, y } = apart([...hosts.keys()], placed)
  const rounded = (values: Float64Array) => values.map((value) => Math.round(value * 100) / 100)
  return { x: rounded(x), y: rounded(y) }
}
