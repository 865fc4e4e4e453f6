import type { GraphHead } from "../../../src/atlas/shapes/graph.ts"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { colourOf, mixed, type Palette } from "./palette.ts"
import type { Colouring } from "./colouring.ts"
import type { Anchor, NodeLook } from "./scene.ts"
import { shortened } from "../text/display.ts"

/** Servers of the graph by their place in it, with what is known of each. */
export interface NetworkModel {
  readonly head: GraphHead
  /** Undefined: in the graph, and not (or no longer) in the list. */
  readonly rows: ReadonlyArray<ServerRow | undefined>
  readonly indexOf: ReadonlyMap<number, number>
}

export const networkModel = (head: GraphHead, byId: ReadonlyMap<number, ServerRow>): NetworkModel => ({
  head,
  rows: head.servers.map((id) => byId.get(id)),
  indexOf: new Map(head.servers.map((id, index) => [id, index]))
})

/** Where servers are drawn: as stored, or as laid out anew. */
export interface Positions {
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
}

/** Places of the graph whose servers are in `rows` and not hidden. */
export const shownIndices = (model: NetworkModel, rows: ReadonlyArray<ServerRow>, hidden: ReadonlySet<number>): ReadonlyArray<number> =>
  rows.flatMap(({ serverId }) => {
    const index = hidden.has(serverId) ? undefined : model.indexOf.get(serverId)
    return index === undefined ? [] : [index]
  })

export interface Dressing {
  readonly colouring: Colouring
  readonly sizeOf: (row: ServerRow) => number
  readonly palette: Palette
  readonly pinned: ReadonlySet<number>
}

export const nodeLooks = (model: NetworkModel, positions: Positions, shown: ReadonlyArray<number>, { colouring, palette, pinned, sizeOf }: Dressing): ReadonlyArray<NodeLook> =>
  shown.map((index) => {
    const row = model.rows[index]!
    const slot = colouring.slotOf(row)
    const colour = colourOf(palette, slot)
    return {
      index,
      x: positions.x[index]!,
      y: positions.y[index]!,
      size: sizeOf(row),
      colour,
      hollow: row.reachable !== true,
      rim: slot.kind === "step" && slot.index < 2 ? mixed(colour, palette.quiet, 0.6) : palette.surface,
      label: shortened(row.host, 30),
      pinned: pinned.has(row.serverId)
    }
  })

/** How lines are gathered: by community, or by probable operator. */
export type Grouping = "community" | "operator"

export const groupOf = (model: NetworkModel, grouping: Grouping) => (index: number): number | null => {
  const row = model.rows[index]
  return row === undefined ? null : grouping === "community" ? row.communityId : row.clusterId
}

/** Groups that have servers here, in their middle. */
export const anchors = (model: NetworkModel, positions: Positions, shown: ReadonlyArray<number>, grouping: Grouping): ReadonlyArray<Anchor> => {
  const groups = new Map<number, { x: number; y: number; servers: number }>()
  const of = groupOf(model, grouping)
  for (const index of shown) {
    const group = of(index)
    if (group === null) continue
    const sum = groups.get(group) ?? { x: 0, y: 0, servers: 0 }
    sum.x += positions.x[index]!
    sum.y += positions.y[index]!
    sum.servers += 1
    groups.set(group, sum)
  }
  return [...groups].map(([group, { servers, x, y }]) => ({
    group,
    x: x / servers,
    y: y / servers,
    label: `${grouping === "community" ? "Community" : "Group"} ${group}`,
    servers
  }))
}
