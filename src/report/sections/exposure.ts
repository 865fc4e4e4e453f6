import { dimensions } from "../answers/centralised.ts"
import type { Block, Figure, Section } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import type { ExposurePage } from "../../atlas/shapes/exposure.ts"
import { columns, firstRows, namedFigure } from "./figure.ts"

const shownOwners = 15

/** Rows of the stock wallet without a saved server, on one route after so many starts. */
export const stockRows = (page: ExposurePage, route: string, starts: number): ExposurePage["rows"] =>
  page.rows
    .filter((row) => row.wallet === "Electrum" && row.route === route && !row.savedServer && row.starts === starts)
    .toSorted((a, b) => (b.main.value ?? 0) - (a.main.value ?? 0) || (a.owner < b.owner ? -1 : 1))

/** Who comes to see all addresses of a wallet. */
export const ownersFigure = (page: ExposurePage, route: string, starts: number): Figure => {
  const rows = stockRows(page, route, starts)
  return {
    kind: "figure",
    id: `owners-${route}-${starts}`,
    title: `Who would see all addresses, ${route === "tor" ? "through Tor" : "over clearnet"}, after ${starts} ${starts === 1 ? "start" : "starts"}`,
    shows: "Probability to be the wallet's main server at least once: it is asked about every address. The whiskers are 95 % limits.",
    level: "operator (probable) or server",
    caveat: "Model output, from the wallet's own rules and this crawl. Whoever runs servers sees this: it is no accusation.",
    source: { kind: "named query", name: "exposure", parameters: { crawl: page.crawlId, starts } },
    chart: rows.length === 0 ? null : {
      kind: "bars",
      axis: "probability",
      isShare: true,
      bars: rows.slice(0, shownOwners).map((row) => ({ label: row.owner, value: row.main.value ?? 0, low: row.main.low, high: row.main.high }))
    },
    table: firstRows(
      rows.map((row) => [row.owner, row.servers, row.main.value, row.main.low, row.main.high, row.connected.value, row.connected.low, row.connected.high]),
      shownOwners,
      columns("Operator or server", "Servers: count", "Sees all addresses: share", "Low: share", "High: share", "Sees the connection: share", "Low: share", "High: share")
    )
  }
}

/** How concentrated the network is, by everything that was looked at. */
export const concentrationFigure = ({ named: { concentration } }: ReportFacts): Figure => {
  // Operators and blocks of addresses are so many that the others would be slivers beside them.
  const rows = concentration.rows.filter((row) => row.level === "server" && row.servers_or_operators_known > 0 && !["operator", "bucket"].includes(row.dimension))
  return namedFigure("concentration", concentration, {
    title: "How many hold more than half",
    shows: "The least number of groups that together have more than half of the servers (Nakamoto coefficient), with its limits; the table has operators and blocks of addresses too.",
    chart: rows.length === 0 ? null : {
      kind: "bars",
      axis: "groups",
      bars: rows.map((row) => ({ label: dimensions[row.dimension] ?? row.dimension, value: row.nakamoto ?? 0, low: row.nakamoto_low, high: row.nakamoto_high }))
    },
    table: firstRows(
      concentration.rows.map((row) => [row.level, dimensions[row.dimension] ?? row.dimension, row.servers_or_operators_known, row.servers_or_operators_unknown, row.value_groups, row.largest_percent === null ? null : row.largest_percent / 100, row.nakamoto, row.nakamoto_low, row.nakamoto_high, row.nakamoto_if_apart, row.hhi, row.hhi_low, row.hhi_high, row.hhi_if_apart]),
      30,
      columns("Level", "By", "Known: count", "Unknown: count", "Groups: count", "Largest: share", "More than half takes: number", "Low: number", "High: number", "If all apart: number", "HHI: number", "Low: number", "High: number", "If all apart: number")
    )
  })
}

/** What wallets would show to whom, and what other rules would change. */
export const exposureSection = ({ crawl, exposure }: ReportFacts): Section => {
  const intro = paragraph("All of this is model output: the wallet's own rules of choosing servers, played through over the servers of this crawl. It accuses nobody, because whoever runs servers sees this. Main servers are not exchanged within a session and servers stay up, so that figures are rather too low.")
  if (exposure === null || exposure.rows.length === 0) {
    return { id: "exposure", title: "What wallets expose", blocks: [intro, paragraph("No exposure is stored for this crawl: run observatory analyze.")] }
  }
  const policies: Block = {
    kind: "figure",
    id: "policies",
    title: "Other rules of choosing servers",
    shows: "What the best informed operator or server would learn of a wallet's scripts after ten starts, by rule.",
    level: "operator (probable) or server",
    caveat: "Model output; limits are 95 %, over which groups are one operator's and the error of simulating.",
    source: { kind: "named query", name: "selection-policies", parameters: { crawl: crawl.crawlId } },
    chart: {
      kind: "bars",
      axis: "share of scripts",
      isShare: true,
      bars: exposure.policies.map((row) => ({ label: row.policy, value: row.shareOfScripts.value ?? 0, low: row.shareOfScripts.low, high: row.shareOfScripts.high }))
    },
    table: firstRows(
      exposure.policies.map((row) => [row.policy, row.title, row.route, row.showsIp, row.shareOfScripts.value, row.shareOfScripts.low, row.shareOfScripts.high, row.allScripts.value, row.connected.value, row.recommendation]),
      20,
      columns("Rule", "A wallet that", "Route", "Shows its IP", "Share of scripts: share", "Low: share", "High: share", "All scripts: share", "Connected: share", "What follows")
    )
  }
  return {
    id: "exposure",
    title: "What wallets expose",
    blocks: [
      intro,
      ...(["clearnet", "tor"] as const).flatMap((route) => stockRows(exposure, route, 100).length === 0 ? [] : [ownersFigure(exposure, route, 100)]),
      policies
    ]
  }
}
