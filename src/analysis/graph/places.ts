import type { TableRows } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import { adjacencyOf, returned } from "./adjacency.ts"
import type { Announcement } from "./announcement-graph.ts"
import { coreNumbers } from "./cores.ts"
import { introductions } from "./introductions.ts"
import { type Lister, type ListingManner, type NamedKind, type SoleListing, soleListings } from "./sole-listers.ts"

/** Where a server stands in the announcement graph. */
export interface Place {
  readonly serverId: number
  readonly names: number
  readonly namedBy: number
  /** Servers that it names and that name it. */
  readonly mutual: number
  readonly core: number
  /** Null when nobody names it. */
  readonly knownBy: number | null
  readonly soleLister: number | null
  readonly introducedBy: number | null
  readonly introduces: number
  /** Null when it showed no list. */
  readonly list: (SoleListing & { readonly manner: ListingManner; readonly coverage: number }) | null
}

/** What the places depend on, besides who announces whom. */
export interface PlaceInput {
  readonly listers: ReadonlyArray<Lister>
  readonly kindOf: (serverId: number) => NamedKind
  /** Servers that sources other than servers name. */
  readonly namedBySources: ReadonlyArray<number>
}

const counted = (servers: Iterable<number>): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  for (const server of servers) counts.set(server, (counts.get(server) ?? 0) + 1)
  return counts
}

/**
 * The place of every server that announces or is announced, ascending.
 *
 * @param announcements as `orderedAnnouncements` gives them
 */
export const places = (announcements: ReadonlyArray<Announcement>, input: PlaceInput): ReadonlyArray<Place> => {
  const adjacency = adjacencyOf(announcements)
  const { servers, starts } = adjacency
  const [namedBy, mutual] = [new Uint32Array(servers.length), new Uint32Array(servers.length)]
  returned(adjacency).forEach((is, i) => {
    namedBy[adjacency.to[i]!]!++
    mutual[adjacency.from[i]!]! += is
  })
  const cores = coreNumbers(adjacency)
  const introducers = new Map(
    introductions(announcements, input.namedBySources).map(({ introducedBy, serverId }) => [serverId, introducedBy])
  )
  const introduces = counted([...introducers.values()].filter((server) => server !== null))
  const sole = soleListings(announcements, input.listers, input.kindOf)
  const known = new Map(sole.named.map((row) => [row.serverId, row]))
  const lists = new Map(sole.listers.map((row) => [row.serverId, row]))
  const listers = new Map(input.listers.map((lister) => [lister.serverId, lister]))
  return servers.map((serverId, place) => {
    const list = lists.get(serverId)
    return {
      serverId,
      names: starts[place + 1]! - starts[place]!,
      namedBy: namedBy[place]!,
      mutual: mutual[place]!,
      core: cores[place]!,
      knownBy: known.get(serverId)?.knownBy ?? null,
      soleLister: known.get(serverId)?.soleLister ?? null,
      introducedBy: introducers.get(serverId) ?? null,
      introduces: introduces.get(serverId) ?? 0,
      list: list === undefined ? null : {
        ...list,
        manner: listers.get(serverId)?.manner ?? "all",
        coverage: listers.get(serverId)?.coverage ?? 1
      }
    }
  })
}

/** The rows of the table `graph_place`. */
export const placeRows = (crawlId: CrawlId, all: ReadonlyArray<Place>): TableRows => ({
  table: "graph_place",
  crawlId,
  columns: [
    "server_id", "names_servers", "named_by_servers", "mutual", "core", "known_by", "sole_lister_id", "introduced_by_id",
    "introduces", "list_manner", "list_coverage", "sole_named", "sole_expected", "sole_p", "sole_q"
  ],
  rows: all.map(({ core, introducedBy, introduces, knownBy, list, mutual, namedBy, names, serverId, soleLister }) => [
    serverId, names, namedBy, mutual, core, knownBy, soleLister, introducedBy, introduces, list?.manner ?? null,
    list?.coverage ?? null, list?.soleNamed ?? null, list?.expected ?? null, list?.pValue ?? null, list?.qValue ?? null
  ])
})
