import { useMemo } from "preact/hooks"
import type { CrawlRow } from "../../../src/atlas/shapes/crawl.ts"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { dataLicence } from "../../../src/domain/licence.ts"
import { useCrawl, useWatched } from "../client/atlas.ts"
import { useShownServers, type ShownServers } from "../client/shown-servers.ts"
import { download } from "../parts/download.ts"
import { Empty, Loading } from "../parts/states.tsx"
import { numbersIn } from "../state/filter-words.ts"
import { selectedServers } from "../state/selection.ts"
import { filter, narrow, own, select, selected, setOwn, widen } from "../state/store.ts"
import { csvFile } from "../table/csv.ts"
import { Grid } from "../table/grid.tsx"
import { orderText, readOrder, sorted, type Order } from "../table/sort.ts"
import { count, counted } from "../text/format.ts"
import { shortened } from "../text/display.ts"
import { withWatchedTime } from "../watched/watched-column.tsx"
import { chosenColumns, serverColumns, type ServerColumn } from "./server-columns.tsx"

const usualOrder: Order = { column: "namedBy", direction: "down" }

const marked = (): ReadonlyArray<number> => numbersIn(own("marked"))

/** At most two: a third takes the place of the first. */
const toggleMark = (id: number): void => {
  const now = marked()
  setOwn({ marked: (now.includes(id) ? now.filter((one) => one !== id) : [...now, id].slice(-2)).join(",") }, "replace")
}

const toggleColumn = (id: string, all: ReadonlyArray<ServerColumn>): void => {
  const usual = all.filter((column) => column.usual).map((column) => column.id)
  const now = own("columns") === "" ? usual : own("columns").split(",")
  const next = now.includes(id) ? now.filter((one) => one !== id) : [...now, id]
  setOwn({ columns: [...next].sort().join(",") === [...usual].sort().join(",") ? "" : next.join(",") }, "replace")
}

const ColumnChooser = ({ all, columns }: { readonly all: ReadonlyArray<ServerColumn>; readonly columns: ReadonlyArray<ServerColumn> }) => (
  <details class="menu">
    <summary>Columns</summary>
    <div class="menu-body" role="group" aria-label="Columns">
      {all.slice(1).map(({ id, meaning, title }) => (
        <label key={id}>
          <input type="checkbox" checked={columns.some((column) => column.id === id)} onChange={() => toggleColumn(id, all)} />
          <span>{title}</span>
          <span class="quiet">{meaning}</span>
        </label>
      ))}
    </div>
  </details>
)

const save = (rows: ReadonlyArray<ServerRow>, columns: ReadonlyArray<ServerColumn>, crawl: CrawlRow): void => {
  const head = ["crawl_id", "network", "simulated", "code_version", "licence", "server_id", ...columns.map(({ id }) => id)]
  const lines = rows.map((row) => [
    crawl.crawlId, crawl.network, crawl.simulated, crawl.codeVersion, dataLicence, row.serverId, ...columns.map(({ raw }) => raw(row))
  ])
  download(`${crawl.simulated ? "SIMULATED-" : ""}servers-crawl-${crawl.crawlId}.csv`, "text/csv;charset=utf-8", csvFile(head, lines))
}

const Compare = ({ byId }: Pick<ShownServers, "byId">) => {
  const ids = marked().filter((id) => byId.has(id))
  const [a, b] = ids
  if (a === undefined) return null
  return b === undefined
    ? <span class="quiet">{`${shortened(byId.get(a)!.host, 24)} is marked; mark another to compare`}</span>
    : <button type="button" class="main" onClick={() => select({ kind: "pair", a, b })}>
      {`Compare ${shortened(byId.get(a)!.host, 20)} with ${shortened(byId.get(b)!.host, 20)}`}
    </button>
}

const List = ({ all, byId, rows }: ShownServers) => {
  const watched = useWatched("week").value
  const known = useMemo(() => withWatchedTime(serverColumns, watched), [watched])
  const columns = chosenColumns(own("columns"), known)
  const order = readOrder(own("sort"), known.map(({ id }) => id), usualOrder)
  const by = known.find(({ id }) => id === order.column)!
  const inOrder = useMemo(() => sorted(rows, by.key, order.direction), [rows, by, order.direction])
  const crawl = useCrawl().value
  const open = selectedServers(selected.value)
  const marks = new Set(marked())
  return (
    <>
      <div class="tools">
        <h1>Servers</h1>
        <span class="quiet">{`${rows.length === all.length ? counted(all.length, "server") : `${count(rows.length)} of ${counted(all.length, "server")}`}, ${count(rows.filter(({ reachable }) => reachable === true).length)} of them answered. Level: server.`}</span>
        <span class="spring" />
        <Compare byId={byId} />
        <ColumnChooser all={known} columns={columns} />
        <button type="button" disabled={crawl === null || rows.length === 0} onClick={() => save(inOrder, columns, crawl!)}>Download CSV</button>
      </div>
      {rows.length === 0
        ? <div class="tools">{all.length === 0
          ? <Empty run="observatory crawl">This crawl knows no server yet.</Empty>
          : <Empty>No server passes the filter. <button type="button" class="plain" onClick={widen}>Show all</button>
            {filter.value.search === undefined ? null : <button type="button" class="plain" onClick={() => narrow({ search: undefined })}>Clear the search</button>}</Empty>}</div>
        : <Grid<ServerRow> label="Servers" columns={columns} rows={inOrder} idOf={({ serverId }) => serverId}
          order={order} onOrder={(next) => setOwn({ sort: next.column === usualOrder.column && next.direction === usualOrder.direction ? "" : orderText(next) }, "replace")}
          onOpen={({ serverId }) => select({ kind: "server", id: serverId })}
          isOpen={({ serverId }) => open.includes(serverId)}
          marks={{ has: (id) => marks.has(id), toggle: toggleMark, label: ({ host }) => `Compare ${shortened(host)}` }} />}
    </>
  )
}

/** Every server in a table: also the accessible twin of network and map. */
const ServersPage = () => {
  const servers = useShownServers()
  return servers.value === null ? <div class="content-pad"><h1>Servers</h1><Loading of={servers} lines={14}>{() => null}</Loading></div> : <List {...servers.value} />
}

export default ServersPage
