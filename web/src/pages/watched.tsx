import type { HappenedPage, WatchedPage as Watched } from "../../../src/atlas/shapes/watched.ts"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { useHappened, useLateness, useWatched } from "../client/atlas.ts"
import { useShownServers } from "../client/shown-servers.ts"
import { Chart } from "../parts/chart.tsx"
import { Choice } from "../parts/choice.tsx"
import { Empty, Loading } from "../parts/states.tsx"
import { narrowings, own, selected, setOwn } from "../state/store.ts"
import type { Selection } from "../state/selection.ts"
import { counted, share } from "../text/format.ts"
import { shown } from "../text/display.ts"
import { LatenessComparison, latenessCaveat } from "../watched/lateness.tsx"
import { StripList, stripOrders, type StripOrder } from "../watched/strip-list.tsx"
import { lengthText } from "../watched/strip-model.ts"
import { EventsTable, JointList, Outages, Timeline } from "../watched/timeline.tsx"
import { mostRows, timelineRows, type TimelineRow } from "../watched/timeline-model.ts"
import { chosenWindow, spanText, WindowChoice } from "../watched/window-choice.tsx"

const Withheld = ({ of }: { readonly of: { readonly withheld?: string } }) => of.withheld === undefined ? null : <p class="quiet">{shown(of.withheld, 600)}</p>

const orderOf = (word: string): StripOrder => word in stripOrders ? word as StripOrder : "uptime"

const meanOf = (page: Watched): number | null => {
  const known = page.rows.filter(({ upShare }) => upShare !== null)
  const hours = known.reduce((sum, { observedHours }) => sum + observedHours, 0)
  return hours === 0 ? null : known.reduce((sum, { observedHours, upShare }) => sum + observedHours * upShare!, 0) / hours
}

/** Servers of what is selected; null where nothing is that has several, or one. */
const chosenServers = (selection: Selection | null, all: ReadonlyArray<ServerRow>): ReadonlyArray<TimelineRow> | null => {
  if (selection === null) return null
  const isOf = (row: ServerRow): boolean =>
    selection.kind === "cluster" ? [row.clusterId, row.backendId, row.machineId, row.behaviourClusterId].includes(selection.id)
      : selection.kind === "pair" ? row.serverId === selection.a || row.serverId === selection.b : row.serverId === selection.id
  const rows = all.filter(isOf)
  return rows.length === 0 ? null : rows.map(({ host, serverId }) => ({ host, serverId }))
}

const chosenText = (selection: Selection | null): string =>
  selection === null ? `At most ${mostRows} servers: first those that something happened to together with others.`
    : selection.kind === "cluster" ? `The servers of group ${selection.id}, which is selected.` : selection.kind === "pair" ? "The two servers that are compared." : "The server that is selected."

/** Of a pair or group only its servers, side by side. */
const Strips = ({ all, left, page }: { readonly page: Watched; readonly left: ReadonlySet<number> | null; readonly all: ReadonlyArray<ServerRow> }) => {
  const several = selected.value?.kind === "server" ? null : chosenServers(selected.value, all)
  const chosen = several === null ? left : new Set(several.map(({ serverId }) => serverId))
  const rows = chosen === null ? page.rows : page.rows.filter(({ serverId }) => chosen.has(serverId))
  const order = orderOf(own("order"))
  return (
    <Chart title="When servers answered" level="server" query="watched-uptime"
      shows={`${several === null ? "" : `${chosenText(selected.value)} `}One strip a watched server, one step for ${lengthText(page.stepMs)}: ${spanText(page)}.`}
      caveat="Uptime is of the observed time alone: what is not known counts for nothing. That a server did not answer us is not that it was down for others. Restarts show over held connections only.">
      <div class="watched-tools">
        <Choice label="Order" value={order} options={Object.entries(stripOrders).map(([id, [title]]) => [id, title] as const)} onChoose={(value) => setOwn({ order: value === "uptime" ? "" : value })} />
        <span class="quiet">{`${rows.length === page.rows.length ? counted(rows.length, "server") : `${rows.length} of ${counted(page.rows.length, "server")}`} watched${page.unwatched === 0 ? "" : `; ${counted(page.unwatched, "other confirmed server was", "other confirmed servers were")} not looked at`}. All that are watched together answered ${share(meanOf(page))} of the observed time.`}</span>
      </div>
      {rows.length === 0 ? <p class="quiet">{several === null ? "No watched server passes the filter." : "Nobody watched them in this time."}</p> : <StripList page={page} rows={rows} order={order} />}
      <Withheld of={page} />
    </Chart>
  )
}

const Happened = ({ all, left, page }: { readonly page: HappenedPage; readonly left: ReadonlySet<number> | null; readonly all: ReadonlyArray<ServerRow> }) => {
  const chosen = chosenServers(selected.value, all)
  const rows = timelineRows(page, chosen, (id) => left === null || left.has(id))
  const ids = new Set(rows.map(({ serverId }) => serverId))
  const within = chosen !== null || left !== null ? ids : null
  const events = page.events.filter(({ serverId }) => within === null || ids.has(serverId))
  return (
    <>
      <Chart title="What happened when" level="server and time" query="watched-events"
        shows={`${chosenText(chosen === null ? null : selected.value)} Each sign is at the look that saw it; a line before it leads back to the last look that did not.`}
        caveat="What an outage of many explains is hollow and counts for nothing. The same at the same time is weak evidence by itself: machines restart by the clock, and releases come out for all.">
        {rows.length === 0 ? <p class="quiet">Nothing happened to these servers in this time.</p> : <Timeline page={page} rows={rows} />}
        <details>
          <summary>{counted(events.length, "event")} as a table</summary>
          <EventsTable events={events} leftOut={page.leftOut} />
        </details>
        <Withheld of={page} />
      </Chart>
      <Chart title="At once" level="group of servers" shows="The same happened to several servers within a minute of each other, and no outage of many explains it, newest first: what comparison “joint events” of the operator analysis looks at."
        caveat="An upgrade is at the restart from which the new software ran.">
        <JointList page={page} within={within} />
      </Chart>
      <Chart title="Outages of many" level="group of servers" shows="Most of the servers that were up fell silent at one time: everywhere (then it was our own line, and their silence is not known), or in one system or country."
        caveat="Two servers of one system that fall silent together are taken for an outage of that system.">
        <Outages outages={page.outages} />
      </Chart>
    </>
  )
}

const Content = ({ page }: { readonly page: Watched }) => {
  const window = chosenWindow()
  const servers = useShownServers().value
  const happened = useHappened(window)
  const lateness = useLateness(window)
  if (page.vantage === null) return <Empty run="observatory watch">Nobody watched this network: a crawl asks each server once.</Empty>
  const left = narrowings.value > 0 && servers !== null ? new Set(servers.rows.map(({ serverId }) => serverId)) : null
  return (
    <>
      <Strips page={page} left={left} all={servers?.all ?? []} />
      <Loading of={happened} lines={8}>{(value) => <Happened page={value} left={left} all={servers?.all ?? []} />}</Loading>
      <Chart title="How late new tips came" level="server" shows="For each server with a held connection, by how much later than the median of its implementation's servers it announced new blocks: a line for eight tenths of its blocks, a box for half of them, a stroke for the median." caveat={latenessCaveat}>
        <Loading of={lateness} lines={6}>{(value) => <><LatenessComparison page={value} left={left} /><Withheld of={value} /></>}</Loading>
      </Chart>
    </>
  )
}

/** What a watch saw of servers over time. */
const WatchedPage = () => {
  const window = chosenWindow()
  return (
    <div class="page wide">
      <header class="watched-tools">
        <h1>Watched time</h1>
        <span class="spring" />
        <WindowChoice />
      </header>
      <Loading of={useWatched(window)} lines={14}>{(page) => <Content page={page} />}</Loading>
    </div>
  )
}

export default WatchedPage
