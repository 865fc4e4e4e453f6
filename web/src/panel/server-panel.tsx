import type { ServerDetail } from "../../../src/atlas/shapes/server-detail.ts"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { useServer } from "../client/atlas.ts"
import { CopyText, Host } from "../parts/copy-text.tsx"
import { Score } from "../parts/score.tsx"
import { lazy } from "../parts/lazy.tsx"
import { Loading } from "../parts/states.tsx"
import { hidden, pageHash, pinned, select, toggleHidden, togglePinned } from "../state/store.ts"
import { answered, count, counted, decimal, probability, sentence, share, time, unknown } from "../text/format.ts"
import { shown } from "../text/display.ts"
import { Compare } from "./compare.tsx"
import { Endpoints } from "./endpoints.tsx"
import { Notes } from "./notes.tsx"
import { otherHosts } from "./other-hosts.ts"
import { PanelFrame } from "./panel-frame.tsx"
import { Announcements, Certificates, History, Listings, Visits } from "./server-records.tsx"
import { ServerScore } from "./server-score.tsx"

const ServerWatched = lazy<{ readonly id: number }>(() => import("../watched/server-watched.tsx"))

const place = ({ asn, city, country, org }: ServerRow): string =>
  [country, city === null ? null : `${city} (approximate)`, asn === null ? null : `AS${asn}`, org].filter((one) => one !== null).join(", ")

const facts = (row: ServerRow): ReadonlyArray<readonly [string, string | null]> => [
  ["Implementation", row.implementation === null ? null : [row.implementation, row.versionRange].filter((one) => one !== null).join(" ")],
  ["Says it is", row.software],
  ["Protocol", row.protocol],
  ["Place", place(row) || null],
  ["Addresses", row.addresses.length === 0 ? null : row.addresses.join(", ")],
  ["Latency", row.latencyMs === null ? null : `${decimal(row.latencyMs, 0)} ms`],
  ["Named by", `${counted(row.namedBy, "server")}; names ${count(row.names)}`],
  ["Uptime", row.uptimeShare === null ? null : `${share(row.uptimeShare)} of ${counted(row.uptimeObservations ?? 0, "observation")}`],
  ["Last seen", row.lastSeen === null ? null : time(row.lastSeen)]
]

const Actions = ({ id }: { readonly id: number }) => (
  <div class="actions">
    <a class="button" href={pageHash("network", { selected: { kind: "server", id } })}>In the network</a>
    <a class="button" href={pageHash("map", { selected: { kind: "server", id } })}>On the map</a>
    <button type="button" aria-pressed={hidden.value.has(id)} onClick={() => toggleHidden([id])}>{hidden.value.has(id) ? "Show in pictures" : "Hide in pictures"}</button>
    <button type="button" aria-pressed={pinned.value.has(id)} onClick={() => togglePinned([id])}>{pinned.value.has(id) ? "Unpin" : "Pin its place"}</button>
  </div>
)

const Pairs = ({ detail: { pairs, server } }: { readonly detail: ServerDetail }) => (
  <section>
    <h3>Probably one operator with</h3>
    {server.clusterId === null
      ? <p class="quiet">In no group: no pair reaches the threshold, which is not the same as alone.</p>
      : <p><button type="button" class="plain" onClick={() => select({ kind: "cluster", id: server.clusterId! })}>{`Group ${server.clusterId}`}</button>
        {server.operatorPosterior === null ? null : `, p ${probability(server.operatorPosterior)}`}</p>}
    {pairs.length === 0 ? <p class="quiet">No pair with it was kept.</p> : (
      <ul class="links">
        {pairs.slice(0, 30).map(({ heldBy, host, sameOperator, serverId, sharedInfrastructure }) => (
          <li key={serverId}>
            <button type="button" class="link-row" onClick={() => select({ kind: "pair", a: server.serverId, b: serverId })}>
              <Host text={host} limit={34} />
              <span class="figure">{sameOperator === null ? unknown : `p ${probability(sameOperator)}`}</span>
              {heldBy === null && (sharedInfrastructure ?? 0) < 0.5 ? null : (
                <span class="quiet">{[heldBy === null ? null : `held down: ${shown(heldBy, 90)}`, (sharedInfrastructure ?? 0) >= 0.5 ? `shared infrastructure p ${probability(sharedInfrastructure)}` : null].filter((one) => one !== null).join("; ")}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
    )}
    {pairs.length > 30 ? <p class="quiet">{`and ${pairs.length - 30} less probable pairs`}</p> : null}
    <Compare id={server.serverId} />
  </section>
)

const Content = ({ detail }: { readonly detail: ServerDetail }) => {
  const { server } = detail
  const others = otherHosts(server)
  return (
    <>
      <section>
        <p>{`${sentence(answered(server.reachable))}${server.reason === null ? "" : `: ${shown(server.reason)}`}.${server.confirmed ? "" : " Unconfirmed: only announced."} `}
          <span class="score-line">Suspicion <Score value={server.score} /></span></p>
        {others.length > 0 ? <p class="quiet">{`Also known as ${others.map((host) => shown(host, 90)).join(", ")}.`}</p> : null}
        <dl class="facts">
          {facts(server).map(([name, value]) => (
            <div key={name}><dt>{name}</dt><dd>{value === null ? <span class="quiet">{unknown}</span> : shown(value, 400)}</dd></div>
          ))}
        </dl>
        <Actions id={server.serverId} />
      </section>
      <ServerWatched id={server.serverId} />
      <Pairs detail={detail} />
      <ServerScore detail={detail} />
      <Endpoints endpoints={detail.endpoints} />
      <Visits visits={detail.visits} />
      <Certificates certificates={detail.certificates} />
      <Announcements detail={detail} />
      <History history={detail.history} />
      <Listings listings={detail.listings} />
      {detail.withheld === undefined ? null : <p class="quiet">{shown(detail.withheld, 400)}</p>}
      <Notes serverId={server.serverId} notes={detail.notes} />
    </>
  )
}

/** One server: every field with its reason when it is not known, evidence, history, notes. */
export const ServerPanel = ({ id }: { readonly id: number }) => {
  const loaded = useServer(id)
  return (
    <PanelFrame kind={`Server ${id}`} title={loaded.value === null ? "" : <CopyText text={loaded.value.server.host} limit={60} />}>
      <Loading of={loaded} lines={10}>{(detail) => <Content detail={detail} />}</Loading>
    </PanelFrame>
  )
}
