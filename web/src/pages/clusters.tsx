import { useMemo } from "preact/hooks"
import type { ClusterRow } from "../../../src/atlas/shapes/cluster.ts"
import { useClusters } from "../client/atlas.ts"
import { useShownServers } from "../client/shown-servers.ts"
import { Host } from "../parts/copy-text.tsx"
import { groupColour } from "../parts/group-colour.ts"
import { Empty, Loading } from "../parts/states.tsx"
import { narrowings, own, select, selected, setOwn } from "../state/store.ts"
import { counted, probability, share, unknown } from "../text/format.ts"
import { shown } from "../text/display.ts"

const kinds: ReadonlyArray<readonly [string, string, string]> = [
  ["operator", "Probably one operator", "Pairs whose evidence reaches the threshold, taken together. Level: operator. A probability, never a name."],
  ["shared infrastructure", "Shared infrastructure", "One backend, proxy or host behind several servers, which does not say who runs them. Level: server."],
  ["same machine", "Same machine", "Servers probably on one machine. Level: server."],
  ["shared key", "Shared key", "Servers that presented one public key: one operator, one image or one proxy. Level: server."],
  ["same behaviour", "Same behaviour", "One software in one configuration, whoever runs it. Level: server."]
]

const titleOf = (kind: string): string => kinds.find(([name]) => name === kind)?.[1] ?? kind

const list = (values: ReadonlyArray<string | number>, most = 4): string =>
  values.length === 0 ? unknown : `${values.slice(0, most).join(", ")}${values.length > most ? ` and ${values.length - most} more` : ""}`

const Hosts = ({ hosts }: { readonly hosts: ReadonlyArray<string> }) => (
  <>
    {hosts.slice(0, 2).map((host, i) => <span key={host}>{i === 0 ? "" : ", "}<Host text={host} limit={30} /></span>)}
    {hosts.length > 2 ? <span class="quiet">{` and ${hosts.length - 2} more`}</span> : null}
  </>
)

const Group = ({ of, rank }: { readonly of: ClusterRow; readonly rank: number | null }) => {
  const now = selected.value
  return (
    <li>
      <button type="button" class="group" aria-pressed={now?.kind === "cluster" && now.id === of.clusterId} onClick={() => select({ kind: "cluster", id: of.clusterId })}>
        <span class="group-name">
          {of.kind === "operator" ? <i class="swatch" aria-hidden="true" style={{ background: groupColour(rank) }} /> : null}
          {`Group ${of.clusterId}`}
        </span>
        <span class="figure">{counted(of.servers, "server")}<span class="quiet">{`, ${of.serversReachable} answered`}</span></span>
        <span class="figure">{of.posterior === null ? "" : `p ${probability(of.posterior)}`}
          {of.weakestLink === null || of.servers === 2 ? null : <span class="quiet">{`, weakest link ${probability(of.weakestLink)}`}</span>}</span>
        <span class="group-hosts"><Hosts hosts={of.hosts} /></span>
        <span class="quiet group-more">{[
          of.evidence === null ? null : shown(of.evidence, 120),
          of.implementations.length === 0 ? null : shown(list(of.implementations, 2), 90),
          of.countries.length === 0 ? null : list(of.countries),
          of.asns.length === 0 ? null : list(of.asns.map((asn) => `AS${asn}`), 3),
          of.mainProbability === null ? null : `main server within 100 starts: ${share(of.mainProbability)} (model)`
        ].filter((one) => one !== null).join(" · ")}</span>
      </button>
    </li>
  )
}

const Content = ({ clusters }: { readonly clusters: ReadonlyArray<ClusterRow> }) => {
  const servers = useShownServers().value
  const kind = own("kind") === "" ? "operator" : own("kind")
  const present = useMemo(() => new Map(kinds.map(([name]) => [name, clusters.filter((row) => row.kind === name).length])), [clusters])
  const ranks = servers?.ranks
  const isNarrowed = narrowings.value > 0 && servers !== null
  const left = isNarrowed ? new Set(servers.rows.flatMap(({ hosts }) => hosts)) : null
  const rows = clusters
    .filter((row) => row.kind === kind && (left === null || row.hosts.some((host) => left.has(host))))
    .toSorted((a, b) => b.servers - a.servers || (b.posterior ?? 0) - (a.posterior ?? 0) || a.clusterId - b.clusterId)
  const total = present.get(kind) ?? 0
  return (
    <>
      <div class="tabs" role="group" aria-label="Kind of group">
        {kinds.filter(([name]) => name === "operator" || (present.get(name) ?? 0) > 0).map(([name, title]) => (
          <button key={name} type="button" aria-pressed={kind === name} onClick={() => setOwn({ kind: name === "operator" ? "" : name }, "replace")}>
            {title} <span class="figure quiet">{present.get(name) ?? 0}</span>
          </button>
        ))}
      </div>
      <p class="says-who">{kinds.find(([name]) => name === kind)?.[2] ?? ""}</p>
      {rows.length === 0
        ? total === 0
          ? <Empty run="observatory analyze">{`${titleOf(kind)}: no such group. Either none is found, which a careful operator would want, or the crawl was not analysed.`}</Empty>
          : <Empty>{`None of the ${total} groups has a server that passes the filter.`}</Empty>
        : <ul class="groups">{rows.map((row) => <Group key={row.clusterId} of={row} rank={ranks?.get(row.clusterId) ?? null} />)}</ul>}
      {isNarrowed && rows.length > 0 ? <p class="quiet">{`${rows.length} of ${total} groups have a server that passes the filter; their numbers are of the whole group.`}</p> : null}
    </>
  )
}

/** Groups of servers; opening one says why, why not, and what would change it. */
const ClustersPage = () => (
  <div class="page">
    <header>
      <h1>Clusters</h1>
      <p>Which servers probably have one operator, and which only share something. Open a group to see why, why not, and what would change it.</p>
    </header>
    <Loading of={useClusters()} lines={10}>{(clusters) => <Content clusters={clusters} />}</Loading>
  </div>
)

export default ClustersPage
