import { UndirectedGraph } from "graphology"
import forceAtlas2 from "graphology-layout-forceatlas2"
import noverlap from "graphology-layout-noverlap"
import type { LayoutAnswer, LayoutTask } from "./relayout.ts"

const iterations = 200
const perStep = 10

const positions = (graph: UndirectedGraph): Omit<LayoutAnswer, "done"> => ({
  x: Float64Array.from(graph.mapNodes((_, { x }) => x as number)),
  y: Float64Array.from(graph.mapNodes((_, { y }) => y as number))
})

addEventListener("message", ({ data }: MessageEvent<LayoutTask>) => {
  const graph = new UndirectedGraph()
  for (let i = 0; i < data.x.length; i++) graph.addNode(i, { x: data.x[i], y: data.y[i], size: data.size, fixed: data.fixed[i] === 1 })
  for (let i = 0; i < data.ends.length; i += 2) graph.mergeEdge(data.ends[i], data.ends[i + 1])
  const settings = { ...forceAtlas2.inferSettings(graph), barnesHutOptimize: graph.order > 300 }
  for (let done = perStep; done <= iterations; done += perStep) {
    forceAtlas2.assign(graph, { iterations: perStep, settings, getEdgeWeight: null })
    postMessage({ ...positions(graph), done: (0.95 * done) / iterations } satisfies LayoutAnswer)
  }
  // Overlap is resolved for those that may move; what is pinned stays where it was put.
  if (!data.fixed.includes(1)) noverlap.assign(graph, { maxIterations: 50, settings: { margin: data.size / 2 } })
  postMessage({ ...positions(graph), done: 1 } satisfies LayoutAnswer)
  close()
})
