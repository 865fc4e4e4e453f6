import { Effect } from "effect"
import { Atlas } from "../atlas/atlas.ts"
import { readWithholding } from "../atlas/read-withholding.ts"
import type { HasOptedOut } from "../atlas/withholding.ts"
import { matcher, type ServerFilter } from "../atlas/shapes/server-filter.ts"
import { aboutOf, type Provenance } from "./about.ts"
import type { Shown } from "./shown.ts"

/**
 * What is shown of a crawl, narrowed to the servers that pass a filter. Groups
 * and notes are read where they are wanted. The atlas is the public one where
 * the provenance says public.
 */
export const readShown = Effect.fn("readShown")(function*(
  provenance: Provenance,
  filter: ServerFilter,
  wanted: { readonly clusters: boolean; readonly notes: boolean },
  hasOptedOut: HasOptedOut
) {
  const atlas = yield* Atlas
  const crawlId = provenance.crawl_id
  const servers = yield* atlas.servers(crawlId)
  const local = provenance.audience === "local"
  const clusters = wanted.clusters ? yield* atlas.clusters(crawlId) : []
  const withholding = local ? null : yield* readWithholding(crawlId, provenance.simulated, hasOptedOut)
  const noted = wanted.notes ? servers.filter(({ notes }) => notes > 0) : []
  const shown: Shown = {
    about: aboutOf(provenance),
    local,
    servers,
    chosen: new Set(servers.filter(matcher(filter)).map(({ serverId }) => serverId)),
    clusters: yield* Effect.forEach(clusters, Effect.fnUntraced(function*(row) {
      // Publicly an onion may be left out of a group that it is in.
      const memberIds = local ? null : (yield* atlas.cluster(crawlId, row.clusterId)).members.map(({ serverId }) => serverId)
      return { row, memberIds }
    })),
    withheld: withholding?.hosts ?? new Set(),
    joiningCertificates: withholding?.joiningCertificates ?? new Set(),
    notes: (yield* Effect.forEach(noted, ({ serverId }) => atlas.server(crawlId, serverId))).flatMap(({ notes }) => notes)
  }
  return shown
})

/** Where nodes are drawn, by number of the server; empty where no layout is stored. */
export const readPositions = Effect.fn("readPositions")(function*(crawlId: number) {
  const atlas = yield* Atlas
  const { servers, x, y } = yield* atlas.graphHead(crawlId)
  return new Map(servers.flatMap((serverId, i) => x[i] === undefined || y[i] === undefined ? [] : [[serverId, { x: x[i], y: y[i] }] as const]))
})
