import type { SharingGroup } from "../clusters/infrastructure.ts"
import type { OperatorCluster } from "../clusters/operator-clusters.ts"
import { UnionFind } from "../linkage/union-find.ts"
import { type DomainReader, makeDomainReader } from "../traits/registrable-domain.ts"
import type { ServerEvidence } from "./evidence.ts"

/** Servers that linkage puts under one operator. */
export interface Fleet {
  /** As in table `cluster`. */
  readonly clusterId: number
  readonly serverIds: ReadonlyArray<number>
  /** How sure it is of each member, 0 to 1. */
  readonly memberPosterior: ReadonlyMap<number, number>
}

/** What linkage knows of servers that belong together. */
export interface Relations {
  /** Groups of one server, machine, proxy or node: their members are not strangers to each other. */
  readonly related: ReadonlyArray<ReadonlyArray<number>>
  /** Null where operators were not looked for. */
  readonly fleets: ReadonlyArray<Fleet> | null
}

/** For crawls whose operators were not looked for. */
export const noRelations: Relations = { related: [], fleets: null }

/**
 * What the groups of an analysis say about who is a stranger to whom. Servers
 * that only share a node or a proxy, or behave alike, stay strangers.
 *
 * @param clusterIds numbers of the clusters, in their order
 */
export const relationsOf = (
  clusters: ReadonlyArray<Pick<OperatorCluster, "serverIds" | "memberPosterior">>,
  clusterIds: ReadonlyArray<number>,
  groups: ReadonlyArray<SharingGroup>
): Relations => ({
  related: groups.flatMap(({ kind, serverIds }) => kind === "same machine" ? [serverIds] : []),
  fleets: clusters.map(({ memberPosterior, serverIds }, i) => ({ clusterId: clusterIds[i]!, serverIds, memberPosterior }))
})

/** A server's place in a fleet. */
export interface Membership {
  readonly clusterId: number
  readonly servers: number
  readonly posterior: number
  /** The server says itself that it belongs to another one of the fleet: in features, by its domain, or by a text of its own. */
  readonly isStated: boolean
  /** It answered under a name of somebody's own domain; bare addresses, onions and providers' names have no room for whose they are. */
  readonly isNamed: boolean
}

/** Which servers are strangers to each other, and which fleets there are. */
export interface ServerGroups {
  /** Servers with the same label are related. */
  readonly labelOf: (serverId: number) => number
  /** By server; null where operators were not looked for. */
  readonly fleetsOf: ReadonlyMap<number, ReadonlyArray<Membership>> | null
}

/** How many groups of strangers some servers make. */
export const strangers = (groups: ServerGroups, serverIds: ReadonlyArray<number>): number =>
  new Set(serverIds.map(groups.labelOf)).size

/** The domain that somebody registered, undefined where a provider gives names to strangers. */
const ownDomain = (read: DomainReader, host: string): string | undefined => {
  const name = read(host)
  return name === undefined || name.byProvider ? undefined : name.domain
}

/**
 * What servers say of themselves that others of theirs say too: their own
 * domain, texts of their own, and the hosts they claim.
 */
const statementsOf = (read: DomainReader, { visits }: ServerEvidence): ReadonlySet<string> =>
  new Set(visits.flatMap(({ banner, claimedHosts, donation, host }) => {
    const domain = ownDomain(read, host)
    return [
      ...(domain === undefined ? [] : [`domain ${domain}`]),
      ...(banner === null ? [] : [`banner ${banner}`]),
      ...(donation === null ? [] : [`donation ${donation}`]),
      ...[host, ...claimedHosts ?? []].map((claimed) => `host ${claimed}`)
    ]
  }))

const membersOf = (
  { clusterId, memberPosterior, serverIds }: Fleet,
  statements: ReadonlyMap<number, ReadonlySet<string>>
): ReadonlyArray<readonly [number, Membership]> => {
  const own = serverIds.map((id) => [id, statements.get(id) ?? new Set<string>()] as const)
  const times = new Map<string, number>()
  for (const [, texts] of own) for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1)
  return own.map(([id, texts]) => [id, {
    clusterId,
    servers: serverIds.length,
    posterior: memberPosterior.get(id) ?? 0,
    isStated: [...texts].some((text) => times.get(text)! > 1),
    isNamed: [...texts].some((text) => text.startsWith("domain "))
  }])
}

/**
 * Servers that are no strangers to each other: what linkage says, those dialled
 * at one address, and those whose names lie below one domain of their own.
 */
export const serverGroups = (servers: ReadonlyArray<ServerEvidence>, { fleets, related }: Relations): ServerGroups => {
  const read = makeDomainReader()
  const placeOf = new Map(servers.map(({ serverId }, i) => [serverId, i]))
  const groups = new UnionFind(servers.length)
  const join = (a: number, b: number): void => {
    const [x, y] = [placeOf.get(a), placeOf.get(b)]
    if (x !== undefined && y !== undefined) groups.join(x, y)
  }
  for (const [first, ...others] of [...related, ...(fleets ?? []).map(({ serverIds }) => serverIds)]) {
    for (const id of others) join(first!, id)
  }
  const firstAt = new Map<string, number>()
  for (const { serverId, visits } of servers) {
    for (const { address, host } of visits) {
      for (const place of [address === null ? undefined : `address ${address}`, ownDomain(read, host)]) {
        if (place === undefined) continue
        const first = firstAt.get(place)
        if (first === undefined) firstAt.set(place, serverId)
        else join(first, serverId)
      }
    }
  }
  const statements = new Map(servers.map((server) => [server.serverId, statementsOf(read, server)]))
  const members = (fleets ?? []).flatMap((fleet) => membersOf(fleet, statements))
  return {
    labelOf: (serverId) => groups.find(placeOf.get(serverId)!),
    fleetsOf: fleets === null
      ? null
      : new Map([...Map.groupBy(members, ([id]) => id)].map(([id, of]) => [id, of.map(([, membership]) => membership)]))
  }
}
