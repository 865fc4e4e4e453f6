import { Effect, Schema } from "effect"
import { addressBlock } from "../../domain/address.ts"
import { isOnion } from "../../domain/host.ts"
import { Database } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import type { CandidateServer, NamedPeers } from "./candidate.ts"
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

const EndpointRow = Schema.Struct({
  endpoint_id: Schema.Int,
  host: Schema.String,
  transport: Schema.String,
  server_id: Schema.NullOr(Schema.Int),
  onion: Schema.Boolean,
  usable: Schema.NullOr(Schema.Boolean),
  addresses: Texts,
  asn: Schema.NullOr(Schema.Finite),
  cloud_provider: Schema.NullOr(Schema.String),
  country: Schema.NullOr(Schema.String),
  software: Texts,
  /** Of a confirmed server of the chain. */
  is_servers: Schema.Boolean,
  shows_other: Schema.Boolean
})
type EndpointRow = typeof EndpointRow.Type

/**
 * One row for each endpoint of the crawl, by host, the best of each first; names that go nowhere included. One query
 * for hosts and servers, since what is known of all addresses is put together for each.
 */
const readEndpoints = Effect.fnUntraced(function*(crawl: ExposedCrawl) {
  const database = yield* Database
  return yield* database.rows(
    EndpointRow,
    `WITH software AS (
      SELECT endpoint_id, list(DISTINCT implementation) AS software
      FROM endpoint_identification WHERE crawl_id = $crawl_id AND implementation IS NOT NULL GROUP BY endpoint_id
    )
    SELECT ce.endpoint_id, lower(ce.host) AS host, ce.transport, se.server_id, ce.network_class = 'onion' AS onion,
      CASE
        WHEN v.chain_verdict = 'other' OR s.chain <> $network OR NOT t.wallet_accepts THEN false
        WHEN ce.reachable AND t.wallet_accepts THEN true
        WHEN ce.reachable THEN NULL
        ELSE ce.reachable
      END AS usable,
      CASE WHEN p.address IS NOT NULL THEN [p.address] ELSE coalesce(p.addresses, []) END AS addresses,
      p.asn, p.cloud_provider, coalesce(p.country_located, p.country_registered) AS country,
      coalesce(i.software, []) AS software,
      coalesce(s.confirmed AND coalesce(s.chain, $network) = $network, false) AS is_servers,
      coalesce(v.chain_verdict = 'other', false) AS shows_other
    FROM crawl_endpoint ce
    JOIN endpoint_place p ON p.crawl_id = ce.crawl_id AND p.endpoint_id = ce.endpoint_id
    LEFT JOIN server_endpoint se ON se.crawl_id = ce.crawl_id AND se.endpoint_id = ce.endpoint_id
    LEFT JOIN server s ON s.crawl_id = se.crawl_id AND s.server_id = se.server_id
    LEFT JOIN visit v ON v.visit_id = ce.visit_id
    LEFT JOIN tls_session t ON t.visit_id = ce.visit_id
    LEFT JOIN software i ON i.endpoint_id = ce.endpoint_id
    WHERE ce.crawl_id = $crawl_id
    ORDER BY lower(ce.host), CASE WHEN usable THEN 0 WHEN usable IS NULL THEN 1 ELSE 2 END, ce.endpoint_id`,
    { crawl_id: crawl.crawl_id, network: crawl.network }
  )
})

/** A host with TLS endpoints, as the best of them is. */
interface ListedHost extends Pick<EndpointRow, "host" | "server_id" | "onion" | "usable" | "addresses" | "asn"> {
  /** Its TLS endpoints, for those who name it by them. */
  readonly endpointIds: ReadonlyArray<number>
}

const hostsOf = (endpoints: ReadonlyArray<EndpointRow>): ReadonlyArray<ListedHost> =>
  [...Map.groupBy(endpoints.filter(({ transport }) => transport === "tls"), ({ host }) => host).values()]
    .map((same) => ({ ...same[0]!, endpointIds: same.map(({ endpoint_id }) => endpoint_id) }))

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

const sortedValues = (values: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(values)].toSorted()

/** Where the confirmed servers of the chain are and what they run, with every value that one of their endpoints has. */
const placedServers = (endpoints: ReadonlyArray<EndpointRow>): ReadonlyArray<PlacedServer> =>
  [...Map.groupBy(endpoints, ({ server_id }) => server_id)]
    .filter(([server, own]) => server !== null && own[0]!.is_servers && !own.some(({ shows_other }) => shows_other))
    .toSorted(([a], [b]) => a! - b!)
    .map(([server, own]): PlacedServer => {
      const systems = own.map(({ asn }) => asn === null ? null : `AS${asn}`)
      return {
        serverId: server!,
        values: {
          asn: sortedValues(systems.flatMap((system) => system ?? [])),
          "cloud region": sortedValues(own.flatMap(({ cloud_provider, country }, i) => {
            const cloud = cloud_provider ?? systems[i]!
            return cloud === null ? [] : [`${cloud}, ${country ?? "country not known"}`]
          })),
          country: sortedValues(own.flatMap(({ country }) => country ?? [])),
          software: sortedValues(own.flatMap(({ software }) => software)),
          bucket: sortedValues(own.flatMap(({ addresses }) => addresses.flatMap((address) => bucketOf(address) ?? [])))
        }
      }
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
const fittingList = (crawl: ExposedCrawl, list: WalletList | null, hosts: ReadonlyArray<ListedHost>) => {
  if (list === null || list.servers.length === 0) return undefined
  const known = new Set(hosts.map(({ host }) => host))
  const listed = list.servers.map(({ host, port }) => ({ host: host.toLowerCase(), port }))
  return crawl.simulated && 2 * listed.filter(({ host }) => known.has(host)).length < listed.length ? undefined : listed
}

/** Puts hosts of crawl and list together; see `readExposureInput`. */
const walletCandidates = (
  crawl: ExposedCrawl,
  list: WalletList | null,
  hosts: ReadonlyArray<ListedHost>
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
      onion: isOnion(host),
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
 * What exposure is computed from beside clusters: hosts with TLS endpoints of the crawl and the
 * wallet's list, whom servers name, where confirmed servers are.
 *
 * @param list the wallet's own list; null where none ships for the chain. For a
 * simulated crawl it is used only where the crawl knows half of its hosts.
 */
export const readExposureInput = Effect.fnUntraced(function*(
  crawl: ExposedCrawl,
  list: WalletList | null
) {
  const endpoints = yield* readEndpoints(crawl)
  const hosts = hostsOf(endpoints)
  const { candidates, notes } = walletCandidates(crawl, list, hosts)
  // The crawl's hosts come first among the candidates.
  const named = yield* readPeers(crawl, new Map(hosts.flatMap(({ endpointIds }, i) => endpointIds.map((id) => [id, i] as const))))
  const peers = new Map(candidates.flatMap(({ serverId }, i) => {
    const list = serverId === null ? undefined : named.get(serverId)
    return list === undefined || list.candidates.length === 0 ? [] : [[i, list] as const]
  }))
  const input: Omit<ExposureInput, "clusters"> = { network: { candidates, peers }, servers: placedServers(endpoints), notes }
  return input
})
