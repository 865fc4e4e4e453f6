import type { CrawlSummary } from "../crawl/progress.ts"
import { type CrawlCoverage, coverageIn } from "../domain/coverage.ts"
import { databaseArgument } from "./default-database.ts"
import { durationText } from "./duration-text.ts"
import type { TerminalStyle } from "./terminal-style.ts"

const ended: Readonly<Record<CrawlSummary["end"], string>> = {
  complete: "complete",
  limit: "ended at --limit",
  "max time": "ended at --max-time",
  interrupted: "interrupted; what was seen is saved",
  "proxy lost": "stopped, because the proxy does not answer"
}

/** The marking that everything about a simulated crawl carries. */
export const simulatedNotice = (network: string): string =>
  `SIMULATED: ${network} is an invented network. Its behaviour under real names is made up and says nothing about real servers.`

const percent = (share: number): string => `${Math.floor(100 * share)} %`

/** e.g. `name 92 % (80 to 97 %) of 110`; what could not be estimated says so. */
const estimateText = ({ answered, networkClass, population }: CrawlCoverage): string => {
  const of = networkClass ?? "all"
  if (population === null) return `${of} not estimated (${answered} answered; too few lists have them)`
  const { high, low, share } = coverageIn(population)
  return `${of} ${percent(share)} (${percent(low)} to ${percent(high)}) of ${Math.round(population.total)} servers`
}

/** How much of the network was seen at the most, by what lists and sources have of it. */
const coverageLines = (coverage: CrawlSummary["coverage"]): ReadonlyArray<string> => {
  const estimates = coverage.filter(({ answered, method }) => method === "Chao" && answered > 0)
  // Where all are of one class, one line says it.
  const shown = estimates.length === 2 ? estimates.slice(0, 1) : estimates
  return shown.length === 0 ? [] : [`  coverage   at the most, as lists copy each other (95 % limits): ${shown.map(estimateText).join("; ")}`]
}

/**
 * What a crawl ends with on a terminal; each line names the level it counts.
 * `next` says how the next useful command is typed; null leaves that out.
 * `lookedUp` are lines about addresses.
 */
export const crawlSummaryText = (
  summary: CrawlSummary,
  style: TerminalStyle,
  next: { readonly command: string; readonly db: string } | null,
  lookedUp: ReadonlyArray<string> = []
): string => {
  const listed = (counts: CrawlSummary["reasons"]) => counts.map(([reason, count]) => `${reason} ${count}`).join(", ")
  const reasons = listed(summary.reasons)
  const unvisited = listed(summary.notVisitedReasons)
  const lines = [
    ...(summary.simulated ? [style.warning(simulatedNotice(summary.network)), ""] : []),
    style.bold(`Crawl ${summary.crawlId} of ${summary.network} ${ended[summary.end]} after ${durationText(summary.elapsedMs)}.`),
    `  endpoints  ${summary.known} known, ${summary.answered} answered, ${summary.failed} did not answer us, ` +
    `${summary.notVisited} not visited${unvisited === "" ? "" : ` (${unvisited})`}`,
    `  servers    ${summary.serversAnswered} answered, after joining the endpoints of one server`,
    ...coverageLines(summary.coverage),
    ...(reasons === "" ? [] : [`  visits that brought no answer, by reason: ${reasons}`]),
    ...(summary.excluded > 0 ? [`  ${summary.excluded} announcements left out by the opt-out list`] : []),
    ...(summary.uncounted > 0 ? [`  ${summary.uncounted} endpoints beyond every bound were not even stored`] : []),
    ...lookedUp
  ]
  if (next === null) return `${lines.join("\n")}\n`
  const db = databaseArgument(next.db)
  lines.push(
    "",
    summary.end === "interrupted" || summary.end === "proxy lost"
      ? `Go on with:  ${next.command} crawl --resume --network ${summary.network}${db}`
      : `Next:  ${next.command} analyze --network ${summary.network}${db}\n       ${next.command} query software${db}`
  )
  return `${lines.join("\n")}\n`
}
