import { useState } from "preact/hooks"
import type { WatchedServer } from "../../../src/atlas/shapes/watched.ts"
import { useWatchedServer } from "../client/atlas.ts"
import { Loading } from "../parts/states.tsx"
import { WideTable } from "../parts/wide-table.tsx"
import { pageHash } from "../state/store.ts"
import { counted, decimal } from "../text/format.ts"
import { shortened, shown } from "../text/display.ts"
import { LatenessBars, latenessCaveat } from "./lateness.tsx"
import { lateWords } from "./lateness-model.ts"
import { Stepper } from "./stepper.tsx"
import { StripKey } from "./strip.tsx"
import { partsOfStretches, partText, stripText, uptimeText } from "./strip-model.ts"
import { EventsTable } from "./timeline.tsx"
import { chosenWindow, WindowChoice } from "./window-choice.tsx"

type Endpoint = WatchedServer["endpoints"][number]

const mostStretches = 60

const Strip = ({ of }: { readonly of: Endpoint }) => {
  const [says, setSays] = useState<string | null>(null)
  const parts = partsOfStretches(of.stretches)
  const telling = parts.filter(({ state }) => state !== "u").toReversed()
  return (
    <>
      <Stepper label={`${shown(of.host, 80)}: ${stripText(of)}. Arrow keys walk through its time`} parts={parts} onSay={setSays} />
      <p class="stepper-says">{says ?? `${stripText(of).replace(/^a/, "A")}.`}</p>
      {telling.length === 0 ? null : (
        <details>
          <summary>{`${counted(telling.length, "stretch", "stretches")} in which it did not answer or that is not known`}</summary>
          <ul class="sentences">{telling.slice(0, mostStretches).map((part) => <li key={part.from}>{shown(partText(part), 300)}</li>)}</ul>
          {telling.length + of.stretchesLeftOut > mostStretches ? <p class="quiet">{`and ${telling.length + of.stretchesLeftOut - mostStretches} older ones`}</p> : null}
        </details>
      )}
    </>
  )
}

const Reliabilities = ({ of: { reliability } }: { readonly of: Endpoint }) => reliability.length === 0 ? null : (
  <>
    <WideTable>
      <table class="plain-table">
        <thead><tr><th scope="col">A look counts 1/e after</th><th scope="col" class="number">Answered</th><th scope="col" class="number">Evidence</th></tr></thead>
        <tbody>
          {reliability.map(({ evidenceHours, share: value, window }) => (
            <tr key={window}><td>{window}</td><td class="number">{value === null ? <span class="quiet">unknown</span> : uptimeText(value)}</td><td class="number quiet">{`${decimal(evidenceHours)} h`}</td></tr>
          ))}
        </tbody>
      </table>
    </WideTable>
    <p class="says-who">Reliability as the watch last worked it out, whichever window is shown: share of the observed time in which it answered, older looks counting less. Little evidence means little. Level: server.</p>
  </>
)

const Lateness = ({ of: { limitMs, rows } }: { readonly of: WatchedServer["lateness"] }) => (
  <>
    {rows.map((row) => (
      <div key={row.endpointId}>
        <h4>New tips</h4>
        <LatenessBars row={row} limitMs={limitMs} />
        <p>{`In the median of ${counted(row.blocks, "block")} its new tip came ${lateWords(row.median)} the median of ${shown(row.implementation, 60)} servers.`}</p>
        <p class="says-who">{`${latenessCaveat} Level: server.`}</p>
      </div>
    ))}
  </>
)

const Content = ({ detail }: { readonly detail: WatchedServer }) => {
  if (detail.vantage === null) return <p class="quiet">Nobody watched this network. To fill it: <code>observatory watch</code></p>
  if (detail.endpoints.length === 0) return <p class="quiet">{detail.withheld === undefined ? "Nobody looked at it in this time." : shown(detail.withheld, 600)}</p>
  return (
    <>
      {detail.endpoints.map((endpoint) => (
        <div key={endpoint.endpointId}>
          {detail.endpoints.length > 1 ? <p class="quiet mono">{`${shortened(endpoint.host, 40)}:${endpoint.port}`}</p> : null}
          <Strip of={endpoint} />
          <Reliabilities of={endpoint} />
        </div>
      ))}
      <details><summary>What the marks mean</summary><StripKey /></details>
      <Lateness of={detail.lateness} />
      {detail.events.length === 0 ? <p class="quiet">Nothing else happened to it in this time.</p> : (
        <details>
          <summary>{counted(detail.events.length + detail.leftOut, "event")}</summary>
          <EventsTable events={detail.events} leftOut={detail.leftOut} withHost={false} />
        </details>
      )}
      <p><a href={pageHash("watched", { selected: { kind: "server", id: detail.serverId } })}>Beside other servers</a></p>
    </>
  )
}

/** What a watch saw of one server: its strip, reliabilities, tips and events. */
const ServerWatched = ({ id }: { readonly id: number }) => (
  <section>
    <h3>Watched time <WindowChoice /></h3>
    <Loading of={useWatchedServer(id, chosenWindow())} lines={3}>{(detail) => <Content detail={detail} />}</Loading>
  </section>
)

export default ServerWatched
