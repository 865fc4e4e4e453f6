import type { ClusterDetail } from "../../../src/atlas/shapes/cluster.ts"
import { useCluster } from "../client/atlas.ts"
import { Host } from "../parts/copy-text.tsx"
import { Loading } from "../parts/states.tsx"
import { change, narrow, pageHash, select } from "../state/store.ts"
import { bits, counted, day, probability, sentence, share, unknown } from "../text/format.ts"
import { shortened, shown } from "../text/display.ts"
import { PanelFrame } from "./panel-frame.tsx"
import { Raw } from "./raw.tsx"

const most = 60

const hostOf = (detail: ClusterDetail, id: number): string => detail.members.find(({ serverId }) => serverId === id)?.host ?? `server ${id}`

const Members = ({ detail }: { readonly detail: ClusterDetail }) => (
  <section>
    <h3>{counted(detail.members.length, "server")}</h3>
    <ul class="links">
      {detail.members.slice(0, most).map(({ evidence, host, posterior, serverId }) => (
        <li key={serverId}><button type="button" class="link-row" onClick={() => select({ kind: "server", id: serverId })}>
          <Host text={host} /><span class="figure">{posterior === null ? "" : `p ${probability(posterior)}`}</span>
          {evidence === "" ? null : <span class="quiet">{shown(evidence, 120)}</span>}
        </button></li>
      ))}
    </ul>
    {detail.members.length > most ? <p class="quiet">{`and ${detail.members.length - most} more, in the list of servers`}</p> : null}
  </section>
)

const Why = ({ detail }: { readonly detail: ClusterDetail }) => (
  <section>
    <h3>Why</h3>
    {detail.evidence.length === 0 ? <p class="quiet">{detail.cluster.evidence === null ? "No comparison is kept for this kind of group." : `Shared: ${shown(detail.cluster.evidence)}.`}</p> : null}
    <ul class="links">
      {detail.evidence.map((one) => (
        <li key={one.comparison}>
          <details>
            <summary class="indicator-line"><span>{shown(one.comparison)}<span class="quiet">{` in ${one.links} of ${counted(one.of, "link")}`}</span></span><span class="figure">{bits(one.bits)}</span></summary>
            <div class="evidence-detail">
              <p>{shown(one.definition)}</p>
              {one.values.length === 0 ? null : <p>{`Shared: `}{one.values.map((value, i) => <span key={i} class="mono">{`${i === 0 ? "" : ", "}${shortened(value, 44)}`}</span>)}</p>}
              {one.innocent.length === 0 ? null : <p>{`Innocent causes: ${one.innocent.map((cause) => shown(cause)).join("; ")}.`}</p>}
              {one.rows.map((row, i) => <Raw key={i} value={row} />)}
            </div>
          </details>
        </li>
      ))}
    </ul>
    {detail.evidence.length > 0 ? <p class="says-who">Most bits that a comparison has in one link, and in how many links it counts. Level: server pair.</p> : null}
  </section>
)

const WhyNot = ({ detail }: { readonly detail: ClusterDetail }) => (
  <section>
    <h3>Why not</h3>
    {detail.against.length === 0 ? <p class="quiet">Nothing that was compared speaks against it.</p> : null}
    <ul class="links">
      {detail.against.map((one, i) => (
        <li key={i}>
          <details>
            <summary class="indicator-line"><span>{shown(one.comparison)}<span class="quiet">{` ${shown(one.level)}`}</span></span><span class="figure">{bits(one.bits)}</span></summary>
            <div class="evidence-detail">
              <button type="button" class="plain side" onClick={() => select({ kind: "pair", a: one.a, b: one.b })}>{`${shortened(hostOf(detail, one.a), 26)} and ${shortened(hostOf(detail, one.b), 26)}`}</button>
              <Raw value={one.detail} />
            </div>
          </details>
        </li>
      ))}
    </ul>
    {detail.wouldChange.length === 0 ? null : <><h3>What would change it</h3><ul class="sentences">{detail.wouldChange.map((one) => <li key={one}>{shown(one, 600)}</li>)}</ul></>}
  </section>
)

const Links = ({ detail }: { readonly detail: ClusterDetail }) => detail.links.length === 0 ? null : (
  <section>
    <h3>Pairs it stands on</h3>
    <ul class="links">
      {detail.links.slice(0, most).map((link) => (
        <li key={`${link.a},${link.b}`}><button type="button" class="link-row" onClick={() => select({ kind: "pair", a: link.a, b: link.b })}>
          <span class="mono">{`${shortened(hostOf(detail, link.a), 20)} · ${shortened(hostOf(detail, link.b), 20)}`}</span>
          <span class="figure">{link.sameOperator === null ? bits(link.bits) : `p ${probability(link.sameOperator)}`}</span>
        </button></li>
      ))}
    </ul>
    {detail.links.length > most ? <p class="quiet">{`and ${detail.links.length - most} more`}</p> : null}
  </section>
)

const Content = ({ detail }: { readonly detail: ClusterDetail }) => {
  const { cluster } = detail
  return (
    <>
      <section>
        <p class="verdict">{sentence(shown(cluster.statement))}</p>
        {cluster.mainProbability === null ? null : <p>{`In a hundred starts over clearnet a stock wallet has its main server here at least once with a probability of ${share(cluster.mainProbability)} (model).`}</p>}
        <div class="actions">
          {cluster.kind === "operator" ? <button type="button" onClick={() => narrow({ cluster: [cluster.clusterId] })}>Only these servers</button> : null}
          <a class="button" href={pageHash("network", { selected: { kind: "cluster", id: cluster.clusterId } })}>In the network</a>
          <a class="button" href={pageHash("watched", { selected: { kind: "cluster", id: cluster.clusterId } })}>In time</a>
        </div>
      </section>
      <Why detail={detail} />
      <WhyNot detail={detail} />
      <Members detail={detail} />
      <Links detail={detail} />
      <section>
        <h3>In other crawls</h3>
        {detail.history.length === 0 ? <p class="quiet">In no other crawl of this database.</p> : (
          <table class="plain-table">
            <thead><tr><th scope="col">Crawl</th><th scope="col">Begun</th><th scope="col" class="number">Servers</th><th scope="col" class="number">p</th></tr></thead>
            <tbody>{detail.history.map((one) => (
              <tr key={one.crawlId}>
                <td><button type="button" class="plain" onClick={() => change({ crawl: String(one.crawlId) })}>{one.crawlId}</button></td>
                <td>{day(one.startedAt)}</td><td class="number">{one.servers}</td><td class="number">{one.posterior === null ? unknown : probability(one.posterior)}</td>
              </tr>
            ))}</tbody>
          </table>
        )}
      </section>
    </>
  )
}

const kinds: Readonly<Record<string, string>> = { operator: "Probably one operator" }

/** A group: why, why not, what would change it. */
export const ClusterPanel = ({ id }: { readonly id: number }) => {
  const loaded = useCluster(id)
  const kind = loaded.value?.cluster.kind
  return (
    <PanelFrame kind={kind === undefined ? "Group" : kinds[kind] ?? `${sentence(shown(kind))}, which does not say who runs them`} title={`Group ${id}`}>
      <Loading of={loaded} lines={8}>{(detail) => <Content detail={detail} />}</Loading>
    </PanelFrame>
  )
}
