import { Effect } from "effect"
import { ipVersion } from "../../domain/address.ts"
import { hostsShape, nameAttributes, portText } from "../../domain/default-values.ts"
import { defaultOf } from "../../domain/defaults.ts"
import { isOnion, parseHost } from "../../domain/host.ts"
import type { ReleaseRange } from "../../domain/implementation.ts"
import type { FeeHistogram } from "../../domain/snapshot.ts"
import type { AnalysedCrawl } from "../analysis-input.ts"
import type { Announcement } from "../graph/announcement-graph.ts"
import { certificateTemplate } from "./certificate-template.ts"
import { isResolvedForIt } from "./own-hosts.ts"
import type { AddressTraits, ClaimedHost, PresentedCertificate, ServerTraits } from "./server-traits.ts"
import { type ComparedReading, snapshotsByServer } from "./telling-values.ts"
import { type CertificateRow, type ReadingRow, readTraitRows, type SoftwareRow, type TraitRows, type VisitRow } from "./traits-input.ts"
import { watchTraitsOf } from "./watch-traits.ts"
import { writtenBanner, writtenDonation } from "./written-text.ts"

const byServer = <A extends { readonly server_id: number }>(rows: ReadonlyArray<A>): ReadonlyMap<number, ReadonlyArray<A>> =>
  Map.groupBy(rows, (row) => row.server_id)

const firstOf = <A, B>(rows: ReadonlyArray<A>, of: (row: A) => B | null): B | null => {
  for (const row of rows) {
    const value = of(row)
    if (value !== null) return value
  }
  return null
}

/** Claims are not cleaned in the store; a claim that is no host is compared as it is. */
const canonicalHost = (text: string): string => {
  const host = parseHost(text, { localNames: true })
  return typeof host === "string" ? text.toLowerCase().slice(0, 255) : host.text
}

const looksLikeName = (text: string): boolean => /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/.test(text)

/** Alternative names and addresses, then common names that look like one; lower case, each once. */
const namesOf = (row: CertificateRow): ReadonlyArray<string> => {
  const common = nameAttributes(row.subject)
    .filter((attribute) => attribute.startsWith("CN="))
    .map((attribute) => attribute.slice(3).toLowerCase())
    .filter((name) => looksLikeName(name) || ipVersion(name) !== undefined)
  return [...new Set([...row.names.map((name) => name.toLowerCase().replace(/\.$/, "")), ...common])]
}

/** `>=1.18 <1.19` as `rangeText` writes it. */
const releasesOf = (text: string | null): ReleaseRange | null =>
  text === null ? null : { since: /(?:^|\s)>=(\S+)/.exec(text)?.[1] ?? null, before: /(?:^|\s)<(\S+)/.exec(text)?.[1] ?? null }

const certificatesOf = (rows: ReadonlyArray<CertificateRow>, hosts: ReadonlyArray<string>): ReadonlyArray<PresentedCertificate> =>
  rows.map((row) => {
    const names = namesOf(row)
    return {
      host: row.host,
      port: row.port,
      sha256: row.sha256,
      spkiSha256: row.spki_sha256,
      subject: row.subject,
      issuer: row.issuer,
      serial: row.serial,
      selfSigned: row.self_signed,
      trusted: row.trusted,
      validFrom: row.valid_from,
      validTo: row.valid_to,
      names,
      sni: row.sni,
      claimed: [...new Set(row.claimed.flatMap((host) => host === null ? [] : [canonicalHost(host)]))],
      isDefault: defaultOf("certificate", row.sha256) !== undefined || defaultOf("public key", row.spki_sha256) !== undefined,
      template: certificateTemplate(row.subject, new Set([...hosts, ...names]))
    }
  })

const claimedBy = (visits: ReadonlyArray<VisitRow>): ReadonlyArray<ClaimedHost> => {
  const claims = visits.flatMap((visit) => visit.hosts ?? [])
    .flatMap(({ host, tcpPort, tlsPort }) => host === null ? [] : [{ host: canonicalHost(host), tcpPort, tlsPort }])
  return [...new Map(claims.map((claim) => [`${claim.host} ${claim.tcpPort} ${claim.tlsPort}`, claim])).values()]
}

const shapeOf = (chain: string, visits: ReadonlyArray<VisitRow>): string | null => {
  const hosts = firstOf(visits, (visit) => visit.hosts)?.filter((it) => it.host !== null) ?? []
  if (hosts.length === 0) return null
  const shape = hostsShape(chain, hosts.map((it) => ({ ...it, host: it.host! })))
  return defaultOf("hosts shape", shape) === undefined ? shape : null
}

const softwareOf = (rows: ReadonlyArray<SoftwareRow>): Pick<ServerTraits, "implementation" | "releases" | "fingerprintHash" | "proxy"> => {
  const implementations = new Set(rows.flatMap((row) => row.implementation ?? []))
  // Endpoints that show different software are a balancer's: nothing is said of the server then.
  const one = implementations.size === 1
  const judged = rows.flatMap((row) => row.proxy === null ? [] : [row.proxy])
  return {
    implementation: one ? firstOf(rows, (row) => row.implementation) : null,
    releases: one ? releasesOf(firstOf(rows, (row) => row.implementation === null ? null : row.version_range)) : null,
    fingerprintHash: firstOf(rows, (row) => row.fingerprint),
    proxy: judged.length === 0 ? null : [...new Set(judged.flat())].toSorted()
  }
}

/** The bins that table `snapshot_reading` keeps as JSON; null where one is no pair of numbers. */
const histogramOf = (text: string | null): FeeHistogram | null => {
  const bins: unknown = text === null ? null : JSON.parse(text)
  const isBin = (bin: unknown): bin is readonly [number, number] =>
    Array.isArray(bin) && bin.length >= 2 && Number.isFinite(bin[0]) && Number.isFinite(bin[1])
  return Array.isArray(bins) && bins.every(isBin) ? bins.map(([rate, size]) => [rate, size] as const) : null
}

const readingOf = (row: ReadingRow): ReadonlyArray<ComparedReading> =>
  row.tip_height === null
    ? []
    : [{
      serverId: row.server_id,
      snapshotId: row.snapshot_id,
      implementation: row.implementation,
      tipHeight: row.tip_height,
      tipHash: row.tip_hash,
      fees: new Map(row.fee_targets.flatMap((target, i) => {
        const fee = row.fees[i] ?? null
        return fee === null || fee < 0 || fee > 1e6 ? [] : [[target, fee] as const]
      })),
      relayFee: row.relay_fee,
      histogramText: row.histogram_text,
      histogram: histogramOf(row.histogram)
    }]

/** Whom each server named, with times seen of times asked. */
const peersOf = (announcements: Iterable<Announcement>): ReadonlyMap<number, ReadonlyMap<number, number>> => {
  const peers = new Map<number, Map<number, number>>()
  for (const { from, to, weight } of announcements) {
    const known = peers.get(from)
    if (known === undefined) peers.set(from, new Map([[to, weight]]))
    else known.set(to, Math.max(weight, known.get(to) ?? 0))
  }
  return peers
}

/** Traits of each server from the rows of all; pure. */
const serverTraitsFrom = (
  crawl: Pick<AnalysedCrawl, "network">,
  rows: TraitRows,
  announcements: Iterable<Announcement>
): ReadonlyArray<ServerTraits> => {
  const [visitsOf, certificateRows, softwareRows] = [byServer(rows.visits), byServer(rows.certificates), byServer(rows.software)]
  const places = new Map(rows.places.map((row) => [row.address, row]))
  const resolved = new Map(rows.hosts.map((row) => [row.host, row.addresses]))
  const snapshots = snapshotsByServer(rows.readings.flatMap(readingOf))
  const peers = peersOf(announcements)
  const lists = new Map(rows.lists.map((row) => [row.server_id, row]))
  const software = new Map(rows.servers.map(({ server_id }) => [server_id, softwareOf(softwareRows.get(server_id) ?? [])]))
  const watches = watchTraitsOf(rows.watch, new Map([...software].map(([id, { implementation }]) => [id, implementation])))
  const relayFees = new Map(rows.relayFees.map((row) => [row.server_id, row.relay_fee]))

  const addressesOf = (visits: ReadonlyArray<VisitRow>, server: Pick<ServerTraits, "certificates" | "claimedHosts" | "hosts">): ReadonlyArray<AddressTraits> => {
    const addresses = new Set(visits.flatMap(({ address, addresses, host }) => [
      ...(address === null ? [] : [address]),
      ...(ipVersion(host) === undefined ? [] : [host]),
      ...(isResolvedForIt(server, host) ? [...addresses, ...(resolved.get(host) ?? [])] : [])
    ]))
    return [...addresses].toSorted().map((address) => {
      const place = places.get(address)
      return { address, asn: place?.asn ?? null, cloud: place?.cloud_provider ?? null, country: place?.country ?? null }
    })
  }

  const textsOf = (visits: ReadonlyArray<VisitRow>, hosts: ReadonlyArray<string>, addresses: ReadonlyArray<AddressTraits>) => {
    // Software can have another greeting for onion services; which endpoint was met first says nothing.
    const spoken = visits.toSorted((a, b) => Number(isOnion(a.host)) - Number(isOnion(b.host)))
    const gift = firstOf(spoken, (visit) => visit.donation_address)
    const donation = gift === null || gift.trim() === "" ? null : writtenDonation(gift)
    const greeting = firstOf(spoken, (visit) => visit.banner === null ? null : visit)
    const own = { hosts, addresses: addresses.map(({ address }) => address), donation: donation?.normalised ?? null }
    const written = greeting === null ? null : writtenBanner(greeting.banner!, own)
    // Bytes that are no UTF-8 are lost in the text, and different banners look alike without them.
    const octets = greeting?.banner_octets ?? null
    return {
      donation,
      banner: written === null || octets === null ? written : { ...written, normalised: `${written.normalised} ${octets}` }
    }
  }

  return rows.servers.map(({ server_id }): ServerTraits => {
    const visits = visitsOf.get(server_id) ?? []
    const hosts = [...new Set(visits.map((visit) => visit.host))].toSorted()
    const endpoints = [...new Map(visits.map(({ host, port, transport }) => [`${host} ${port} ${transport}`, { host, port, transport }])).values()]
    const certificates = certificatesOf(certificateRows.get(server_id) ?? [], hosts)
    const claimedHosts = claimedBy(visits)
    const addresses = addressesOf(visits, { hosts, certificates, claimedHosts })
    const readings = snapshots.get(server_id) ?? []
    return {
      serverId: server_id,
      hosts,
      endpoints,
      addresses,
      certificates,
      ...textsOf(visits, hosts, addresses),
      claimedHosts,
      hostsShape: shapeOf(crawl.network, visits),
      ...software.get(server_id)!,
      snapshots: readings,
      relayFee: relayFees.get(server_id) ?? readings.findLast((reading) => reading.relayFee !== null)?.relayFee ?? null,
      peers: peers.get(server_id) ?? new Map(),
      listsItself: lists.get(server_id)?.lists_itself ?? null,
      peersAsked: lists.get(server_id)?.seen_share ?? null,
      unusualPorts: [...new Set(endpoints
        .filter(({ port, transport }) => defaultOf("port", portText(crawl.network, transport, port)) === undefined)
        .map(({ port, transport }) => `${transport} ${port}`))].toSorted(),
      watch: watches.get(server_id) ?? null
    }
  })
}

/**
 * What is compared of each confirmed server of the crawl's own chain, ascending
 * by server. `announcements` are those of the crawl, which its caller has read.
 */
export const readServerTraits = Effect.fnUntraced(function*(crawl: AnalysedCrawl, announcements: Iterable<Announcement>) {
  return serverTraitsFrom(crawl, yield* readTraitRows(crawl), announcements)
})
