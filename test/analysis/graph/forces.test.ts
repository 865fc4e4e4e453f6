import { assert, describe, it } from "@effect/vitest"
import { UndirectedGraph } from "graphology"
import forceAtlas2Module from "graphology-layout-forceatlas2"
import { moveByForces } from "../../../src/analysis/graph/forces.ts"
import { seededRandom } from "../../../src/analysis/seeded-random.ts"

const forceAtlas2 = forceAtlas2Module as unknown as typeof forceAtlas2Module.default

describe("the forces of a layout", () => {
  it("move servers where Graphology's ForceAtlas2 does when every server repels every other", () => {
    const random = seededRandom(5)
    const graph = new UndirectedGraph<{ x: number; y: number }>()
    const servers = Array.from({ length: 40 }, () => ({ x: 1_000 * random(), y: 1_000 * random() }))
    servers.forEach((at, i) => graph.addNode(i, { ...at }))
    // Two that lie on one another do not repel each other.
    graph.mergeNodeAttributes(39, servers[0]!)
    servers[39] = servers[0]!
    const edges: Array<{ a: number; b: number; weight: number }> = []
    for (let a = 0; a < 40; a++) {
      for (let b = a + 1; b < 40; b++) if (random() < 0.2) edges.push({ a, b, weight: random() + random() })
    }
    for (const { a, b, weight } of edges) graph.addUndirectedEdge(a, b, { weight })
    const settings = { scalingRatio: 2_000, gravity: 0.001, slowDown: 4.7 }
    forceAtlas2.assign(graph, { iterations: 30, getEdgeWeight: "weight", settings: { ...settings, strongGravityMode: true } })
    const x = Float32Array.from(servers, (at) => at.x)
    const y = Float32Array.from(servers, (at) => at.y)
    moveByForces(x, y, {
      a: Uint32Array.from(edges, ({ a }) => a),
      b: Uint32Array.from(edges, ({ b }) => b),
      weight: Float64Array.from(edges, ({ weight }) => weight)
    }, settings, 30)
    graph.forEachNode((node, at) => {
      assert.closeTo(x[Number(node)]!, at.x, 0.01)
      assert.closeTo(y[Number(node)]!, at.y, 0.01)
    })
    assert.isAbove(Math.hypot(x[1]! - servers[1]!.x, y[1]! - servers[1]!.y), 10)
  })
})
