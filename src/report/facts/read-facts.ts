import { Effect, Schema } from "effect"
import { shippedIndicators } from "../../analysis/suspicion/indicator-table.ts"
import { bounded } from "../../atlas/bounded.ts"
import { Atlas } from "../../atlas/atlas.ts"
import type { AtlasError } from "../../atlas/atlas-error.ts"
import type { CrawlRow } from "../../atlas/shapes/crawl.ts"
import type { ServerRow } from "../../atlas/shapes/server-row.ts"
import { readWithholding } from "../../atlas/read-withholding.ts"
import { type HasOptedOut, scrubbed, type Withholding } from "../../atlas/withholding.ts"
import { Database } from "../../store/database.ts"
import { readChange } from "../../atlas/changes/read-change.ts"
import type { LabelFile } from "../labels/label-file.ts"
import { matchLabels, type Statement } from "../labels/match-labels.ts"
import { readRandomHosts } from "../labels/read-random-hosts.ts"
import { readNamedFacts } from "./named-facts.ts"
import { describeNamed, readNamed } from "./read-named.ts"
import { readPower } from "./read-power.ts"
import type { AnalysisRun, ReportFacts } from "./report-facts.ts"

/** What is asked of a report. */
export interface ReportOptions {
  readonly isLocal: boolean
  /** Of a report for the public: who asked to be left out, beyond the lists that are stored. */
  readonly hasOptedOut: HasOptedOut
  /** Crawl to compare with; null for none. */
  readonly compareWith: number | null
  readonly labels: { readonly file: string; readonly labels: LabelFile } | null
  /** Whether to compute which fleets the crawl could have shown. */
  readonly wantsFleets: boolean
}

const RunRow = Schema.Struct({
  analysed_at: Schema.String,
  servers: Schema.Int,
  pairs_possible: Schema.Int,
  pairs_compared: Schema.Int,
  operator_prior: Schema.Finite,
  threshold: Schema.Finite,
  operator_clusters: Schema.Int,
  expected_false_clusters: Schema.Finite
})

const readRun = Effect.fnUntraced(function*(crawlId: number) {
  const database = yield* Database
  const [row] = yield* database.rows(
    RunRow,
    `SELECT analysed_at, servers, pairs_possible, pairs_compared, operator_prior, threshold, operator_clusters, expected_false_clusters
    FROM analysis_run WHERE crawl_id = $crawl_id`,
    { crawl_id: crawlId }
  )
  if (row === undefined) return null
  const run: AnalysisRun = {
    analysedAt: row.analysed_at,
    servers: row.servers,
    pairsPossible: row.pairs_possible,
    pairsCompared: row.pairs_compared,
    operatorPrior: row.operator_prior,
    threshold: row.threshold,
    operatorGroups: row.operator_clusters,
    expectedFalseGroups: row.expected_false_clusters
  }
  return run
})

const StateRow = Schema.Struct({ state: Schema.String, servers: Schema.Int })

const readTwoWays = Effect.fnUntraced(function*(crawlId: number) {
  const database = yield* Database
  const rows = yield* database.rows(
    StateRow,
    "SELECT state, count(*) AS servers FROM differential_result WHERE servers_of = $crawl_id GROUP BY state ORDER BY state",
    { crawl_id: crawlId }
  )
  const of = (state: string): number => rows.find((row) => row.state === state)?.servers ?? 0
  return { differs: of("differs"), open: of("open"), same: of("same"), notComparable: of("not comparable") }
})

const CountRow = Schema.Struct({ count: Schema.Int })

const readSnapshots = Effect.fnUntraced(function*(crawlId: number) {
  const database = yield* Database
  const [row] = yield* database.rows(CountRow, "SELECT count(*) AS count FROM snapshot WHERE servers_of = $crawl_id AND state = 'kept'", { crawl_id: crawlId })
  return row?.count ?? 0
})

const StatementRow = Schema.Struct({ server_id: Schema.Int, kind: Schema.String, value: Schema.String })

/**
 * What may be said of servers that are shown: no host or address that is
 * withheld.
 */
const shownStatements = (
  statements: ReadonlyArray<Statement>,
  servers: ReadonlyMap<number, ServerRow>,
  hosts: Withholding["hosts"]
): ReadonlyArray<Statement> =>
  statements.flatMap((one) => {
    const server = servers.get(one.server_id)
    if (server === undefined) return []
    if (one.kind === "host" && !server.hosts.includes(one.value)) return []
    if (one.kind === "address" && !server.addresses.includes(one.value)) return []
    return [{ ...one, value: scrubbed(one.value, hosts) }]
  })

/** Groups explained in full; the others are in the table. */
const explainedGroups = 12

/** What an analysis gives, or null before there is one. */
const ifAnalysed = <A, R>(read: Effect.Effect<A, AtlasError, R>): Effect.Effect<A | null, AtlasError, R> =>
  Effect.catchIf(read, ({ reason }) => reason === "not analysed", () => Effect.succeed(null))

/**
 * Everything a report of one crawl is made of. Servers are named as the atlas
 * given shows them; what it withholds is in counts only.
 */
export const readReportFacts = Effect.fn("readReportFacts")(function*(crawl: CrawlRow, options: ReportOptions) {
  const atlas = yield* Atlas
  const { crawlId, network } = crawl
  const servers = yield* atlas.servers(crawlId)
  const clusters = (yield* ifAnalysed(atlas.clusters(crawlId))) ?? []
  const largest = clusters
    .filter(({ kind }) => kind === "operator")
    .toSorted((a, b) => b.servers - a.servers || a.clusterId - b.clusterId)
    .slice(0, explainedGroups)
  const statements = yield* readNamed("stated-owners", StatementRow, { crawl: crawlId })
  const { fleets, lies } = yield* readPower(crawlId, options.wantsFleets)
  const overview = yield* atlas.overview(crawlId)
  const withheld: Withholding["hosts"] = options.isLocal ? new Set() : (yield* readWithholding(crawlId, crawl.simulated, options.hasOptedOut)).hosts
  const named = yield* readNamedFacts(crawlId, network, shippedIndicators.threshold)
  const shown = new Map(servers.map((row) => [row.serverId, row]))
  const labelled = new Map(servers.map(({ host, serverId }) => [serverId, host]))
  const facts: ReportFacts = {
    crawl,
    named: options.isLocal ? named : scrubbed(named, withheld),
    overview,
    servers,
    run: yield* readRun(crawlId),
    clusters,
    details: yield* Effect.forEach(largest, ({ clusterId }) => atlas.cluster(crawlId, clusterId)),
    suspicion: yield* ifAnalysed(atlas.suspicion(crawlId)),
    exposure: yield* ifAnalysed(atlas.exposure(crawlId)),
    graph: yield* ifAnalysed(atlas.graphHead(crawlId)),
    texts: yield* atlas.texts(crawlId),
    dictionary: yield* atlas.dictionary,
    twoWays: yield* readTwoWays(crawlId),
    snapshots: yield* readSnapshots(crawlId),
    fleets,
    lies,
    labels: matchLabels(labelled, shownStatements(statements.rows, shown, withheld), options.labels, yield* readRandomHosts(crawlId)),
    change: options.compareWith === null ? null : yield* readChange(crawl, options.compareWith),
    watched: { page: yield* atlas.watched(crawlId, "month"), named: yield* describeNamed("watched-uptime", { network }) },
    isLocal: options.isLocal
  }
  return bounded(facts)
})
