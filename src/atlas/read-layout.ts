import { Effect, Schema } from "effect"
import type { Positions } from "../analysis/graph/community-circle.ts"
import { Database } from "../store/database.ts"

const LayoutRow = Schema.Struct({
  servers: Schema.Array(Schema.Int),
  x: Schema.Array(Schema.Finite),
  y: Schema.Array(Schema.Finite)
})

/**
 * Where the analysis drew the servers given, in their order; null where it drew
 * none of them or not all: a crawl that was joined anew is drawn anew.
 */
export const readLayout = Effect.fnUntraced(function*(crawlId: number, servers: ReadonlyArray<number>) {
  const database = yield* Database
  const [row] = yield* database.rows(
    LayoutRow,
    "SELECT list(server_id) AS servers, list(x) AS x, list(y) AS y FROM graph_layout WHERE crawl_id = $crawl_id HAVING count(*) > 0",
    { crawl_id: crawlId }
  )
  if (row === undefined) return null
  const places = new Map(row.servers.map((server, place) => [server, place]))
  if (!servers.every((server) => places.has(server))) return null
  const positions: Positions = {
    x: Float64Array.from(servers, (server) => row.x[places.get(server)!]!),
    y: Float64Array.from(servers, (server) => row.y[places.get(server)!]!)
  }
  return positions
})
