import { Effect, Schema } from "effect"
import { addressBlock } from "../../domain/address.ts"
import { Database } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import type { CandidateServer, NamedPeers, ClusterMembership } from "./candidate.ts"
import type { PlacedServer } from "./concentration.ts"
import type { ExposureInput } from "./exposure.ts"

/** The list that a wallet ships with: its TLS entries, and where it is from. */
export interface WalletList {
  readonly source: string
  readonly servers: ReadonlyArray<{ readonly host: string; readonly port: number }>
}

/** The crawl that is asked. */
export interface ExposedCrawl {
  readonly crawl_id: CrawlId
  readonly network: string
  readonly simulated: boolean
}

const Texts = Schema.Array(Schema.String)

const HostRow = Schema.Struct({
  host: Schema.String,
  port: Schema.Int,
  /** TLS endpoints of the host, for those who name it by them. */
  endpoint_ids: Schema.Array(Schema.Int),
  server_id: Schema.NullOr(Schema.Int),
  onion: Schema.Boolean,
  usable: Schema.NullOr(Schema.Boolean),
  addresses: Texts,
  asn: Schema.NullOr(Schema.Finite)
})
type HostRow = typeof HostRow.Type

/** One row for each host with a TLS endpoint, the best of them; names that go nowhere included. */
const readHosts = Effect.fnUntraced(function*(crawl: ExposedCrawl) {
  const database = yield* Database
  return yield* database.rows(
    HostRow,
    `SELECT lower(ce.host) AS host, ce.port, list(ce.endpoint_id) OVER (PARTITION BY lower(ce.host)) AS endpoint_ids, se.server_id, ce.network_class = 'onion' AS onion,
      CASE
        WHEN v.chain_verdict = 'other' OR s.chain <> $network OR NOT t.wallet_accepts THEN false
        WHEN ce.reachable AND t.wallet_accepts THEN true
        WHEN ce.reachable THEN NULL
        ELSE ce.reachable
      END AS usable,
      CASE WHEN p.address IS NOT NULL THEN [p.address] ELSE coalesce(p.addresses, []) END AS addresses,
      p.asn
    FROM crawl_endpoint ce
    JOIN endpoint_place p ON p.crawl_id = ce.crawl_id AND p.endpoint_id = ce.endpoint_id
    LEFT JOIN server_endpoint se ON se.crawl_id = ce.crawl_id AND se.endpoint_id = ce.endpoint_id
    LEFT JOIN server s ON s.crawl_id = se.crawl_id AND s.server_id = se.server_id
    LEFT JOIN visit v ON v.visit_id = ce.visit_id
    LEFT JOIN tls_session t ON t.visit_id = ce.visit_id
    WHERE ce.crawl_id = $crawl_id AND ce.transport = 'tls'
    QUALIFY row_number() OVER (
      PARTITION BY lower(ce.host) ORDER BY CASE WHEN usable THEN 0 WHEN usable IS NULL THEN 1 ELSE 2 END, ce.endpoint_id
    ) = 1
    ORDER BY host`,
    { crawl_id: crawl.crawl_id, network: crawl.network }
  )
})

/** Most peers that the wallet keeps of one list: its default entries and 20 more. */
const mostPeers = 104

/** Whom each server names over TLS, those that it names most often first. As lists DuckDB would need a gigabyte for a million of them. */
const readPeers = Effect.fnUntraced(function*(crawl: ExposedCrawl, placeOf: ReadonlyMap<number, number>) {
  const database = yield* Database
  const [servers, endpoints, weights] = yield* database.numbers(
    `SELECT f.server_id, ae.endpoint_id, max(least(1.0, a.times_seen / a.times_asked))::DOUBLE AS weight
    FROM advertised a
    JOIN source s ON s.source_id = a.source_id AND s.kind = 'server'
    JOIN server_endpoint f ON f.crawl_id = a.crawl_id AND f.endpoint_id = s.endpoint_id
    JOIN advertisement_endpoint ae ON ae.advertisement_id = a.advertisement_id
    JOIN endpoint e ON e.endpoint_id = ae.endpoint_id AND e.transport = 'tls'
    WHERE a.crawl_id = $crawl_id AND a.times_asked > 0 AND a.times_seen > 0
    GROUP BY f.server_id, ae.endpoint_id
    ORDER BY f.server_id, weight DESC, ae.endpoint_id`,
    { crawl_id: crawl.crawl_id }
  )
  const peers = new Map<number, NamedPeers>()
  for (let from = 0, to = 0; from < servers!.length; from = to) {
    const server = servers![from]!
    while (to < servers!.length && servers![to] === server) to++
    const known = new Map<number, number>()
    for (let i = from; i < Math.min(to, from + mostPeers); i++) {
      const place = placeOf.get(endpoints![i]!)
      // The largest weight comes first.
      if (place !== undefined && !known.has(place)) known.set(place, weights![i]!)
    }
    peers.set(server, { candidates: [...known.keys()], weights: [...known.values()] })
  }
  return peers
})

const PlaceRow = Schema.Struct({
  server_id: Schema.Int,
  asn: Texts,
  cloud_region: Texts,
  country: Texts,
  software: Texts,
  addresses: Texts
})

/** Where the confirmed servers of the chain are and what they run, with every value that one of their endpoints has. */
const readPlaced = Effect.fnUntraced(function*(crawl: ExposedCrawl) {
  const database = yield* Database
  const rows = yield* database.rows(
    PlaceRow,
    `WITH placed AS (
      SELECT s.server_id, p.asn, p.cloud_provider, coalesce(p.country_located, p.country_registered) AS country, i.implementation,
        CASE WHEN p.address IS NOT NULL THEN [p.address] ELSE coalesce(p.addresses, []) END AS addresses
      FROM server s
      JOIN server_endpoint se USING (crawl_id, server_id)
      JOIN endpoint_place p USING (crawl_id, endpoint_id)
      LEFT JOIN endpoint_identification i USING (crawl_id, endpoint_id)
      WHERE s.crawl_id = $crawl_id AND s.confirmed AND coalesce(s.chain, $network) = $network
        AND NOT EXISTS (
          FROM server_endpoint o JOIN crawl_endpoint c USING (crawl_id, endpoint_id) JOIN visit v USING (visit_id)
          WHERE o.crawl_id = s.crawl_id AND o.server_id = s.server_id AND v.chain_verdict = 'other'
        )
    )
    SELECT server_id,
      list_sort(coalesce(list(DISTINCT 'AS' || asn) FILTER (asn IS NOT NULL), [])) AS asn,
      list_sort(coalesce(list(DISTINCT coalesce(cloud_provider, 'AS' || asn) || ', ' || coalesce(country, 'country not known'))
        FILTER (cloud_provider IS NOT NULL OR asn IS NOT NULL), [])) AS cloud_region,
      list_sort(coalesce(list(DISTINCT country) FILTER (country IS NOT NULL), [])) AS country,
      list_sort(coalesce(list(DISTINCT implementation) FILTER (implementation IS NOT NULL), [])) AS software,
      list_sort(list_distinct(flatten(list(addresses)))) AS addresses
    FROM placed GROUP BY server_id ORDER BY server_id`,
    { crawl_id: crawl.crawl_id, network: crawl.network }
  )
  return rows.map((row): PlacedServer => ({
    serverId: row.server_id,
    values: {
      asn: row.asn,
      "cloud region": row.cloud_region,
      country: row.country,
      software: row.software,
      bucket: [...new Set(row.addresses.flatMap((address) => bucketOf(address) ?? []))].toSorted()
    }
  }))
})

/** What the wallet's rule of spread compares. */
const bucketOf = (address: string): string | undefined => addressBlock(address, 16, 48)

/** The bucket of a host whose addresses all lie in one; null where they differ or none is known. */
const bucketOfAll = (addresses: ReadonlyArray<string>): string | null => {
  const buckets = new Set(addresses.map((address) => bucketOf(address) ?? null))
  return buckets.size === 1 ? [...buckets][0]! : null
}

const standIn = "No list of a wallet fits this network: every host with a TLS endpoint that the crawl knows stands for one."

/** The list's hosts by name, or undefined where a simulated network has less than half of them. */
const fittingList = (crawl: ExposedCrawl, list: WalletList | null, hosts: ReadonlyArray<HostRow>) => {
  if (list === null || list.servers.length === 0) return undefined
  const known = new Set(hosts.map(({ host }) => host))
  const listed = list.servers.map(({ host, port }) => ({ host: host.toLowerCase(), port }))
  return crawl.simulated && 2 * listed.filter(({ host }) => known.has(host)).length < listed.length ? undefined : listed
}

/** Puts hosts of crawl and list together; see `readExposureInput`. */
export const walletCandidates = (
  crawl: ExposedCrawl,
  list: WalletList | null,
  hosts: ReadonlyArray<HostRow>
): { readonly candidates: ReadonlyArray<CandidateServer>; readonly notes: ReadonlyArray<string> } => {
  const listed = fittingList(crawl, list, hosts)
  const inList = new Set((listed ?? hosts).map(({ host }) => host))
  const known = new Set(hosts.map(({ host }) => host))
  const candidates = [
    ...hosts.map((row): CandidateServer => ({
      host: row.host,
      serverId: row.server_id,
      isDefault: inList.has(row.host),
      onion: row.onion,
      usable: row.usable,
      bucket: row.onion ? null : bucketOfAll(row.addresses),
      asn: row.asn
    })),
    ...(listed ?? []).filter(({ host }) => !known.has(host)).map(({ host }): CandidateServer => ({
      host,
      serverId: null,
      isDefault: true,
      onion: host.endsWith(".onion"),
      usable: null,
      bucket: bucketOf(host) ?? null,
      asn: null
    }))
  ]
  const defaults = candidates.filter(({ isDefault }) => isDefault)
  const open = defaults.filter(({ usable }) => usable === null).length
  const placeless = candidates.filter(({ bucket, onion, usable }) => !onion && usable !== false && bucket === null).length
  return {
    candidates,
    notes: [
      listed === undefined ? standIn : `List: ${list!.source}.`,
      ...(open === 0 ? [] : [`Of ${open} of the ${defaults.length} listed servers the crawl does not know whether a wallet can use them: drawn by the share of the others.`]),
      ...(placeless === 0 ? [] : [`Of ${placeless} clearnet hosts no one /16 or /48 is known: the wallet's rule of spread is not applied to them.`])
    ]
  }
}

/**
 * What exposure is computed from: hosts with TLS endpoints of the crawl and the
 * wallet's list, whom servers name, where confirmed servers are.
 *
 * @param list the wallet's own list; null where none ships for the chain. For a
 * simulated crawl it is used only where the crawl knows half of its hosts.
 */
export const readExposureInput = Effect.fnUntraced(function*(
  crawl: ExposedCrawl,
  list: WalletList | null,
  clusters: ReadonlyArray<ClusterMembership>
) {
  const hosts = yield* readHosts(crawl)
  const { candidates, notes } = walletCandidates(crawl, list, hosts)
  // The crawl's hosts come first among the candidates.
  const named = yield* readPeers(crawl, new Map(hosts.flatMap(({ endpoint_ids }, i) => endpoint_ids.map((id) => [id, i] as const))))
  const peers = new Map(candidates.flatMap(({ serverId }, i) => {
    const list = serverId === null ? undefined : named.get(serverId)
    return list === undefined || list.candidates.length === 0 ? [] : [[i, list] as const]
  }))
  const input: ExposureInput = { network: { candidates, peers }, servers: yield* readPlaced(crawl), clusters, notes }
  return input
})
