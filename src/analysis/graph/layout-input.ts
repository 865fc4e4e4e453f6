import { Effect, Schema } from "effect"
import { Database, type TableRows } from "../../store/database.ts"
import type { AnalysedCrawl } from "../analysis-input.ts"
import { placedColumns } from "./adjacency.ts"
import type { Announcement } from "./announcement-graph.ts"
import type { Communities } from "./communities.ts"
import type { Positions } from "./community-circle.ts"
import { drawnPartition } from "./drawn-partition.ts"
import type { LayoutInput } from "./layout.ts"

const HostRow = Schema.Struct({ server_id: Schema.Int, host: Schema.String })

const EarlierRow = Schema.Struct({ host: Schema.String, x: Schema.Finite, y: Schema.Finite })

/** Where the newest earlier crawl of the network that has a layout drew each host. */
const earlierSql = `
  WITH before AS (
    SELECT max(l.crawl_id) AS crawl_id FROM graph_layout l JOIN crawl c USING (crawl_id)
    WHERE c.network = $network AND l.crawl_id < $crawl_id
  )
  SELECT e.host, min(l.x) AS x, min(l.y) AS y
  FROM graph_layout l
  JOIN before USING (crawl_id)
  JOIN server_endpoint se USING (crawl_id, server_id)
  JOIN endpoint e USING (endpoint_id)
  GROUP BY e.host HAVING count(DISTINCT l.server_id) = 1`

/** The servers of a crawl, ascending, with what their places on the map follow from. */
export interface LayoutOf {
  readonly servers: ReadonlyArray<number>
  readonly input: LayoutInput
}

/** @param announcements as `orderedAnnouncements` gives them */
export const readLayoutInput = Effect.fnUntraced(function*(
  { crawl_id, network }: AnalysedCrawl,
  announcements: ReadonlyArray<Announcement>,
  communities: ReadonlyArray<Communities>
) {
  const database = yield* Database
  const rows = yield* database.rows(
    HostRow,
    `SELECT se.server_id, arg_min(e.host, e.endpoint_id) AS host
    FROM server_endpoint se JOIN endpoint e USING (endpoint_id)
    WHERE se.crawl_id = $crawl_id GROUP BY se.server_id ORDER BY se.server_id`,
    { crawl_id }
  )
  const earlier = yield* database.rows(EarlierRow, earlierSql, { crawl_id, network })
  const placeOf = new Map(rows.map((row, place) => [row.server_id, place]))
  const communityOf = new Map(drawnPartition(communities)?.members.map((member) => [member.serverId, member.community]))
  const result: LayoutOf = {
    servers: rows.map((row) => row.server_id),
    input: {
      hosts: rows.map(({ host }) => host),
      communities: rows.map((row) => communityOf.get(row.server_id) ?? null),
      announcements: placedColumns(announcements, placeOf),
      earlier: new Map(earlier.map(({ host, x, y }) => [host, [x, y]]))
    }
  }
  return result
})

/** The rows of the table `graph_layout`. */
export const layoutRows = (crawlId: number, servers: ReadonlyArray<number>, { x, y }: Positions): TableRows => ({
  table: "graph_layout",
  crawlId,
  columns: ["server_id", "x", "y"],
  rows: servers.map((server, i) => [server, x[i]!, y[i]!])
})
