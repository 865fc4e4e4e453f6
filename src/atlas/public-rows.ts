import { type KnownCluster, withMembers } from "./read-clusters.ts"
import type { GraphEdges } from "./shapes/graph-bytes.ts"
import type { ServerRow } from "./shapes/server-row.ts"
import { scrubbed, type Withholding } from "./withholding.ts"

/** Whether a group says something about operators or joins, not only about software. */
const isVerdict = (kind: string): boolean => kind !== "same behaviour"

/**
 * Members of a group that may be shown in it; none where nobody may know of it.
 * Of clearnet members and onions together only those onions that claim one of
 * these and are claimed by it.
 */
const publicMembers = ({ row, serverIds }: KnownCluster, { isOnion, mayJoin, optedOut, servers }: Withholding): ReadonlyArray<number> => {
  if (row.kind === "operator" && serverIds.some((id) => optedOut.has(id))) return []
  const visible = serverIds.filter((id) => !servers.has(id))
  const clearnet = visible.filter((id) => !isOnion(id))
  if (!isVerdict(row.kind) || clearnet.length === 0) return visible
  return visible.filter((id) => !isOnion(id) || clearnet.some((other) => mayJoin(id, other)))
}

/** The groups that may be shown, each with the members that may be shown in it. */
export const publicClusters = (
  clusters: ReadonlyArray<KnownCluster>,
  withholding: Withholding,
  servers: ReadonlyMap<number, ServerRow>
): ReadonlyArray<KnownCluster> =>
  clusters.flatMap((cluster) => {
    const members = publicMembers(cluster, withholding)
    return members.length < 2 ? [] : [scrubbed(withMembers(cluster.row, members, servers), withholding.hosts)]
  })

/** Cities are shown of datacentres only: elsewhere they say where somebody lives. */
const isDatacentre = ({ cloud }: ServerRow): boolean => cloud !== null

const noPlace = { country: null, city: null, latitude: null, longitude: null, asn: null, org: null, cloud: null }

/** Hosts that are not shown with their servers, of servers that are shown. */
export const hiddenHosts = (rows: ReadonlyArray<ServerRow>, { shown }: Withholding): ReadonlyArray<{ readonly serverId: number; readonly host: string }> =>
  rows.flatMap(({ hosts, serverId }) => {
    const own = shown.get(serverId)
    const names = new Set(own?.map(({ host }) => host))
    return own === undefined ? [] : hosts.flatMap((host) => names.has(host) ? [] : [{ serverId, host }])
  })

/**
 * A server as it may be shown, of a row that was read without its hidden hosts, and without what clusters say of it; null for one that may not. */
export const publicServer = (row: ServerRow, { hosts, servers, shown }: Withholding): ServerRow | null => {
  const own = shown.get(row.serverId) ?? []
  if (servers.has(row.serverId) || own.length === 0) return null
  const names = own.map(({ host }) => host)
  const ownAddresses = new Set(own.flatMap(({ addresses, host }) => [host, ...addresses]))
  return {
    ...row,
    host: names.includes(row.host) ? row.host : names[0]!,
    hosts: row.hosts.filter((host) => names.includes(host)),
    networkClasses: [...new Set(own.map(({ networkClass }) => networkClass))].toSorted(),
    endpoints: own.reduce((sum, { endpoints }) => sum + endpoints, 0),
    endpointsReachable: own.reduce((sum, { endpointsReachable }) => sum + endpointsReachable, 0),
    confirmed: row.confirmed && own.some(({ endpointsReachable }) => endpointsReachable > 0),
    software: scrubbed(row.software, hosts),
    addresses: row.addresses.filter((address) => ownAddresses.has(address) && scrubbed(address, hosts) === address),
    ...(isDatacentre(row) ? {} : { city: null, latitude: null, longitude: null }),
    // Which of its addresses a place is of is not kept: it may be that of the host that is hidden.
    ...(row.addresses.every((address) => ownAddresses.has(address)) ? {} : noPlace),
    notes: 0
  }
}

/** Servers with only those groups that are shown with them. */
export const inPublicGroups = (rows: ReadonlyArray<ServerRow>, clusters: ReadonlyArray<KnownCluster>): ReadonlyArray<ServerRow> => {
  const shown = new Map(clusters.map(({ row, serverIds }) => [row.clusterId, new Set(serverIds)]))
  const kept = (clusterId: number | null, serverId: number): number | null =>
    clusterId !== null && shown.get(clusterId)?.has(serverId) === true ? clusterId : null
  return rows.map((row) => {
    const clusterId = kept(row.clusterId, row.serverId)
    return {
      ...row,
      clusterId,
      operatorPosterior: clusterId === null ? null : row.operatorPosterior,
      backendId: kept(row.backendId, row.serverId),
      machineId: kept(row.machineId, row.serverId),
      behaviourClusterId: kept(row.behaviourClusterId, row.serverId)
    }
  })
}

/** The announcements among the servers that are kept, numbered anew. */
export const edgesAmong = ({ mutual, offsets, shares, targets }: GraphEdges, isKept: (place: number) => boolean): GraphEdges => {
  const places = new Map<number, number>()
  for (let i = 0; i + 1 < offsets.length; i++) if (isKept(i)) places.set(i, places.size)
  const kept: Array<number> = []
  const starts = new Uint32Array(places.size + 1)
  for (const [i, place] of places) {
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) if (places.has(targets[k]!)) kept.push(k)
    starts[place + 1] = kept.length
  }
  return {
    offsets: starts,
    targets: Uint32Array.from(kept, (k) => places.get(targets[k]!)!),
    shares: Uint8Array.from(kept, (k) => shares[k]!),
    mutual: Uint8Array.from(kept, (k) => mutual[k]!)
  }
}
