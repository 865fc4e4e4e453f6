import { defaultOf } from "../../domain/defaults.ts"
import { ipVersion } from "../../domain/address.ts"
import type { ServerEvidence } from "./evidence.ts"

/** Servers that linkage puts under one control, with how sure it is. */
export interface Fleet {
  /** As in table `cluster`. */
  readonly clusterId: number
  readonly serverIds: ReadonlyArray<number>
  /** Probability of one operator, 0 to 1. */
  readonly posterior: number
}

/** What linkage knows of servers that belong together. */
export interface Relations {
  /** Groups of one server, machine or operator: their members are not strangers to each other. */
  readonly related: ReadonlyArray<ReadonlyArray<number>>
  readonly fleets: ReadonlyArray<Fleet>
}

/** For crawls whose operators were not looked for. */
export const noRelations: Relations = { related: [], fleets: [] }

/** Which servers are strangers to each other, and which fleets there are. */
export interface ServerGroups {
  /** Servers with the same label are related. */
  readonly labelOf: (serverId: number) => number
  readonly fleetsOf: ReadonlyMap<number, ReadonlyArray<Membership>>
}

/** A server's place in a fleet. */
export interface Membership {
  readonly fleet: Fleet
  /** The server says itself that it belongs to another one of the fleet: in features, by its domain, or by a text of its own. */
  readonly isStated: boolean
}

/** How many groups of strangers some servers make. */
export const strangers = (groups: ServerGroups, serverIds: ReadonlyArray<number>): number =>
  new Set(serverIds.map(groups.labelOf)).size

const labels = (ids: ReadonlyArray<number>) => {
  const parent = new Map(ids.map((id) => [id, id]))
  const find = (id: number): number => {
    let root = id
    for (let next = parent.get(root) ?? root; next !== root; next = parent.get(root) ?? root) root = next
    parent.set(id, root)
    return root
  }
  const join = (a: number, b: number): void => {
    const [x, y] = [find(a), find(b)]
    // The smaller number is the label, whatever the order of joining.
    if (x !== y) parent.set(Math.max(x, y), Math.min(x, y))
  }
  return { find, join }
}

/** The domain below a public suffix of one label; undefined where anybody gets a name there, and for addresses and onions. */
export const ownDomainOf = (host: string): string | undefined => {
  const parts = host.split(".")
  if (ipVersion(host) !== undefined || host.includes(":") || host.endsWith(".onion") || parts.length < 2) return undefined
  return defaultOf("host name suffix", host) === undefined ? parts.slice(-2).join(".") : undefined
}

/**
 * What servers say of themselves that others of theirs say too: their own
 * domain, texts of their own, and the hosts they claim.
 */
const statementsOf = ({ visits }: ServerEvidence): ReadonlySet<string> =>
  new Set(visits.flatMap(({ banner, claimedHosts, donation, host }) => [
    ...[ownDomainOf(host)].flatMap((domain) => domain === undefined ? [] : [`domain ${domain}`]),
    ...(banner === null ? [] : [`banner ${banner}`]),
    ...(donation === null ? [] : [`donation ${donation}`]),
    `host ${host}`,
    ...(claimedHosts ?? []).map((claimed) => `host ${claimed}`)
  ]))

/** The members of a fleet that say so. */
const membersOf = (fleet: Fleet, servers: ReadonlyMap<number, ServerEvidence>): ReadonlyArray<readonly [number, Membership]> => {
  const own = fleet.serverIds.map((id) => [id, servers.has(id) ? statementsOf(servers.get(id)!) : new Set<string>()] as const)
  const times = new Map<string, number>()
  for (const [, statements] of own) for (const text of statements) times.set(text, (times.get(text) ?? 0) + 1)
  return own.map(([id, statements]) => [id, { fleet, isStated: [...statements].some((text) => times.get(text)! > 1) }])
}

/**
 * Servers that are no strangers to each other: what linkage says, those dialled
 * at one address, and those whose names lie below one domain of their own.
 */
export const serverGroups = (servers: ReadonlyArray<ServerEvidence>, { fleets, related }: Relations): ServerGroups => {
  const { find, join } = labels(servers.map(({ serverId }) => serverId))
  for (const group of [...related, ...fleets.map(({ serverIds }) => serverIds)]) {
    for (const id of group.slice(1)) join(group[0]!, id)
  }
  const seen = new Map<string, number>()
  for (const { serverId, visits } of servers) {
    for (const { address, host } of visits) {
      for (const place of [address === null ? undefined : `address ${address}`, ownDomainOf(host)]) {
        if (place === undefined) continue
        const first = seen.get(place)
        if (first === undefined) seen.set(place, serverId)
        else join(first, serverId)
      }
    }
  }
  const byId = new Map(servers.map((server) => [server.serverId, server]))
  const fleetsOf = new Map<number, Array<Membership>>()
  for (const fleet of fleets) {
    for (const [id, membership] of membersOf(fleet, byId)) {
      const known = fleetsOf.get(id)
      if (known === undefined) fleetsOf.set(id, [membership])
      else known.push(membership)
    }
  }
  return { labelOf: find, fleetsOf }
}
