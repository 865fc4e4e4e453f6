import type { AnalysisResult } from "../analysis/analysis.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { databaseArgument } from "./default-database.ts"
import type { TerminalStyle } from "./terminal-style.ts"

/** What an analysis found, for a terminal; all counts are servers unless the line says otherwise. */
export const analysisText = (
  result: AnalysisResult,
  style: TerminalStyle,
  next: { readonly command: string; readonly db: string }
): string => {
  const largest = result.sharedKeys.slice(0, 5).map((group) =>
    `    ${group.serverIds.length} servers, public key ${group.spkiSha256.slice(0, 16)}…`
  )
  const flagged = result.suspicions.filter(({ score }) => score !== null && score >= result.indicators.threshold)
  const db = databaseArgument(next.db)
  return [
    ...(result.simulated ? [style.warning(simulatedNotice(result.network)), ""] : []),
    style.bold(`Analysis of crawl ${result.crawlId} of ${result.network}, counted in servers.`),
    `  announcements  ${result.announcements} pairs of servers of which one announces the other, among ${result.announcedServers} of ${result.servers} servers` +
    (result.reciprocity === null ? "" : `; ${Math.round(result.reciprocity * 100)} % are returned`),
    ...result.communities.map((c) =>
      `  communities    ${c.communities} at resolution ${c.resolution}` +
      (c.modularity === null ? "" : `, modularity ${(Math.round(c.modularity * 100) / 100 + 0).toFixed(2)}`) +
      (c.meanAdjustedRand === null ? "" : `, agreement between runs ${c.meanAdjustedRand.toFixed(2)} (1 is perfect)`)
    ),
    `  shared keys    ${result.sharedKeys.length} groups of servers that presented one public key: probably one operator or one software image each`,
    ...largest,
    `  suspicion      ${flagged.length} of ${result.suspicions.length} servers judged at ${result.indicators.threshold} points or more: each ${result.indicators.threshold_means}`,
    ...result.notes.map((note) => `  ${note}`),
    "",
    "  Communities say who lists whom, not who runs what; servers without a shared key may still have one operator.",
    "",
    `Next:  ${next.command} query${db}\n       ${next.command} query certificates-on-more-than-one-server${db}`,
    ""
  ].join("\n")
}
