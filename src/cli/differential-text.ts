import type { DifferentialSummary } from "../crawl/differential-run.ts"
import type { Chain } from "../domain/chain.ts"
import { innocentCauses } from "../domain/differential.ts"
import { forDisplay } from "../domain/display.ts"
import type { DifferentialFinding } from "../store/probing-records.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { databaseArgument } from "./default-database.ts"
import type { TerminalStyle } from "./terminal-style.ts"

/** Findings listed one by one; the query has all. */
const mostListed = 20

/** What asking in two ways ends with on a terminal. It never says that a server is honest. */
export const differentialText = (
  summary: DifferentialSummary,
  findings: ReadonlyArray<DifferentialFinding>,
  chain: Chain,
  style: TerminalStyle,
  next: { readonly command: string; readonly db: string }
): string => {
  const count = (state: DifferentialFinding["state"]): number => findings.filter((finding) => finding.state === state).length
  const differing = findings.filter(({ state }) => state === "differs")
  const asked = summary.series.length
  return [
    ...(chain.simulated ? [style.warning(simulatedNotice(chain.name)), ""] : []),
    style.bold(`${asked} servers of ${chain.name} asked the same in two ways (run ${summary.crawlId}).`),
    ...(summary.waiting.length === 0 ? [] : [`  ${summary.waiting.length} servers wait for another day`]),
    ...(summary.refused.length === 0 ? [] : [`  ${summary.refused.length} servers not asked (opted out, back-off, ledger, no address)`]),
    `  so far     ${count("same")} servers: no misbehaviour shown to a declared crawler`,
    ...(count("open") === 0 ? [] : [`             ${count("open")} servers differed once and are asked again on another day by probe --differential`]),
    ...(count("not comparable") === 0 ? [] : [`             ${count("not comparable")} servers: not comparable`]),
    ...differing.slice(0, mostListed).map(({ endpoint, finding }) => `             ${forDisplay(endpoint, 120)}: ${finding}`),
    ...(differing.length === 0 ? [] : [`  innocent causes of a difference: ${innocentCauses.join("; ")}`]),
    "  Servers know this crawler by its honest name and by how Node greets in TLS: whoever treats wallets",
    "  otherwise for these reasons cannot be found this way.",
    "",
    `Next:  ${next.command} query asked-in-two-ways${databaseArgument(next.db)}`,
    ""
  ].join("\n")
}
