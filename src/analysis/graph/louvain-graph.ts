import { placedColumns } from "./adjacency.ts"
import { type Announcement, type AnnouncementGraph, buildGraph } from "./announcement-graph.ts"

/** Up to here a graph of Graphology's is built; an edge of it takes a kilobyte. */
const someAnnouncements = 20_000

type Attributes = { weight: number }

/**
 * A graph that cannot be changed, with announcements in typed arrays: of
 * Graphology's interface what its Louvain reads, in the order given, so that it
 * finds the same as in a graph of Graphology's own.
 */
class AnnouncementColumns {
  readonly type = "directed"
  readonly multi = false
  readonly selfLoopCount = 0
  readonly order: number
  readonly size: number
  readonly #nodes: ReadonlyArray<string>
  readonly #placeOf: ReadonlyMap<string, number>
  readonly #from: Uint32Array
  readonly #to: Uint32Array
  readonly #weight: Float64Array
  readonly #out: Uint32Array
  readonly #in: Uint32Array

  constructor(servers: ReadonlyArray<number>, announcements: ReadonlyArray<Announcement>) {
    this.order = servers.length
    this.size = announcements.length
    this.#nodes = servers.map(String)
    this.#placeOf = new Map(this.#nodes.map((node, place) => [node, place]))
    const placeOf = new Map(servers.map((server, place) => [server, place]))
    const { from, to, weight } = placedColumns(announcements, placeOf)
    this.#from = from
    this.#to = to
    this.#weight = weight
    this.#out = new Uint32Array(this.order)
    this.#in = new Uint32Array(this.order)
    for (let i = 0; i < this.size; i++) {
      this.#out[from[i]!]!++
      this.#in[to[i]!]!++
    }
  }

  forEachNode(callback: (node: string) => void): void {
    for (const node of this.#nodes) callback(node)
  }

  outDegreeWithoutSelfLoops(node: string): number {
    return this.#out[this.#placeOf.get(node)!]!
  }

  inDegreeWithoutSelfLoops(node: string): number {
    return this.#in[this.#placeOf.get(node)!]!
  }

  /** Edges have no names, and their attributes are for the moment of the call. */
  forEachEdge(callback: (edge: string, attributes: Attributes, source: string, target: string) => void): void {
    const attributes: Attributes = { weight: 0 }
    for (let i = 0; i < this.size; i++) {
      attributes.weight = this.#weight[i]!
      callback("", attributes, this.#nodes[this.#from[i]!]!, this.#nodes[this.#to[i]!]!)
    }
  }

  /** Who looks for a graph of Graphology's looks for this. */
  addUndirectedEdgeWithKey(): never {
    throw new Error("this graph cannot be changed")
  }

  dropNode(): never {
    throw new Error("this graph cannot be changed")
  }
}

/**
 * The announcement graph for Louvain, in exactly the order given: Graphology's,
 * or for large crawls one in typed arrays in which it finds the same.
 */
export const louvainGraph = (
  servers: ReadonlyArray<number>,
  announcements: ReadonlyArray<Announcement>,
  isLarge = announcements.length > someAnnouncements
): AnnouncementGraph =>
  isLarge ? new AnnouncementColumns(servers, announcements) as unknown as AnnouncementGraph : buildGraph(servers, announcements)
