import type { ClusterMembership } from "../analysis/exposure/candidate.ts"
import { between, counted, percent, whole } from "./figure-text.ts"
import { coverageIn, coverageOf, type Population } from "../domain/coverage.ts"
import { operatorCount } from "./operator-count.ts"
import type { KnownCluster } from "./read-clusters.ts"
import type { CrawlRow } from "./shapes/crawl.ts"
import type { Figure, Overview } from "./shapes/overview.ts"
import type { ServerRow } from "./shapes/server-row.ts"

/** What an overview is made of. */
export interface OverviewInput {
  readonly crawl: CrawlRow
  readonly servers: ReadonlyArray<ServerRow>
  readonly clusters: ReadonlyArray<KnownCluster>
  readonly memberships: ReadonlyArray<ClusterMembership>
  /** Null before the crawl was analysed. */
  readonly expectedFalseGroups: number | null
  /** Chances of owners to be the main server of one start, the largest first; empty where the model was not run. */
  readonly mainOfOneStart: ReadonlyArray<{ readonly value: number; readonly low: number; readonly high: number }>
  /** What the crawl stated when it ended, over all network classes; empty where it stated nothing. */
  readonly statedCoverage: ReadonlyArray<Population & { readonly method: "Chao" | "Chapman" }>
}

const tally = (values: Iterable<string | null>): Overview["software"] => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value ?? "not known", (counts.get(value ?? "not known") ?? 0) + 1)
  return [...counts].map(([value, servers]) => ({ value, servers }))
    .toSorted((a, b) => b.servers - a.servers || (a.value < b.value ? -1 : 1))
}

/** Answered, and showed no other chain than the crawl's. */
export const answeredHere = (crawl: Pick<CrawlRow, "network">) => ({ chain, reachable }: ServerRow): boolean =>
  reachable === true && (chain ?? crawl.network) === crawl.network

/** As the crawl stated it, by lists and sources; of one that stated nothing by the lists of its servers alone. */
const coverageFigure = ({ crawl, statedCoverage }: Pick<OverviewInput, "crawl" | "statedCoverage">, answered: ReadonlyArray<ServerRow>): Figure => {
  const stated = statedCoverage.find(({ method }) => method === "Chao")
  const other = statedCoverage.find(({ method }) => method === "Chapman")
  const coverage = crawl.state !== "finished" ? null : stated === undefined ? coverageOf(answered.map(({ namedBy }) => namedBy)) : coverageIn(stated)
  const by = stated === undefined
    ? "by how many peer lists name each server (Chao's estimate)"
    : "by how many peer lists and sources have each server (Chao's estimate, 95 % limits)"
  const beside = stated === undefined || other === undefined ? "" : ` Peer lists against sources (Chapman's) give ${between(coverageIn(other).low, coverageIn(other).high, percent)}.`
  return {
    value: coverage?.share ?? null,
    low: coverage?.low ?? null,
    high: coverage?.high ?? null,
    level: "server",
    caveat: crawl.state !== "finished"
      ? "Not estimated: the crawl has not been finished."
      : coverage === null
      ? "Not estimated: too few lists and sources have the servers that answered."
      : `An upper bound, of what lists and sources can show, ${by}: they copy each other, and servers that nobody announces, or that our vantage cannot reach, are not in it.${beside}`,
    query: "coverage"
  }
}

const operatorsFigure = ({ clusters, crawl, memberships }: OverviewInput, answered: ReadonlyArray<ServerRow>): Figure => {
  const caveat = "Over the posteriors of groups that are probably one operator's. Operators who leave no trace in common, and pairs below the threshold, are counted apart: the true number is rather lower."
  if (crawl.analysedAt === null) return { value: null, low: null, high: null, level: "operator", caveat: "Not known before `observatory analyze`.", query: "operator-clusters" }
  const { high, low, mean } = operatorCount(new Set(answered.map(({ serverId }) => serverId)), memberships)
  return { value: mean, low, high, level: "operator", caveat: clusters.some(({ row }) => row.kind === "operator") ? caveat : `No group was found, so every server counts as an operator of its own. ${caveat}`, query: "operator-clusters" }
}

/**
 * Owners' chances to be the one main server of a start exclude each other, so
 * they add up; how far each is from its limits is taken for independent.
 */
const topFive = (owners: OverviewInput["mainOfOneStart"]): Figure => {
  const five = owners.slice(0, 5)
  const value = five.reduce((total, owner) => total + owner.value, 0)
  const away = (limit: "low" | "high") => Math.sqrt(five.reduce((total, owner) => total + (owner[limit] - owner.value) ** 2, 0))
  const known = five.length > 0
  return {
    value: known ? Math.min(1, value) : null,
    low: known ? Math.max(0, value - away("low")) : null,
    high: known ? Math.min(1, value + away("high")) : null,
    level: "operator",
    caveat: known
      ? "Model output, one start of the stock wallet over clearnet without a saved server; whoever runs servers sees this. Whether a group is one operator's, and the error of simulating, are in the limits; which five are meant is not."
      : "Not computed: `observatory analyze` models what a wallet would choose.",
    query: "exposure"
  }
}

/** The first screen in sentences; what is not known is not said. */
const headlineOf = (
  crawl: CrawlRow,
  { coverage, operators, serversAnswered, topFiveMain }: Pick<Overview, "coverage" | "operators" | "serversAnswered" | "topFiveMain">
): ReadonlyArray<string> => [
  ...(crawl.simulated ? [`SIMULATED network (${crawl.network}): its behaviour is invented, nothing here is a finding about anyone.`] : []),
  `${counted(serversAnswered.value ?? 0, "server")} answered` +
    (coverage.value === null
      ? "."
      : coverage.value >= 0.995
      ? " (coverage nearly complete, of what lists and sources show)."
      : ` (coverage about ${percent(coverage.value)} at most).`),
  operators.value === null
    ? "Nobody has looked yet who runs them: run `observatory analyze`."
    : operators.low === serversAnswered.value
    ? `No two of them were found to have one operator, which proves nothing: ${whole(operators.value)} operators at the most.`
    : `They look like ${between(operators.low ?? operators.value, operators.high ?? operators.value, whole)} operators, or fewer: who leaves no trace in common counts apart.`,
  ...(topFiveMain.value === null
    ? []
    : [`Five of them would see ${between(topFiveMain.low!, topFiveMain.high!, percent)} of wallet starts (model).`])
]

/**
 * Probable operators by their servers that answered, the largest first.
 *
 * @param servers those that may be counted
 * @param answered how many answered in all
 */
export const operatorsByShare = (
  crawl: CrawlRow,
  servers: ReadonlyArray<ServerRow>,
  clusters: ReadonlyArray<KnownCluster>,
  answered: number
): Overview["operatorsByShare"] => {
  const ids = new Set(servers.filter(answeredHere(crawl)).map(({ serverId }) => serverId))
  return clusters.filter(({ row }) => row.kind === "operator").map(({ row, serverIds }) => {
    const here = serverIds.filter((id) => ids.has(id)).length
    const first = row.hosts[0] ?? "no host"
    return {
      label: row.hosts.length < 2 ? first : `${first} and ${row.hosts.length - 1} more`,
      clusterId: row.clusterId,
      servers: here,
      share: answered === 0 ? 0 : here / answered,
      posterior: row.posterior
    }
  }).toSorted((a, b) => b.servers - a.servers || a.clusterId - b.clusterId)
}

/** What the first screen answers. */
export const overviewOf = (input: OverviewInput): Overview => {
  const { clusters, crawl, expectedFalseGroups, mainOfOneStart } = input
  const answered = input.servers.filter(answeredHere(crawl))
  const elsewhere = input.servers.filter(({ reachable }) => reachable === true).length - answered.length
  const figures = {
    serversAnswered: {
      value: answered.length,
      low: null,
      high: null,
      level: "server",
      caveat: "Counted once, from one vantage: who did not answer us then may answer others." +
        (elsewhere === 0 ? "" : ` ${counted(elsewhere, "server")} that answered for another chain ${elsewhere === 1 ? "is" : "are"} not counted.`),
      query: "coverage"
    },
    coverage: coverageFigure(input, answered),
    operators: operatorsFigure(input, answered),
    topFiveMain: topFive(mainOfOneStart)
  }
  return {
    crawl,
    headline: headlineOf(crawl, figures),
    ...figures,
    expectedFalseGroups,
    operatorsByShare: operatorsByShare(crawl, answered, clusters, answered.length),
    software: tally(answered.map(({ software }) => software)),
    implementations: tally(answered.map(({ implementation }) => implementation)),
    protocols: tally(answered.map(({ protocol }) => protocol)),
    countries: tally(answered.map(({ country }) => country)),
    asns: tally(answered.map(({ asn, org }) => asn === null ? null : `AS${asn}${org === null ? "" : ` ${org}`}`)),
    outcomes: tally(input.servers.map(({ reachable, reason }) => reachable === true ? "answered" : reason)),
    networkClasses: tally(answered.flatMap(({ networkClasses }) => networkClasses))
  }
}
