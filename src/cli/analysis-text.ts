import { showsViolation } from "../analysis/suspicion/score.ts"
import type { AnalysisResult } from "../analysis/analysis.ts"
import { probabilityText } from "../analysis/clusters/explanation.ts"
import type { SharingGroup } from "../analysis/clusters/infrastructure.ts"
import { forDisplay } from "../domain/display.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { databaseArgument } from "./default-database.ts"
import type { TerminalStyle } from "./terminal-style.ts"

/** What an analysis found, for a terminal; all counts are servers unless the line says otherwise. */
export const analysisText = (
  result: AnalysisResult,
  style: TerminalStyle,
  next: { readonly command: string; readonly db: string }
): string => {
  const { operators } = result
  const prefix = result.simulated ? "SIMULATED: " : ""
  const clusters = operators.clusters.slice(0, 8).map(({ explanation, posterior, serverIds }, i) =>
    `    ${prefix}group ${result.clusterIds[i]}: ${serverIds.length} servers, probably one operator (p = ${probabilityText(posterior)}), by ${
      explanation.evidence.slice(0, 3).map(({ comparison }) => comparison).join(", ")}`)
  const groupsOf = (kind: SharingGroup["kind"]) => operators.groups.filter((group) => group.kind === kind)
  const flagged = result.suspicions.filter(({ score }) => score !== null && score >= result.indicators.threshold)
  const violating = flagged.filter(showsViolation)
  const { indicators: table } = result
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
    `  compared       ${operators.servers} servers, ${operators.linkage.compared} of ${operators.linkage.possible} pairs (the rest have nothing in common that is worth it)`,
    `  operators      ${operators.clusters.length} groups of servers with probably one operator each; by the model's own probabilities ${
      operators.expectedFalse.toFixed(operators.expectedFalse < 0.095 ? 3 : 1)} of them are expected to be wrong by chance; a third party that brings all that such a group stands on is not in it`,
    ...clusters,
    ...(operators.clusters.length > clusters.length ? [`    and ${operators.clusters.length - clusters.length} more: query operator-clusters`] : []),
    `  undecided      ${operators.undecided} pairs with something in common that strangers may have from an image, a hoster, a proxy or a club`,
    `  infrastructure ${groupsOf("shared infrastructure").length} groups behind one node or proxy, ${groupsOf("same machine").length} on one machine: shared infrastructure, which does not say who runs it`,
    `  shared keys    ${result.sharedKeys.length} groups of servers that presented one public key: one operator, one image or one proxy each`,
    `  suspicion      ${flagged.length} of ${result.suspicions.length} servers judged at ${table.threshold} points or more${
      flagged.length === 0 ? "" : `: ${violating.length} of them each ${forDisplay(table.threshold_means)}`}`,
    ...(flagged.length === violating.length ? [] : [`                 ${flagged.length - violating.length} others got there ${forDisplay(table.sum_means)}`]),
    ...result.notes.map((note) => `  ${note}`),
    "",
    "  Communities say who lists whom, not who runs what. Servers in no group may still have one operator: who takes care leaves nothing to see.",
    "",
    `Next:  ${next.command} serve${db}\n       ${next.command} query operator-clusters${db}\n       ${next.command} analyze --explain ${result.clusterIds[0] ?? "HOST"} --network ${result.network}${db}\n       ${next.command} exposure --network ${result.network}${db}`,
    ""
  ].join("\n")
}
