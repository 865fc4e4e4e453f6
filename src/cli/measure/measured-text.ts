import { type MeasuredLeaks, measuredRecommendations } from "../../analysis/exposure/measured-leaks.ts"
import { percent } from "../../analysis/exposure/recommendation.ts"
import { forDisplay } from "../../domain/display.ts"
import type { TerminalStyle } from "../terminal-style.ts"

/** What was measured, for a terminal. */
export const measuredText = (leaks: MeasuredLeaks, style: TerminalStyle): string =>
  [
    style.bold("Measured with Debian's electrum in regtest, from the logs of simulated servers"),
    `  sessions           ${leaks.sessions} at all servers, ${leaks.mainSessions} of them asked about scripts`,
    ...leaks.wallets.map(({ linkedAtMain, linkedElsewhere, reusesAddress, scripts }) =>
      `  ${reusesAddress ? "with reuse        " : "without reuse     "} ${scripts} scripts; one session at the main server has ${percent(linkedAtMain)} of them, one elsewhere ${percent(linkedElsewhere)}`
    ),
    `  tied together      ${leaks.pairsRelinked} of ${leaks.pairsOfOneWallet} pairs of sessions of one wallet at two servers of one operator; ` +
    `${leaks.pairsMistaken} of ${leaks.pairsOfTwoWallets} pairs of different wallets, wrongly`,
    `  called itself      ${leaks.clientNames.map(([name, sessions]) => `${forDisplay(name, 60)} (${sessions} sessions)`).join(", ") || "nothing"}`,
    `  told by requests   ${leaks.recognisedByRequests} of ${leaks.sessions} sessions`,
    `  polls              ${leaks.pollIntervalMs === null ? "not seen twice: no session was long enough" : `every ${(leaks.pollIntervalMs / 1000).toFixed(0)} s`}`,
    ...measuredRecommendations(leaks).map((sentence) => `  -> ${sentence}`),
    ""
  ].join("\n")
