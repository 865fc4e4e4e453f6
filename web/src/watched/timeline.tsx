import { useMemo } from "preact/hooks"
import type { HappenedPage, HappenedRow, OutageRow } from "../../../src/atlas/shapes/watched.ts"
import { Host } from "../parts/copy-text.tsx"
import { WideTable } from "../parts/wide-table.tsx"
import { select } from "../state/store.ts"
import { counted, share, time } from "../text/format.ts"
import { shortened, shown } from "../text/display.ts"
import { lengthText } from "./strip-model.ts"
import { type DrawnKind, drawnKinds, isDrawn, isInJoint, ticksOf, tickText, type TimelineRow } from "./timeline-model.ts"

const rowHeight = 26
const axisHeight = 22

const paths = {
  circle: "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0",
  triangle: "M0,-5L5,4L-5,4Z",
  square: "M-4,-4H4V4H-4Z",
  diamond: "M0,-5.5L5.5,0L0,5.5L-5.5,0Z",
  star: "M0,-6L1.8,-1.8L6,0L1.8,1.8L0,6L-1.8,1.8L-6,0L-1.8,-1.8Z",
  cross: "M-4,-4L4,4M-4,4L4,-4",
  plus: "M0,-5V5M-5,0H5"
} as const

/** When an event was, as far as looks tell. */
const whenText = ({ earliest, latest }: HappenedRow): string => {
  const within = Date.parse(latest) - Date.parse(earliest)
  return within < 60_000 ? time(latest) : `${time(latest)}, within the ${lengthText(within)} before`
}

const changeText = ({ after, before }: HappenedRow): string =>
  [before === null ? null : shortened(before, 30), after === null ? null : shortened(after, 30)].filter((one) => one !== null).join(" → ")

const outageText = ({ from, over, silent, to, up, where }: OutageRow): string =>
  `${where === null ? "Our own line" : `The network of ${shown(where, 60)}`}: ${time(from)} to ${over === false ? "now" : time(to)}${silent === null ? "" : `, ${silent} of ${counted(up ?? silent, "server")} that were up fell silent`}`

export const Outages = ({ outages }: { readonly outages: ReadonlyArray<OutageRow> }) => outages.length === 0
  ? <p class="quiet">No outage of many in this time.</p>
  : <ul class="sentences">{outages.map((one) => <li key={`${one.from} ${one.where}`}>{outageText(one)}.</li>)}</ul>

const Sign = ({ event, joint, x, y }: { readonly event: HappenedRow; readonly joint: boolean; readonly x: string; readonly y: number }) => (
  <svg x={x} y={y} overflow="visible">
    <title>{`${shown(event.host, 60)}: ${event.kind}, ${whenText(event)}${event.cause === null ? "" : `; explained by: ${shown(event.cause, 60)}`}${joint ? "; together with others" : ""}`}</title>
    <path class={`event${event.cause === null ? "" : " explained"}${joint ? " in-joint" : ""}`} d={paths[drawnKinds[event.kind as DrawnKind]]} />
  </svg>
)

/** Bands behind the picture. */
const OutageBands = ({ page: { from, outages, until } }: { readonly page: HappenedPage }) => {
  const [begin, end] = [Date.parse(from!), Date.parse(until!)]
  const percent = (ms: number): number => 100 * Math.max(0, Math.min(1, ms / (end - begin || 1)))
  return (
    <>
      {outages.map((outage) => {
        const left = percent(Date.parse(outage.from) - begin)
        return <span key={`${outage.from} ${outage.where}`} class="timeline-outage" data-ours={outage.where === null} title={outageText(outage)} aria-hidden="true"
          style={{ left: `${left.toFixed(3)}%`, width: `${(percent(Date.parse(outage.to) - begin) - left).toFixed(3)}%` }} />
      })}
    </>
  )
}

const Picture = ({ page, rows }: { readonly page: HappenedPage; readonly rows: ReadonlyArray<TimelineRow> }) => {
  const [from, until] = [Date.parse(page.from!), Date.parse(page.until!)]
  const at = (iso: string): string => `${(100 * Math.max(0, Math.min(1, (Date.parse(iso) - from) / (until - from || 1)))).toFixed(3)}%`
  const placeOf = new Map(rows.map(({ serverId }, i) => [serverId, i]))
  const middle = (place: number): number => axisHeight + place * rowHeight + rowHeight / 2
  const height = axisHeight + rows.length * rowHeight
  const drawn = page.events.filter((event) => isDrawn(event) && placeOf.has(event.serverId))
  return (
    <svg class="timeline-picture" width="100%" height={height} role="img"
      aria-label={`${counted(drawn.length, "event")} of ${counted(rows.length, "server")} in time; the same are in the table below`}>
      {ticksOf(from, until).map((tick) => {
        const x = at(new Date(tick).toISOString())
        return <g key={tick}><line class="rule" x1={x} x2={x} y1={axisHeight - 6} y2={height} /><text x={x} y="11" text-anchor={Number.parseFloat(x) > 94 ? "end" : "middle"}>{tickText(tick)}</text></g>
      })}
      {rows.map((row, i) => <line key={row.serverId} class="rule" x1="0" x2="100%" y1={axisHeight + (i + 1) * rowHeight - 0.5} y2={axisHeight + (i + 1) * rowHeight - 0.5} />)}
      {page.joint.map((joint) => {
        const places = joint.servers.flatMap(({ serverId }) => placeOf.get(serverId) ?? [])
        return places.length < 2 ? null : (
          <line key={`${joint.at} ${joint.kind}`} class="joint" x1={at(joint.at)} x2={at(joint.at)} y1={middle(Math.min(...places))} y2={middle(Math.max(...places))}>
            <title>{`${shown(joint.kind, 80)} of ${joint.servers.length + joint.leftOut} servers, ${time(joint.at)}`}</title>
          </line>
        )
      })}
      {drawn.map((event) => {
        const y = middle(placeOf.get(event.serverId)!)
        return (
          <g key={`${event.endpointId} ${event.kind} ${event.latest}`}>
            {Date.parse(event.latest) - Date.parse(event.earliest) < 60_000 ? null : <line class="span" x1={at(event.earliest)} x2={at(event.latest)} y1={y} y2={y} />}
            <Sign event={event} joint={isInJoint(event, page.joint)} x={at(event.latest)} y={y} />
          </g>
        )
      })}
    </svg>
  )
}

const Key = () => (
  <ul class="strip-key" aria-label="What the signs mean">
    {Object.entries(drawnKinds).map(([kind, sign]) => (
      <li key={kind}><svg class="timeline-picture" width="14" height="14" aria-hidden="true"><svg x="7" y="7" overflow="visible"><path class="event" d={paths[sign]} /></svg></svg> {kind}</li>
    ))}
    <li><svg class="timeline-picture" width="14" height="14" aria-hidden="true"><svg x="7" y="7" overflow="visible"><path class="event explained" d={paths.circle} /></svg></svg> hollow: an outage of many explains it, which counts for nothing</li>
    <li><svg class="timeline-picture" width="14" height="14" aria-hidden="true"><line class="joint" x1="7" x2="7" y1="0" y2="14" /></svg> the same to several within a minute</li>
  </ul>
)

/** Servers one below the other with what happened to each; what happened to several at once is joined. */
export const Timeline = ({ page, rows }: { readonly page: HappenedPage; readonly rows: ReadonlyArray<TimelineRow> }) => (
  <>
    <Key />
    <div class="timeline">
      <ul style={{ paddingTop: `${axisHeight}px` }}>
        {rows.map(({ host, serverId }) => (
          <li key={serverId}><button type="button" class="plain" onClick={() => select({ kind: "server", id: serverId })}><Host text={host} limit={30} /></button></li>
        ))}
      </ul>
      <div class="timeline-frame"><OutageBands page={page} /><Picture page={page} rows={rows} /></div>
    </div>
  </>
)

const mostJoint = 60

/** What happened to several servers at once, in words. */
export const JointList = ({ page, within }: { readonly page: HappenedPage; readonly within: ReadonlySet<number> | null }) => {
  const joint = page.joint.filter(({ servers }) => within === null || servers.filter(({ serverId }) => within.has(serverId)).length > 1)
  if (joint.length === 0) return <p class="quiet">Nothing happened to several of them within one minute, but for outages of many.</p>
  return (
    <>
      <ul class="links">
        {joint.slice(0, mostJoint).map(({ at, baseRate, kind, leftOut, oneSystem, servers }) => (
          <li key={`${at} ${kind}`}>
            <p class="joint-line">
              <span class="figure">{time(at)}</span>{` ${shown(kind, 80)}: `}
              {servers.map(({ host, serverId }, i) => <span key={serverId}>{i === 0 ? "" : ", "}<button type="button" class="plain" onClick={() => select({ kind: "server", id: serverId })}><Host text={host} limit={30} /></button></span>)}
              {leftOut === 0 ? null : ` and ${counted(leftOut, "more server")}`}
              {servers.length === 2 && leftOut === 0 ? <>{" "}<button type="button" onClick={() => select({ kind: "pair", a: servers[0]!.serverId, b: servers[1]!.serverId })}>Compare</button></> : null}
              <span class="quiet">{` By chance the like happens to another within a minute with ${share(baseRate)}.${oneSystem && !kind.startsWith("new ") ? " All are in one system, where a rack or a line fails for all: no evidence of one operator." : ""}`}</span>
            </p>
          </li>
        ))}
      </ul>
      {joint.length > mostJoint || page.jointLeftOut > 0 ? <p class="quiet">{`and ${Math.max(0, joint.length - mostJoint) + page.jointLeftOut} older ones`}</p> : null}
    </>
  )
}

const mostInTable = 300

/** All events of the shown servers as a table, for those who read them. */
export const EventsTable = ({ events, leftOut, withHost = true }: { readonly events: ReadonlyArray<HappenedRow>; readonly leftOut: number; readonly withHost?: boolean }) => {
  const rows = useMemo(() => events.slice(0, mostInTable), [events])
  const rest = events.length - rows.length + leftOut
  return (
    <>
      <WideTable>
        <table class="plain-table">
          <thead><tr><th scope="col">When</th>{withHost ? <th scope="col">Server</th> : null}<th scope="col">What</th><th scope="col">Before → after</th><th scope="col">Explained by</th></tr></thead>
          <tbody>
            {rows.map((event) => (
              <tr key={`${event.endpointId} ${event.kind} ${event.latest} ${event.earliest}`}>
                <td class="figure">{whenText(event)}</td>
                {withHost ? <td><Host text={event.host} limit={30} /></td> : null}
                <td>{event.kind}</td>
                <td class="mono">{changeText(event)}</td>
                <td>{event.cause === null ? <span class="quiet">nothing known</span> : shown(event.cause, 60)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
      {rest > 0 ? <p class="quiet">{`and ${counted(rest, "older event")}: query watched-events has all`}</p> : null}
    </>
  )
}
