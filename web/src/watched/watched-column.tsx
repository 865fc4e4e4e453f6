import type { WatchedPage, WatchedRow } from "../../../src/atlas/shapes/watched.ts"
import type { ServerColumn } from "../pages/server-columns.tsx"
import { partsOf, stripText } from "./strip-model.ts"
import { StripPicture } from "./strip.tsx"

/** The watched time of each server, as a column of their list. */
const columnOf = (page: WatchedPage): ServerColumn => {
  const rows = new Map<number, WatchedRow>()
  // Of several endpoints that stood for a server in turn the one that was looked at the longest.
  for (const row of page.rows) if ((rows.get(row.serverId)?.observedHours ?? -1) < row.observedHours) rows.set(row.serverId, row)
  const shareOf = (serverId: number): number | null => rows.get(serverId)?.upShare ?? null
  return {
    id: "watched",
    title: "Last week",
    meaning: "Watched time: a thin band is answered, a whole block did not answer, stripes a whole network, dots our own line; sorted by uptime",
    width: 140,
    usual: true,
    key: ({ serverId }) => shareOf(serverId),
    raw: ({ serverId }) => shareOf(serverId),
    cell: ({ networkClasses, serverId }) => {
      const row = rows.get(serverId)
      if (row === undefined) return <span class="quiet">{page.withheld !== undefined && networkClasses.every((one) => one === "onion") ? "withheld" : "not watched"}</span>
      return <><span class="unseen">{stripText(row)}</span><StripPicture parts={partsOf(row.strip, page)} /></>
    }
  }
}

/** All columns with the watched time beside the answer, where a window has room for it in the place of who holds the network; of a network that nobody watched as they are. */
export const withWatchedTime = (columns: ReadonlyArray<ServerColumn>, page: WatchedPage | null): ReadonlyArray<ServerColumn> =>
  page === null || page.rows.length === 0
    ? columns
    : columns.flatMap((column) => column.id === "reachable" ? [column, columnOf(page)] : column.id === "org" ? [{ ...column, usual: false }] : [column])
