import { Effect } from "effect"
import { AtlasError } from "./atlas-error.ts"
import type { AtlasService } from "./atlas.ts"
import { operatorsByShare } from "./overview.ts"
import { edgesAmong, inPublicGroups, publicClusters, publicServer } from "./public-rows.ts"
import { publicHappened, publicLateness, publicWatched, publicWatchedServer } from "./public-watched.ts"
import { seenInAll } from "./read-cluster-detail.ts"
import type { KnownCluster } from "./read-clusters.ts"
import type { ClusterDetail } from "./shapes/cluster.ts"
import type { PairDetail } from "./shapes/evidence.ts"
import type { EndpointDetail, ServerDetail } from "./shapes/server-detail.ts"
import type { ServerRow } from "./shapes/server-row.ts"
import { certificateIndicators, scrubbed, withheldSentence, withheldText, type Withholding } from "./withholding.ts"

/** What may be shown of one crawl. */
export interface PublicCrawl {
  readonly withholding: Withholding
  readonly servers: ReadonlyArray<ServerRow>
  readonly byId: ReadonlyMap<number, ServerRow>
  readonly clusters: ReadonlyArray<KnownCluster>
  /** Servers of which the city is left out. */
  readonly cities: number
}

/** What may be shown, from everything. */
export const publicCrawl = (
  rows: ReadonlyArray<ServerRow>,
  clusters: ReadonlyArray<KnownCluster>,
  withholding: Withholding
): PublicCrawl => {
  const alone = rows.flatMap((row) => publicServer(row, withholding) ?? [])
  const shown = publicClusters(clusters, withholding, new Map(alone.map((row) => [row.serverId, row])))
  const servers = inPublicGroups(alone, shown)
  const cityOf = new Map(rows.map(({ city, serverId }) => [serverId, city]))
  return {
    withholding,
    servers,
    byId: new Map(servers.map((row) => [row.serverId, row])),
    clusters: shown,
    cities: servers.filter(({ city, serverId }) => city === null && cityOf.get(serverId) !== null).length
  }
}

const placeFields = new Set(["city"])
const verdictFields = new Set(["honeypot_score", "cluster_id", "operator_posterior", "backend_id", "machine_id", "behaviour_cluster_id"])
const rowOf: Readonly<Record<string, (row: ServerRow) => number | null>> = {
  honeypot_score: ({ score }) => score,
  cluster_id: ({ clusterId }) => clusterId,
  operator_posterior: ({ operatorPosterior }) => operatorPosterior,
  backend_id: ({ backendId }) => backendId,
  machine_id: ({ machineId }) => machineId,
  behaviour_cluster_id: ({ behaviourClusterId }) => behaviourClusterId
}

const hidden = "withheld from public outputs"

/** Fields that say which certificate an endpoint showed. */
const certificateFields = new Set(["certificate_sha256", "issuer", "san_dns", "spki_sha256", "subject", "serial", "san_ip", "key_type", "valid_from", "valid_to", "signature_algorithm"])

/** Fields that say what a deep visit saw, which may have been made at another endpoint of the server. */
const deepFields = new Set(["deep_visited_at", "deep_implementation", "deep_version_range", "malformed_response", "malformed_compared_with", "malformed_differs", "malformed_answers"])

const certificateOf = ({ fields }: EndpointDetail) => fields.find(({ name }) => name === "certificate_sha256")?.value ?? null

const publicDetail = (detail: ServerDetail, { byId, clusters, withholding }: PublicCrawl): ServerDetail => {
  const server = byId.get(detail.server.serverId)!
  const hosts = new Set((withholding.shown.get(server.serverId) ?? []).map(({ host }) => host))
  const joins = (certificate: unknown): boolean =>
    typeof certificate === "string" && withholding.isOnion(server.serverId) && withholding.joiningCertificates.has(certificate)
  // Of earlier crawls, and of what is kept of a server as a whole, it is not told at which of its hosts something was seen.
  const hidesHosts = detail.server.hosts.length > hosts.size
  const own = detail.endpoints.filter(({ host }) => hosts.has(host))
  const endpoints = own.map((endpoint) => ({
    ...endpoint,
    fields: endpoint.fields.map((field) => {
      const leavesOut = field.value !== null &&
        (placeFields.has(field.name) ? server.city === null
          : deepFields.has(field.name) ? hidesHosts
          : certificateFields.has(field.name) ? joins(certificateOf(endpoint))
          : verdictFields.has(field.name) && rowOf[field.name]!(server) === null)
      return leavesOut ? { ...field, value: null, unknown: hidden } : field
    })
  }))
  const ids = new Set(endpoints.map(({ endpointId }) => endpointId))
  const certificates = new Set(endpoints.map(certificateOf))
  const isShown = ({ serverId }: { readonly serverId: number }): boolean => byId.has(serverId)
  const shownClusters = new Set(clusters.filter(({ serverIds }) => serverIds.includes(server.serverId)).map(({ row }) => row.clusterId))
  const named = <A extends { readonly serverId: number; readonly host: string }>(some: ReadonlyArray<A>): ReadonlyArray<A> =>
    some.filter(isShown).map((one) => ({ ...one, host: byId.get(one.serverId)!.host }))
  return scrubbed({
    ...detail,
    server,
    endpoints,
    // When an onion answered between crawls would join it to clearnet.
    visits: detail.visits.filter(({ crawlId, endpointId }) => ids.has(endpointId) && (crawlId === detail.crawlId || !withholding.isOnion(server.serverId))),
    certificates: detail.certificates.filter(({ sha256 }) => certificates.has(sha256)),
    namedBy: named(detail.namedBy),
    names: named(detail.names),
    score: detail.score === null || !(hidesHosts || withholding.isOnion(server.serverId)) ? detail.score : {
      ...detail.score,
      // Rows behind an indicator may be those of a host that is not shown.
      indicators: detail.score.indicators.map((row) => hidesHosts || certificateIndicators.includes(row.name) ? { ...row, detail: null } : row)
    },
    pairs: named(detail.pairs).filter(({ serverId }) => withholding.mayJoin(server.serverId, serverId)),
    behaviour: detail.behaviour === null || hidesHosts ? null : { ...detail.behaviour, neighbours: named(detail.behaviour.neighbours) },
    history: detail.history.map((row) => ({
      ...row,
      ...hidesHosts ? { reachable: null, software: null } : {},
      certificate: joins(row.certificate) || (hidesHosts && !certificates.has(row.certificate)) ? null : row.certificate,
      addresses: hidesHosts ? row.addresses.filter((address) => server.addresses.includes(address)) : row.addresses,
      clusterId: row.clusterId !== null && shownClusters.has(row.clusterId) ? row.clusterId : null
    })),
    // Names of lists are the user's own: a folder, or where a repository of his came from.
    listings: [],
    notes: [],
    ...detail.listings.length === 0 ? {} : { withheld: "Withheld here: since when it has been on lists, whose names are the user's own." }
  }, withholding.hosts)
}

const rowsOfPair = (row: unknown): row is { readonly a: number; readonly b: number } =>
  typeof row === "object" && row !== null && "a" in row && "b" in row

const publicCluster = (detail: ClusterDetail, { byId, clusters, withholding }: PublicCrawl): ClusterDetail => {
  const { row, serverIds } = clusters.find((cluster) => cluster.row.clusterId === detail.cluster.clusterId)!
  const members = new Set(serverIds)
  const isWithin = ({ a, b }: { readonly a: number; readonly b: number }): boolean =>
    members.has(a) && members.has(b) && withholding.mayJoin(a, b)
  // What ties a member to others may tie it to one that is not shown, or not joined with it.
  const isWhole = detail.members.every(({ serverId: a }, i) => detail.members.every(({ serverId: b }, j) => j >= i || isWithin({ a, b })) && members.has(a))
  return scrubbed({
    ...detail,
    cluster: row,
    members: detail.members.filter(({ serverId }) => members.has(serverId)).map((member) => ({
      ...member,
      host: byId.get(member.serverId)!.host,
      evidence: isWhole || seenInAll.has(row.kind) ? member.evidence : ""
    })),
    links: detail.links.filter(isWithin),
    evidence: detail.evidence.map((part) => ({ ...part, rows: part.rows.filter((raw) => !rowsOfPair(raw) || isWithin(raw)) })),
    against: detail.against.filter(isWithin)
  }, withholding.hosts)
}

/** A pair of which nothing is said. */
const silentPair = (detail: PairDetail): PairDetail => ({
  ...detail,
  compared: false,
  sameServer: null,
  sameMachine: null,
  sharedInfrastructure: null,
  sameOperator: null,
  operatorBits: null,
  hypothesis: null,
  heldBy: hidden,
  copierId: null,
  evidence: [],
  strongestFor: null,
  strongestAgainst: null
})

/** The atlas as it may be published: everything of `atlas` that `shownOf` leaves of a crawl. Figures count all servers. */
export const publicAtlas = (
  atlas: AtlasService,
  shownOf: (crawlId: number) => Effect.Effect<PublicCrawl, AtlasError>
): AtlasService => {
  const find = Effect.fnUntraced(function*(crawlId: number, serverId: number) {
    const shown = yield* shownOf(crawlId)
    const row = shown.byId.get(serverId)
    if (row !== undefined) return row
    return yield* new AtlasError({ reason: "no such server", message: `Crawl ${crawlId} has no server ${serverId} that is shown publicly.` })
  })
  /** An answer of everything, less what may not be shown. */
  const less = <A>(answer: (crawlId: number) => Effect.Effect<A, AtlasError>, change: (value: A, shown: PublicCrawl) => A) => (crawlId: number) =>
    Effect.zipWith(answer(crawlId), shownOf(crawlId), (value, shown) => scrubbed(change(value, shown), shown.withholding.hosts))
  return {
    crawls: atlas.crawls,
    crawl: atlas.crawl,
    dictionary: atlas.dictionary,
    overview: less(atlas.overview, (overview, { cities, clusters, servers, withholding }) => {
      const sentence = withheldSentence(withholding.counts, cities)
      return {
        ...overview,
        operatorsByShare: operatorsByShare(overview.crawl, servers, clusters, overview.serversAnswered.value ?? 0),
        ...(sentence === null ? {} : { withheld: sentence })
      }
    }),
    servers: (crawlId) => Effect.map(shownOf(crawlId), ({ servers }) => servers),
    server: Effect.fnUntraced(function*(crawlId, serverId) {
      yield* find(crawlId, serverId)
      return publicDetail(yield* atlas.server(crawlId, serverId), yield* shownOf(crawlId))
    }),
    pair: Effect.fnUntraced(function*(crawlId, a, b) {
      const [one, other] = [yield* find(crawlId, a), yield* find(crawlId, b)]
      const { withholding } = yield* shownOf(crawlId)
      const detail = yield* atlas.pair(crawlId, a, b)
      const named = { ...detail, a: { serverId: detail.a.serverId, host: (detail.a.serverId === a ? one : other).host }, b: { serverId: detail.b.serverId, host: (detail.b.serverId === b ? other : one).host } }
      return scrubbed(withholding.mayJoin(a, b) ? named : silentPair(named), withholding.hosts)
    }),
    watched: (crawlId, window) => less((id) => atlas.watched(id, window), publicWatched)(crawlId),
    happened: (crawlId, window) => less((id) => atlas.happened(id, window), publicHappened)(crawlId),
    lateness: (crawlId, window) => less((id) => atlas.lateness(id, window), publicLateness)(crawlId),
    watchedServer: Effect.fnUntraced(function*(crawlId, serverId, window) {
      yield* find(crawlId, serverId)
      return yield* less((id) => atlas.watchedServer(id, serverId, window), publicWatchedServer)(crawlId)
    }),
    clusters: (crawlId) => Effect.map(shownOf(crawlId), ({ clusters }) => clusters.map(({ row }) => row)),
    cluster: Effect.fnUntraced(function*(crawlId, clusterId) {
      const detail = yield* atlas.cluster(crawlId, clusterId)
      const shown = yield* shownOf(crawlId)
      if (shown.clusters.some(({ row }) => row.clusterId === clusterId)) return publicCluster(detail, shown)
      return yield* new AtlasError({ reason: "no such cluster", message: `Crawl ${crawlId} has no group ${clusterId} that is shown publicly.` })
    }),
    suspicion: less(atlas.suspicion, (page, { byId }) => ({
      ...page,
      ranking: page.ranking.flatMap((row) => {
        const server = byId.get(row.serverId)
        return server === undefined ? [] : [{ ...row, host: server.host }]
      })
    })),
    exposure: less(atlas.exposure, (page, { byId, clusters }) => {
      const shown = new Set(clusters.map(({ row }) => row.clusterId))
      return {
        ...page,
        rows: page.rows.map((row) => {
          const isShown = row.clusterId !== null ? shown.has(row.clusterId) : row.serverId === null || byId.has(row.serverId)
          return isShown ? row : { ...row, owner: withheldText, clusterId: null, serverId: null }
        })
      }
    }),
    graphHead: less(atlas.graphHead, (head, { byId }) => {
      const kept = head.servers.flatMap((server, i) => byId.has(server) ? [i] : [])
      return { ...head, servers: kept.map((i) => head.servers[i]!), x: kept.map((i) => head.x[i]!), y: kept.map((i) => head.y[i]!) }
    }),
    graphEdges: Effect.fnUntraced(function*(crawlId) {
      const { byId } = yield* shownOf(crawlId)
      const { servers } = yield* atlas.graphHead(crawlId)
      return edgesAmong(yield* atlas.graphEdges(crawlId), (place) => byId.has(servers[place]!))
    }),
    texts: less(atlas.texts, (texts, { cities, withholding }) => {
      const sentence = withheldSentence(withholding.counts, cities)
      const paragraphs = [sentence ?? "Nothing of this crawl had to be withheld.", "What is withheld stays in the local database. Figures count it; names, addresses and joins are left out."]
      return { ...texts, methodology: [...texts.methodology, { title: "What is withheld", paragraphs }] }
    })
  }
}
