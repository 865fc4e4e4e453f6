import type { CrawlRow } from "../../src/atlas/shapes/crawl.ts"
import type { ExposurePage } from "../../src/atlas/shapes/exposure.ts"
import type { Figure } from "../../src/atlas/shapes/overview.ts"
import type { SuspicionPage } from "../../src/atlas/shapes/suspicion.ts"
import type { NamedFacts } from "../../src/report/facts/named-facts.ts"
import type { Named } from "../../src/report/facts/read-named.ts"
import type { ReportFacts } from "../../src/report/facts/report-facts.ts"
import { matchLabels } from "../../src/report/labels/match-labels.ts"

/** Rows of a named query that does not exist. */
export const namedRows = <A>(rows: ReadonlyArray<A>): Named<A> => ({
  rows,
  title: "Title",
  level: "server",
  caveat: null,
  source: { kind: "named query", name: "name", parameters: {} }
})

const queries: ReadonlyArray<keyof NamedFacts> = [
  "software", "implementations", "protocols", "countries", "asns", "clouds", "coverage", "failures", "acceptance", "validity", "chains", "malformed",
  "deviations", "reachability", "transports", "latency", "tls", "keys", "indicators", "scores", "signals", "sizes", "known", "concentration", "crawls"
]

const nothing = Object.fromEntries(queries.map((name) => [name, namedRows([])])) as unknown as NamedFacts

const crawl: CrawlRow = {
  crawlId: 1,
  kind: "crawl",
  network: "mainnet",
  chainTitle: "Bitcoin",
  simulated: false,
  state: "finished",
  startedAt: "2026-11-01T00:00:00.000Z",
  endedAt: "2026-11-01T00:10:00.000Z",
  analysedAt: "2026-11-01T00:11:00.000Z",
  vantage: "home",
  ways: ["ipv4"],
  codeVersion: "0.1.0",
  counts: { advertisements: 0, endpoints: 0, endpointsReachable: 0, servers: 0, serversReachable: 0, operatorGroups: 0 }
}

const unknown: Figure = { value: null, low: null, high: null, level: "server", caveat: "Not known.", query: null }

/** Facts of an analysed crawl that met nobody; changes are laid over them. */
export const factsOf = (changes: Partial<ReportFacts> = {}, named: Partial<NamedFacts> = {}): ReportFacts => ({
  crawl,
  named: { ...nothing, ...named },
  overview: {
    crawl,
    headline: [],
    serversAnswered: { ...unknown, value: 0 },
    coverage: unknown,
    operators: unknown,
    topFiveMain: unknown,
    expectedFalseGroups: 0,
    operatorsByShare: [],
    software: [],
    implementations: [],
    protocols: [],
    countries: [],
    asns: [],
    outcomes: [],
    networkClasses: []
  },
  servers: [],
  run: { analysedAt: "2026-11-01T00:11:00.000Z", servers: 0, pairsPossible: 0, pairsCompared: 0, operatorPrior: 0.01, threshold: 0.95, operatorGroups: 0, expectedFalseGroups: 0 },
  clusters: [],
  details: [],
  suspicion: suspicionOf({}),
  exposure: null,
  graph: null,
  texts: { crawlId: 1, threatModel: [], methodology: [] },
  dictionary: [],
  twoWays: { differs: 0, open: 0, same: 0, notComparable: 0 },
  snapshots: 0,
  fleets: null,
  lies: [],
  labels: matchLabels(new Map(), [], null, null),
  change: null,
  watched: {
    page: { crawlId: 1, simulated: false, vantage: null, window: "month", from: null, until: null, stepMs: 0, steps: 0, unwatched: 0, rows: [], outages: [] },
    named: namedRows([])
  },
  isLocal: false,
  ...changes
})

/** A page of suspicion of so many judged servers that answered and are of the chain. */
export const suspicionOf = (
  { aside = 0, clean = 0, severalWeak = 0, violating = 0, weaker = 0 }: Partial<SuspicionPage["answered"]> & { readonly aside?: number }
): SuspicionPage => ({
  crawlId: 1,
  threshold: 40,
  servers: 0,
  flagged: violating + severalWeak,
  answered: { judged: violating + severalWeak + weaker + clean, violating, severalWeak, weaker, clean },
  judgedAside: aside,
  indicators: [],
  histogram: [],
  ranking: []
})

/** How many operators hold more than half of so many servers. */
export const operatorsHold = (low: number, high: number, servers: number): NamedFacts["concentration"]["rows"][number] => ({
  level: "server",
  dimension: "operator",
  servers_or_operators_known: servers,
  servers_or_operators_unknown: 0,
  value_groups: servers,
  largest_percent: 10,
  hhi: 0.1,
  hhi_low: 0.1,
  hhi_high: 0.1,
  hhi_if_apart: 0.01,
  nakamoto: (low + high) / 2,
  nakamoto_low: low,
  nakamoto_high: high,
  nakamoto_if_apart: Math.ceil(servers / 2),
  recommendation: "None."
})

/** A row of exposure of the stock wallet over clearnet after ten starts. */
export const exposedTo = (owner: string, main: number, connected: number): ExposurePage["rows"][number] => ({
  wallet: "Electrum",
  route: "clearnet",
  savedServer: false,
  starts: 10,
  owner,
  clusterId: null,
  serverId: 1,
  servers: 1,
  posterior: null,
  main: { value: main, low: main / 2, high: Math.min(1, main * 2) },
  connected: { value: connected, low: connected / 2, high: Math.min(1, connected * 2) },
  recommendation: null
})
