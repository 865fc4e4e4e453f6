import { addressScope, isServerAddress } from "../domain/address.ts"
import { endpointKey } from "../domain/endpoint.ts"
import { parseHost } from "../domain/host.ts"
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

/**
 * Features are easily copied, and behind one address stand services of
 * strangers: where several certificates are shown, each is a service of its own,
 * and whose an endpoint without one is cannot be said.
 */
const withoutContradiction = (members: ReadonlyArray<Member>): ReadonlyArray<ReadonlyArray<Member>> => {
  const shown = members.filter(({ row }) => row.certificateSha256 !== null)
  const byCertificate = Map.groupBy(shown, ({ row }) => row.certificateSha256)
  return byCertificate.size < 2 ? [members] : [...byCertificate.values()]
}

/** (b) The same address showing the same thing in the same minute, on one chain. */
const sameAddressLinks = (
  members: ReadonlyArray<Member>,
  evidence: ServerEvidence,
  shownBy: (row: JoinedRow) => string | null
): ReadonlyArray<Link> => {
  const showing = members.filter(({ row }) =>
    row.address !== null && row.visitStartedAt !== null && shownBy(row) !== null
  )
  const alike = Map.groupBy(showing, ({ row }) => JSON.stringify([row.chain, row.address, shownBy(row)]))
  return [...alike.values()].flatMap(withoutContradiction).flatMap((members) => {
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

/** Both groups show something of this kind, and nothing that is the same. */
const isApart = <Value>(from: HostGroup, to: HostGroup, shownBy: (row: JoinedRow) => Value | null): boolean => {
  const [ofFrom, ofTo] = [from, to].map(({ rows }) => new Set(rows.map(shownBy).filter((value) => value !== null))) as [Set<Value>, Set<Value>]
  return ofFrom.size > 0 && ofTo.size > 0 && ![...ofFrom].some((value) => ofTo.has(value))
}

/**
 * Two hosts that claim each other are services of two owners all the same: names
 * lapse, and who registers one that a server still claims claims the server back.
 * So between names one difference is enough, unless both were met at one address;
 * nobody takes over an onion, which may have a certificate or features of its own.
 */
const isOtherService = (from: HostGroup, to: HostGroup): boolean => {
  const certificates = isApart(from, to, ({ certificateSha256 }) => certificateSha256)
  const features = isApart(from, to, ({ featuresKey }) => featuresKey)
  const isSamePlace = [from, to].some(({ host }) => host.endsWith(".onion")) ||
    from.rows.some(({ address }) => address !== null && to.rows.some((row) => row.address === address))
  return isSamePlace ? certificates && features : certificates || features
}

/**
 * (c) Each claimed in `features.hosts` the very endpoint at which the other
 * answered, on one chain, and nothing shows that they are two services. One
 * side's claim proves nothing, nor does a host that both claim: services of
 * strangers may answer at other ports of one address.
 */
const mutualLinks = (members: ReadonlyArray<Member>): ReadonlyArray<Link> => {
  const byKey = new Map(members.map((member) => [member.row.key, member]))
  return members.flatMap((from) =>
    [...from.row.claimedKeys].flatMap((key): ReadonlyArray<Link> => {
      const to = byKey.get(key)
      if (to === undefined || key <= from.row.key || to.row.chain !== from.row.chain || !to.row.claimedKeys.has(from.row.key) || isOtherService(from.group, to.group)) return []
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
 * least one public host and no two certificates, in visits started within 60 s, (c) each claimed the
 * endpoint of the other in `features.hosts` and they do not contradict each other. Only endpoints that
 * answered and showed the same chain join by (b) and (c). A shared certificate
 * or key alone joins nothing: it is evidence for one operator.
 *
 * The result is a partition of the endpoints and does not depend on the order
 * of the rows; servers are ordered by their first endpoint's key.
 */
export const joinServers = (rows: ReadonlyArray<JoinRow>): ReadonlyArray<Server> => {
  const groups = hostGroups(ordered(rows))
  const members = witnesses(groups)
  const links = [
    ...sameAddressLinks(members, "same address and certificate", (row) => row.certificateSha256),
    ...sameAddressLinks(members, "same address and features", (row) => row.claims.size === 0 ? null : row.featuresKey),
    ...mutualLinks(members)
  ].filter((link) => link.from !== link.to)
  const linksOf = new Map<HostGroup, Array<Link>>(groups.map((group) => [group, []]))
  for (const link of links) {
    linksOf.get(link.from)!.push(link)
    linksOf.get(link.to)!.push(link)
  }
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
