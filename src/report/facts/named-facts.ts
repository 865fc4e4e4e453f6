import { Effect, Schema } from "effect"
import { readNamed } from "./read-named.ts"

const Text = Schema.NullOr(Schema.String)
const Number = Schema.NullOr(Schema.Finite)
const Flag = Schema.NullOr(Schema.Boolean)

const rows = {
  software: Schema.Struct({ software_claimed: Text, servers: Schema.Int }),
  implementations: Schema.Struct({ behaves_like: Text, releases_that_fit: Text, software_claimed: Text, servers: Schema.Int, servers_with_contradictions: Schema.Int }),
  protocols: Schema.Struct({ protocol_agreed: Text, protocol_max_claimed: Text, servers: Schema.Int }),
  countries: Schema.Struct({ country: Text, servers_located: Schema.Int, servers_registered: Schema.Int, servers: Schema.Int, servers_answered: Schema.Int }),
  asns: Schema.Struct({ asn: Number, org: Text, servers: Schema.Int, servers_answered: Schema.Int }),
  randomHosts: Schema.Struct({ asn: Number, org: Text, random_addresses: Schema.Int, with_a_reverse_name: Schema.Int, not_answered: Schema.Int }),
  clouds: Schema.Struct({ cloud_provider: Text, servers: Schema.Int, servers_answered: Schema.Int }),
  coverage: Schema.Struct({ level: Schema.String, measure: Schema.String, number: Number }),
  failures: Schema.Struct({ reason: Text, phase: Text, our_side: Flag, endpoints: Schema.Int }),
  acceptance: Schema.Struct({ wallet_accepts: Flag, reason: Text, servers: Schema.Int }),
  validity: Schema.Struct({ validity_when_visited: Text, self_signed: Flag, verdict_of_our_roots: Text, servers: Schema.Int }),
  chains: Schema.Struct({ verdict: Text, chain_shown: Text, endpoints: Schema.Int }),
  malformed: Schema.Struct({ malformed_response: Text, behaves_like: Text, differs: Schema.NullOr(Schema.Array(Schema.String)), servers: Schema.Int }),
  deviations: Schema.Struct({ question: Schema.String, servers_asked: Schema.Int, servers_compared: Schema.Int, servers_deviating: Schema.Int }),
  reachability: Schema.Struct({ kind_of_host: Schema.String, outcome: Schema.String, servers: Schema.Int }),
  transports: Schema.Struct({ announced: Schema.String, servers: Schema.Int, answered_over_tls: Schema.Int, answered_in_clear_text_only: Schema.Int, not_answered_or_unknown: Schema.Int }),
  latency: Schema.Struct({ server_id: Schema.Int, tcp_connect_ms: Number, tls_handshake_ms: Number, first_reply_ms: Number, ping_ms: Number, ping_deviation_ms: Number, via: Text, country: Text }),
  tls: Schema.Struct({ aspect: Schema.String, value: Text, servers: Schema.Int }),
  keys: Schema.Struct({ key_sha256: Schema.String, servers: Schema.Int, certificates: Schema.Int, subject: Text, self_signed: Flag }),
  issuers: Schema.Struct({ issuer: Text, servers: Schema.Int, certificates: Schema.Int }),
  clusterSizes: Schema.Struct({ attribute: Schema.String, servers_that_show_it: Schema.Int, shown_values: Schema.Int }),
  indicators: Schema.Struct({ indicator: Schema.String, weight: Number, servers_tested: Schema.Int, servers_with_a_share: Schema.Int, share_of_tested: Number, base_rate: Number, servers_untested: Schema.Int, most_frequent_reason: Text }),
  scores: Schema.Struct({ points_from: Number, points_below: Number, servers: Schema.Int, with_no_point: Schema.Int }),
  signals: Schema.Struct({ indicator: Schema.String, weight: Number, servers_with_a_share: Schema.Int, of_these_high: Schema.Int, servers_tested: Schema.Int, high_tested: Schema.Int }),
  sizes: Schema.Struct({ kind: Schema.String, size: Schema.Int, groups: Schema.Int }),
  known: Schema.Struct({ field: Schema.String, endpoints_known: Schema.Int, endpoints_unknown: Schema.Int, most_frequent_reason: Text, endpoints_visited: Schema.Int }),
  concentration: Schema.Struct({ level: Schema.String, dimension: Schema.String, servers_or_operators_known: Schema.Int, servers_or_operators_unknown: Schema.Int, value_groups: Schema.Int, largest_percent: Number, hhi: Number, hhi_low: Number, hhi_high: Number, hhi_if_apart: Number, nakamoto: Number, nakamoto_low: Number, nakamoto_high: Number, nakamoto_if_apart: Number, recommendation: Schema.String }),
  crawls: Schema.Struct({ crawl_id: Schema.Int, crawl_state: Schema.String, started_at: Text, seconds: Number, vantage: Schema.String, advertisements: Schema.Int, announced_entries: Schema.Int, endpoints: Schema.Int, endpoints_visited: Schema.Int, endpoints_answered: Schema.Int, servers: Schema.Int, servers_answered: Schema.Int })
}

/**
 * What the named queries say of one crawl: numbers, and values as servers wrote
 * them, but no hosts. Rows that name hosts come from the atlas, which knows what
 * is withheld.
 */
export const readNamedFacts = Effect.fn("readNamedFacts")(function*(crawlId: number, network: string, threshold: number) {
  const crawl = { crawl: crawlId }
  return {
    software: yield* readNamed("software", rows.software, crawl),
    implementations: yield* readNamed("implementations", rows.implementations, crawl),
    protocols: yield* readNamed("protocol-versions", rows.protocols, crawl),
    countries: yield* readNamed("servers-by-country", rows.countries, crawl),
    asns: yield* readNamed("servers-by-asn", rows.asns, crawl),
    randomHosts: yield* readNamed("random-hosts-by-asn", rows.randomHosts, crawl),
    clouds: yield* readNamed("servers-by-cloud", rows.clouds, crawl),
    coverage: yield* readNamed("coverage", rows.coverage, crawl),
    failures: yield* readNamed("failures-by-reason", rows.failures, crawl),
    acceptance: yield* readNamed("wallet-acceptance", rows.acceptance, crawl),
    validity: yield* readNamed("certificate-validity", rows.validity, crawl),
    chains: yield* readNamed("chains", rows.chains, crawl),
    malformed: yield* readNamed("malformed-responses", rows.malformed, crawl),
    deviations: yield* readNamed("deviations-by-question", rows.deviations, crawl),
    reachability: yield* readNamed("reachability", rows.reachability, crawl),
    transports: yield* readNamed("transports", rows.transports, crawl),
    latency: yield* readNamed("latency-of-servers", rows.latency, crawl),
    tls: yield* readNamed("tls-in-use", rows.tls, crawl),
    keys: yield* readNamed("certificates-on-more-than-one-server", rows.keys, crawl),
    issuers: yield* readNamed("certificate-issuers", rows.issuers, crawl),
    clusterSizes: yield* readNamed("sizes-of-certificate-clusters", rows.clusterSizes, crawl),
    indicators: yield* readNamed("suspicion-by-indicator", rows.indicators, crawl),
    scores: yield* readNamed("suspicion-scores", rows.scores, crawl),
    signals: yield* readNamed("indicators-among-high-scores", rows.signals, { ...crawl, at_least: threshold }),
    sizes: yield* readNamed("sizes-of-groups", rows.sizes, crawl),
    known: yield* readNamed("what-is-known", rows.known, crawl),
    concentration: yield* readNamed("concentration", rows.concentration, crawl),
    crawls: yield* readNamed("crawls-side-by-side", rows.crawls, { network })
  }
})

/** See `readNamedFacts`. */
export type NamedFacts = Effect.Success<ReturnType<typeof readNamedFacts>>
