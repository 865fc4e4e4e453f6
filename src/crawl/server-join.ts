import { addressScope, isServerAddress } from "../domain/address.ts"
import { endpointKey } from "../domain/endpoint.ts"
import { isOnion, parseHost } from "../domain/host.ts"
import type { Server, ServerEvidence } from "../domain/server.ts"
import type { JoinRow } from "../store/store.ts"
import { partsOfHost } from "./host-parts.ts"

/** Visits that started this close together count as "in the same minute". */
const sameMinuteMs = 60_000

interface JoinedRow extends JoinRow {
  readonly key: string
  /** Claimed hosts in canonical form, those left out that name no host the world could reach. */
  readonly claims: ReadonlySet<string>
  /** Keys of the endpoints that it claims at these hosts. */
  readonly claimedKeys: ReadonlySet<string>
}

/** The endpoints of one host on one chain that do not contradict each other: never torn apart. */
interface HostGroup {
  readonly host: string
  readonly chain: string | null
  readonly rows: ReadonlyArray<JoinedRow>
}

/** Why two groups are one server, and which endpoint of each shows it. */
interface Link {
  readonly from: HostGroup
  readonly to: HostGroup
  readonly fromKey: string
  readonly toKey: string
  readonly evidence: ServerEvidence
}

const byText = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

/** Bind addresses (`0.0.0.0`, `127.0.0.1`) and words are what default configurations of strangers have in common. */
export const publicClaims = (claimed: ReadonlyArray<string>): ReadonlySet<string> => {
  const claims = new Set<string>()
  for (const text of claimed) {
    const host = parseHost(text)
    if (typeof host === "object" && (addressScope(host.text) === undefined || isServerAddress(host.text, true))) claims.add(host.text)
  }
  return claims
}

/** Each claimed host with the ports claimed for it, as keys of endpoints. */
const keysOfClaims = (claimed: JoinRow["claimedHosts"], claims: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(claimed.flatMap(({ host: text, tcpPort, tlsPort, wsPort, wssPort }) => {
    const host = parseHost(text)
    if (typeof host === "string" || !claims.has(host.text)) return []
    return ([["tcp", tcpPort], ["tls", tlsPort], ["ws", wsPort], ["wss", wssPort]] as const)
      .flatMap(([transport, port]) => port === null ? [] : [endpointKey({ host: host.text, port, transport })])
  }))

/** One row per endpoint, its newest visit, in an order that depends on the rows only. */
const ordered = (rows: ReadonlyArray<JoinRow>): ReadonlyArray<JoinedRow> => {
  const oldestFirst = rows
    .map((row): JoinedRow => {
      const claims = publicClaims(row.claimedHosts.map(({ host }) => host))
      return { ...row, key: endpointKey(row.endpoint), claims, claimedKeys: keysOfClaims(row.claimedHosts, claims) }
    })
    .toSorted((a, b) =>
      byText(a.key, b.key) || (a.visitStartedAt ?? 0) - (b.visitStartedAt ?? 0) ||
      byText(JSON.stringify(a), JSON.stringify(b))
    )
  return [...new Map(oldestFirst.map((row) => [row.key, row])).values()]
}

/** (a) One host on one chain is one server, unless its endpoints contradict that; those without a chain go with the host's first one. */
const hostGroups = (rows: ReadonlyArray<JoinedRow>): ReadonlyArray<HostGroup> =>
  [...Map.groupBy(rows, (row) => row.endpoint.host)].flatMap(([host, ofHost]): ReadonlyArray<HostGroup> => {
    const first = ofHost.find((row) => row.chain !== null)?.chain ?? null
    return [...Map.groupBy(ofHost, (row) => row.chain ?? first)]
      .flatMap(([chain, ofChain]) => partsOfHost(ofChain).map((rows) => ({ host, chain, rows })))
  })

interface Member {
  readonly group: HostGroup
  readonly row: JoinedRow
}

/** What may join hosts: endpoints that answered and showed their chain. */
const witnesses = (groups: ReadonlyArray<HostGroup>): ReadonlyArray<Member> =>
  groups.flatMap((group) =>
    group.rows.filter((row) => row.reachable && row.chain !== null).map((row) => ({ group, row }))
  )

type Facet = (row: JoinedRow) => string | null

const certificate: Facet = (row) => row.certificateSha256

/** Features that claim no public host are those of many a default configuration. */
const telling: Facet = (row) => row.claims.size === 0 ? null : row.featuresKey

/**
 * Behind one address stand services of strangers, who copy features, and a
 * hoster's front shows one certificate for all of them. So where those that are
 * alike in one show several of the other, each is a service of its own, and
 * whose an endpoint is of which that is unknown cannot be said.
 */
const withoutContradiction = (members: ReadonlyArray<Member>, facet: Facet): ReadonlyArray<ReadonlyArray<Member>> => {
  const shown = members.filter(({ row }) => facet(row) !== null)
  const parts = Map.groupBy(shown, ({ row }) => facet(row))
  return parts.size < 2 ? [members] : [...parts.values()]
}

const portOf = ({ endpoint: { port, transport } }: JoinedRow): string => `${transport} ${port}`

/**
 * Those at one port of the address, and those at the ports that their features
 * claim there: of hosts that lead to it. A hoster's box or a tunnel has a port of
 * one address for each customer: with its one certificate, and features as the
 * software sets them, or copied from a neighbour, strangers look alike there. And
 * the port that a server has on its onion, or elsewhere, may be its neighbour's here.
 */
const atOneService = (members: ReadonlyArray<Member>): ReadonlyArray<ReadonlyArray<Member>> => {
  const hosts = new Set(members.flatMap(({ group, row }) => [group.host, row.address!]))
  const isClaimed = ({ row: { claimedKeys, claims, endpoint } }: Member): boolean =>
    [...claims].some((host) => hosts.has(host) && claimedKeys.has(endpointKey({ ...endpoint, host })))
  return [...Map.groupBy(members, ({ row }) => portOf(row)).values(), members.filter(isClaimed)]
}

/** (b) The same address showing the same thing in the same minute, on one chain, see `atOneService`. */
const sameAddressLinks = (
  members: ReadonlyArray<Member>,
  evidence: ServerEvidence,
  shownBy: Facet,
  contradicting: Facet
): ReadonlyArray<Link> => {
  const showing = members.filter(({ row }) =>
    row.address !== null && row.visitStartedAt !== null && shownBy(row) !== null
  )
  const alike = Map.groupBy(showing, ({ row }) => JSON.stringify([row.chain, row.address, shownBy(row)]))
  return [...alike.values()].flatMap((members) => withoutContradiction(members, contradicting)).flatMap(atOneService).flatMap((members) => {
    const inTime = members.toSorted((a, b) =>
      a.row.visitStartedAt! - b.row.visitStartedAt! || byText(a.row.key, b.row.key)
    )
    return inTime.slice(1).flatMap((to, i): ReadonlyArray<Link> => {
      const from = inTime[i]!
      if (to.row.visitStartedAt! - from.row.visitStartedAt! > sameMinuteMs) return []
      return [{ from: from.group, to: to.group, fromKey: from.row.key, toKey: to.row.key, evidence }]
    })
  })
}

/**
 * Whether two endpoints that claim each other have more in common than words. A
 * name lapses, and whoever registers it is claimed by the server that once had
 * it and can claim it back, with its answer to `server.features`: what such a
 * stranger does would be held against it. An onion address is a key and lapses
 * never; two other hosts have to show one certificate, or to be at one address.
 */
const mayBeOne = (a: Member, b: Member): boolean => {
  // One process has one answer, whichever of its endpoints is asked.
  if (a.row.featuresKey === null || a.row.featuresKey !== b.row.featuresKey) return false
  if (isOnion(a.group.host) || isOnion(b.group.host)) return true
  return [certificate, (row: JoinedRow) => row.address].some((facet) => facet(a.row) !== null && facet(a.row) === facet(b.row))
}

/**
 * (c) Each claimed in `features.hosts` the very endpoint at which the other
 * answered, on one chain. One side's claim proves nothing, nor does a host that
 * both claim: services of strangers may answer at other ports of one address.
 */
const mutualLinks = (members: ReadonlyArray<Member>): ReadonlyArray<Link> => {
  const byKey = new Map(members.map((member) => [member.row.key, member]))
  return members.flatMap((from) =>
    [...from.row.claimedKeys].flatMap((key): ReadonlyArray<Link> => {
      const to = byKey.get(key)
      if (to === undefined || key <= from.row.key || to.row.chain !== from.row.chain || !to.row.claimedKeys.has(from.row.key) || !mayBeOne(from, to)) return []
      return [{ from: from.group, to: to.group, fromKey: from.row.key, toKey: key, evidence: "mutual hosts claim" }]
    })
  )
}

/** Walks from a group along all links, noting for each group reached which of its endpoints showed why. */
const walk = (
  start: HostGroup,
  linksOf: ReadonlyMap<HostGroup, ReadonlyArray<Link>>
): ReadonlyMap<HostGroup, readonly [string, ServerEvidence] | null> => {
  const reached = new Map<HostGroup, readonly [string, ServerEvidence] | null>([[start, null]])
  for (const group of reached.keys()) {
    for (const link of linksOf.get(group) ?? []) {
      const [other, key] = link.from === group ? [link.to, link.toKey] : [link.from, link.fromKey]
      if (!reached.has(other)) reached.set(other, [key, link.evidence])
    }
  }
  return reached
}

/** Links of each group. */
const byGroup = (groups: ReadonlyArray<HostGroup>, links: ReadonlyArray<Link>): ReadonlyMap<HostGroup, ReadonlyArray<Link>> => {
  const linksOf = new Map<HostGroup, Array<Link>>(groups.map((group) => [group, []]))
  for (const link of links) {
    linksOf.get(link.from)!.push(link)
    linksOf.get(link.to)!.push(link)
  }
  return linksOf
}

/**
 * An onion that claims several other hosts which nothing else joins cannot be
 * theirs all: one may be a name that it once had. Whose it is, is not said.
 */
const withoutDisputedOnions = (groups: ReadonlyArray<HostGroup>, links: ReadonlyArray<Link>): ReadonlyArray<Link> => {
  const isTwins = ({ from, to }: Link): boolean => isOnion(from.host) !== isOnion(to.host)
  const linksOf = byGroup(groups, links.filter((link) => !isTwins(link)))
  const disputed = new Set(Map.groupBy(links.filter(isTwins), ({ from, to }) => isOnion(from.host) ? from : to).entries()
    .filter(([onion, twins]) => {
      const hosts = twins.map(({ from, to }) => from === onion ? to : from)
      const first = walk(hosts[0]!, linksOf)
      return !hosts.every((host) => first.has(host))
    })
    .map(([onion]) => onion))
  return links.filter((link) => !isTwins(link) || !disputed.has(link.from) && !disputed.has(link.to))
}

const serverOf = (groups: ReadonlyMap<HostGroup, readonly [string, ServerEvidence] | null>): Server => {
  const members = [...groups]
    .flatMap(([group, shown]) => group.rows.map((row) => ({ row, linked: shown?.[0] === row.key ? shown[1] : null })))
    .toSorted((a, b) => byText(a.row.key, b.row.key))
  return {
    endpoints: members.map(({ linked, row }, i) => ({
      endpoint: row.endpoint,
      evidence: i === 0 ? "itself" : linked ?? "same host"
    })),
    chain: [...groups.keys()][0]!.chain,
    confirmed: members.some(({ row }) => row.reachable)
  }
}

/**
 * Join endpoints to servers, a server being one running service on one chain:
 * (a) same host, unless they contradict each other (see `partsOfHost`), (b) same
 * dialled address with the same certificate, or the same features naming at
 * least one public host and no two certificates, in visits started within 60 s, at one port or at ports that the features claim of hosts at that address, (c) each claimed the
 * endpoint of the other in `features.hosts`, where one of them is an onion or
 * they have a certificate or an address in common. Only endpoints that
 * answered, showed the same chain and told no different features join by (b)
 * and (c). A shared certificate or key alone joins nothing: it is evidence for
 * one operator.
 *
 * The result is a partition of the endpoints and does not depend on the order
 * of the rows; servers are ordered by their first endpoint's key.
 */
export const joinServers = (rows: ReadonlyArray<JoinRow>): ReadonlyArray<Server> => {
  const groups = hostGroups(ordered(rows))
  const members = witnesses(groups)
  const found = [
    ...sameAddressLinks(members, "same address and certificate", certificate, (row) => row.featuresKey),
    ...sameAddressLinks(members, "same address and features", telling, certificate),
    ...mutualLinks(members)
  ].filter((link) => link.from !== link.to)
  const linksOf = byGroup(groups, withoutDisputedOnions(groups, found))
  const joined = new Set<HostGroup>()
  const servers: Array<Server> = []
  for (const group of groups.toSorted((a, b) => byText(a.rows[0]!.key, b.rows[0]!.key))) {
    if (joined.has(group)) continue
    const server = walk(group, linksOf)
    for (const member of server.keys()) joined.add(member)
    servers.push(serverOf(server))
  }
  return servers
}
