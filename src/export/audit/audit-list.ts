import { Effect, Schema } from "effect"
import { readOperatorClusters } from "../../analysis/exposure/cluster-input.ts"
import { Database } from "../../store/database.ts"
import type { Shown } from "../shown.ts"
import type { ListEntry } from "./list-text.ts"

/** What crawls saw at one entry of a list. */
export interface AuditedEntry {
  readonly host: string
  readonly tlsPort: number | null
  readonly tcpPort: number | null
  /** Crawls of the network that know the host at these ports, and of them those that could look: dialled, and not stopped by us. */
  readonly crawlsKnown: number
  readonly crawlsLooked: number
  readonly crawlsAnswered: number
  readonly lastAnswered: string | null
  /** Why the newest visit brought nothing, in the closed vocabulary of visits. */
  readonly reason: string | null
  /** Why the wallet would not use its TLS, from the newest visit that shows it; null where it would. */
  readonly refused: string | null
  /** The other chain that it serves; null for the right one, or where it showed none. */
  readonly otherChain: string | null
  /** Number of the server that the host leads to in the newest crawl: two entries with one are two names of one server. Null where it is not shown. */
  readonly serverId: number | null
  /** Group of a probable operator in the newest crawl, and the probability that all of it is one operator's. */
  readonly clusterId: number | null
  readonly groupPosterior: number | null
  /** Suspicion in the newest crawl, 0 to 100; null where not analysed or not shown. */
  readonly score: number | null
}

const SeenRow = Schema.Struct({
  host: Schema.String,
  known: Schema.Int,
  looked: Schema.Int,
  answered: Schema.Int,
  last_answered: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String),
  wallet_accepts: Schema.NullOr(Schema.Boolean),
  wallet_reason: Schema.NullOr(Schema.String),
  chain_verdict: Schema.NullOr(Schema.String),
  chain: Schema.NullOr(Schema.String)
})

/** By host and the ports of the list, over all ended crawls of the network up to the one in question. */
const selectSeen = `
  WITH wanted AS (
    SELECT unnest(from_json($entries, '[{"host":"VARCHAR","port":"INTEGER","transport":"VARCHAR"}]'), recursive := true)
  ), seen AS (
    SELECT w.host, ce.crawl_id, ce.transport, ce.reachable, coalesce(ce.reason, ce.not_visited_reason) AS reason,
      v.started_at, v.software IS NOT NULL AS spoke, v.chain_verdict, v.chain, t.wallet_accepts, t.wallet_accepts_reason
    FROM wanted w
    JOIN crawl c ON c.network = $network AND c.kind = 'crawl' AND c.state <> 'running' AND c.crawl_id <= $crawl_id
    JOIN crawl_endpoint ce ON ce.crawl_id = c.crawl_id AND lower(ce.host) = w.host AND ce.port = w.port AND ce.transport = w.transport
    LEFT JOIN visit v ON v.visit_id = ce.visit_id
    LEFT JOIN tls_session t ON t.visit_id = ce.visit_id
  ), by_crawl AS (
    SELECT host, crawl_id, bool_or(reachable OR spoke) AS answered, bool_or(reachable IS NOT NULL) AS looked FROM seen GROUP BY host, crawl_id
  ), counted AS (
    SELECT host, count(*)::INTEGER AS known, (count(*) FILTER (looked))::INTEGER AS looked, (count(*) FILTER (answered))::INTEGER AS answered
    FROM by_crawl GROUP BY host
  ), newest AS (
    SELECT host, max(started_at) FILTER (reachable OR spoke) AS last_answered,
      arg_max(reason, (crawl_id, transport = 'tls')) FILTER (reason IS NOT NULL) AS reason,
      arg_max({accepts: wallet_accepts, because: wallet_accepts_reason}, started_at) FILTER (transport = 'tls' AND wallet_accepts IS NOT NULL) AS tls,
      arg_max({verdict: chain_verdict, name: chain}, started_at) FILTER (chain_verdict IN ('same', 'other')) AS shown
    FROM seen GROUP BY host
  )
  SELECT host, known, looked, answered, last_answered, reason, tls.accepts AS wallet_accepts, tls.because AS wallet_reason,
    shown.verdict AS chain_verdict, shown.name AS chain
  FROM counted JOIN newest USING (host)`

/** What is known of each entry, in the order of the list. */
export const auditEntries = Effect.fn("auditEntries")(function*(shown: Shown, entries: ReadonlyArray<ListEntry>) {
  const database = yield* Database
  const wanted = entries.flatMap(({ host, tcpPort, tlsPort }) => [
    ...(tlsPort === null ? [] : [{ host: host.toLowerCase(), port: tlsPort, transport: "tls" }]),
    ...(tcpPort === null ? [] : [{ host: host.toLowerCase(), port: tcpPort, transport: "tcp" }])
  ])
  const rows = yield* database.rows(SeenRow, selectSeen, {
    entries: JSON.stringify(wanted),
    network: shown.about.network,
    crawl_id: shown.about.crawl_id
  })
  const seen = new Map(rows.map((row) => [row.host, row]))
  const posteriors = new Map((yield* readOperatorClusters(shown.about.crawl_id)).map(({ clusterId, posterior }) => [clusterId, posterior]))
  const servers = new Map(shown.servers.flatMap((server) => server.hosts.map((host) => [host.toLowerCase(), server] as const)))
  return entries.map(({ host, tcpPort, tlsPort }): AuditedEntry => {
    const row = seen.get(host.toLowerCase())
    const server = servers.get(host.toLowerCase())
    return {
      host,
      tlsPort,
      tcpPort,
      crawlsKnown: row?.known ?? 0,
      crawlsLooked: row?.looked ?? 0,
      crawlsAnswered: row?.answered ?? 0,
      lastAnswered: row?.last_answered ?? null,
      reason: row?.reason ?? null,
      refused: row?.wallet_accepts === false ? row.wallet_reason ?? "refused" : null,
      otherChain: row?.chain_verdict === "other" ? row.chain ?? "unknown chain" : null,
      serverId: server?.serverId ?? null,
      clusterId: server?.clusterId ?? null,
      groupPosterior: posteriors.get(server?.clusterId ?? -1) ?? null,
      score: server?.score ?? null
    }
  })
})
