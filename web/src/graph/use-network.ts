import { useMemo } from "preact/hooks"
import type { GraphHead } from "../../../src/atlas/shapes/graph.ts"
import { decodeGraph } from "../../../src/atlas/shapes/graph-bytes.ts"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { useBytes } from "../client/resource.ts"
import type { ShownServers } from "../client/shown-servers.ts"
import { crawlRef, hidden, pinned } from "../state/store.ts"
import { isDark } from "../state/theme.ts"
import { type Adjacency, adjacency } from "./adjacency.ts"
import { colouringOf, sizingOf } from "./colouring.ts"
import { groupLines, groupLinesOf, maxGroupLines, serverLines } from "./edge-choice.ts"
import type { SizeKey } from "./legend.tsx"
import type { NetworkChoices } from "./network-choices.ts"
import { anchors, groupOf, networkModel, nodeLooks, type Positions, shownIndices } from "./network-model.ts"
import { readPalette } from "./palette.ts"
import { extentOf, type Scene } from "./scene.ts"

const noLines = { ends: [], total: 0 }

/** All announcements, or null while they come; they come after the first picture. */
export const useAdjacency = (head: GraphHead): Adjacency | null => {
  const bytes = useBytes(`crawls/${crawlRef.value}/graph.bin`).value
  return useMemo(() => {
    const edges = bytes === null ? null : decodeGraph(bytes)
    return edges === null || edges.offsets.length !== head.servers.length + 1 ? null : adjacency(edges)
  }, [bytes, head])
}

/** What is drawn, made anew only from what changed. */
export const useNetwork = (head: GraphHead, servers: ShownServers, graph: Adjacency | null, choices: NetworkChoices, laidOut: Positions | null) => {
  const dark = isDark()
  const palette = useMemo(() => readPalette(document.body), [dark])
  const model = useMemo(() => networkModel(head, servers.byId), [head, servers.byId])
  const positions: Positions = laidOut ?? head
  const extent = useMemo(() => extentOf(positions.x, positions.y), [positions])
  const shown = useMemo(() => shownIndices(model, servers.rows, hidden.value), [model, servers.rows, hidden.value])
  const isShown = useMemo(() => {
    const set = new Set(shown)
    return (index: number) => set.has(index)
  }, [shown])
  const shownRows = useMemo(() => shown.map((index) => model.rows[index]!), [shown, model])
  const colouring = useMemo(() => colouringOf(choices.colour, servers.all), [choices.colour, servers.all])
  const legend = useMemo(() => colouring.legend(shownRows), [colouring, shownRows])
  const radiusOf = useMemo(() => {
    const small = shown.length > 5_000 ? 1.5 : shown.length > 1_000 ? 2 : 3
    return sizingOf(choices.size, servers.all, [small, small + (shown.length > 1_000 ? 4 : 6)])
  }, [choices.size, servers.all, shown.length])
  const sizing = useMemo(() => choices.size === null ? null : colouringOf(choices.size, servers.all), [choices.size, servers.all])
  const sizeKey: SizeKey | null = useMemo(() => sizing === null ? null : { sizing, entries: sizing.legend(shownRows), radiusOf }, [sizing, shownRows, radiusOf])
  const sizeOf = useMemo(() => (row: ServerRow) => radiusOf(choices.size?.of(row) ?? null), [choices.size, radiusOf])
  const allGroupLines = useMemo(() => {
    if (choices.lines !== "groups") return []
    if (graph !== null) return groupLines(graph, shown, groupOf(model, choices.grouping))
    return choices.grouping === "community" ? groupLinesOf(head) : []
  }, [choices.lines, choices.grouping, graph, shown, model, head])
  const lines = useMemo(() => graph === null || (choices.lines !== "mutual" && choices.lines !== "all") ? noLines : serverLines(graph, isShown, choices.lines), [graph, choices.lines, isShown])
  const scene: Scene = useMemo(() => {
    const places = anchors(model, positions, shown, choices.grouping).toSorted((a, b) => b.servers - a.servers)
    const known = new Set(places.map(({ group }) => group))
    return {
      nodes: nodeLooks(model, positions, shown, { colouring, sizeOf, palette, pinned: pinned.value }),
      // Groups of operators are named by their colours; names of all of them would cover the picture.
      anchors: choices.grouping === "community" ? places : places.map((place) => ({ ...place, label: "" })),
      groupLines: allGroupLines.filter(({ a, b }) => known.has(a) && known.has(b)).slice(0, maxGroupLines),
      lines
    }
  }, [model, positions, shown, colouring, sizeOf, palette, pinned.value, choices.grouping, allGroupLines, lines])
  return { palette, model, positions, extent, shown, shownRows, isShown, colouring, legend, sizeKey, allGroupLines, scene }
}

export type Network = ReturnType<typeof useNetwork>
