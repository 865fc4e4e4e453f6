import { matcher, type ServerFilter } from "../../../src/atlas/shapes/server-filter.ts"
import type { ServerPage, ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { groupRanks } from "../parts/group-colour.ts"
import { filter } from "../state/store.ts"
import { useServers } from "./atlas.ts"
import type { Loaded } from "./resource.ts"

export interface ShownServers {
  readonly all: ReadonlyArray<ServerRow>
  /** Those that pass the filter. */
  readonly rows: ReadonlyArray<ServerRow>
  readonly byId: ReadonlyMap<number, ServerRow>
  /** Ranks of groups that are probably one operator's, over all servers: their colours on every page. */
  readonly ranks: ReadonlyMap<number, number>
}

let last: { readonly page: ServerPage; readonly filter: ServerFilter; readonly shown: ShownServers } | null = null

/** Worked out once for all who ask in one view. */
const narrowed = (page: ServerPage, wanted: ServerFilter): ShownServers => {
  if (last?.page === page && last.filter === wanted) return last.shown
  const whole = last?.page === page ? last.shown : {
    byId: new Map(page.rows.map((row) => [row.serverId, row])),
    ranks: groupRanks(page.rows.map(({ clusterId }) => clusterId))
  }
  const shown = { all: page.rows, rows: page.rows.filter(matcher(wanted)), byId: whole.byId, ranks: whole.ranks }
  last = { page, filter: wanted, shown }
  return shown
}

/** The servers of the crawl, and those of them that the filter leaves. */
export const useShownServers = (): Loaded<ShownServers> => {
  const loaded = useServers()
  const value = loaded.value === null ? null : narrowed(loaded.value, filter.value)
  return { ...loaded, value } as Loaded<ShownServers>
}
