import type { Block, Section } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { counted } from "../write/words.ts"
import { columns, firstRows, namedFigure } from "./figure.ts"

const listedServers = 20

/** The score, its indicators, and the servers at both ends. */
export const suspicionSection = ({ crawl, named, suspicion }: ReportFacts): Section => {
  const { indicators, scores, signals } = named
  const blocks: Array<Block> = [
    paragraph("The score is a sum of indicators, 0 to 100, each with its definition, base rate and innocent causes. It is no verdict about anybody, and who runs a server hardly weighs in it: 4 points at the most. Below the threshold little is said at all; from there on one indicator alone is a violation of the protocol that can be reproduced, or several weaker signs came together, none of which proves anything; the explanation says which. Not who does it, nor why.")
  ]
  if (suspicion === null) {
    return { id: "suspicion", title: "Suspicion, by indicators", blocks: [...blocks, paragraph("This crawl has not been analysed: run observatory analyze.")] }
  }
  const { ranking, threshold } = suspicion
  const scored = ranking.filter(({ score }) => score !== null)
  const highest = scored.toSorted((a, b) => b.score! - a.score! || b.testedWeight - a.testedWeight || a.serverId - b.serverId)
  const lowest = scored.toSorted((a, b) => a.score! - b.score! || b.testedWeight - a.testedWeight || a.serverId - b.serverId)
  const unscored = scores.rows.find(({ points_from }) => points_from === null)?.servers ?? 0
  const bands = Array.from({ length: 10 }, (_, i) => {
    const row = scores.rows.find(({ points_from }) => points_from === 10 * i)
    return { label: i === 9 ? "90 to 100" : `${10 * i} to below ${10 * i + 10}`, value: row?.servers ?? 0 }
  })
  const rank = (rows: typeof highest) =>
    firstRows(rows.map(({ explanation, host, score, testedWeight }) => [host, score, testedWeight, explanation]), listedServers, columns("Host: code", "Score: number", "Weight tested: number", "Explained"))
  const ranked = (id: string, title: string, shows: string, rows: typeof highest, direction: "ASC" | "DESC"): Block => ({
    kind: "figure",
    id,
    title,
    shows,
    level: "server",
    caveat: "No verdict: every indicator has innocent causes. A score of 0 says more the more weight was tested.",
    source: {
      kind: "SQL",
      text: `SELECT server_id, score, tested_weight, explanation FROM suspicion WHERE crawl_id = ${crawl.crawlId} AND score IS NOT NULL ORDER BY score ${direction}, tested_weight DESC, server_id`
    },
    chart: null,
    table: rank(rows)
  })
  const shown = signals.rows.filter(({ servers_with_a_share }) => servers_with_a_share > 0)
  const high = signals.rows.filter(({ of_these_high }) => of_these_high > 0).toSorted((a, b) => b.of_these_high - a.of_these_high)
  return {
    id: "suspicion",
    title: "Suspicion, by indicators",
    blocks: [
      ...blocks,
      namedFigure("scores", scores, {
        title: "Scores",
        shows: `Servers by score; ${counted(unscored, "server")} that never answered or are of another chain have none, which is not zero.`,
        chart: { kind: "bars", axis: "servers", bars: [...bands, ...(unscored === 0 ? [] : [{ label: "no score", value: unscored, quiet: true }])] },
        table: firstRows(scores.rows.map((row) => [row.points_from === null ? "no score" : `${row.points_from} to ${row.points_below}`, row.servers, row.with_no_point]), 12, columns("Score", "Servers: count", "With no point at all: count"))
      }),
      namedFigure("signals", signals, {
        title: "Indicators that found something",
        shows: shown.length === 0 ? "None found anything at any server." : "Servers at which each indicator earned points, the most frequent first.",
        chart: shown.length === 0 ? null : { kind: "bars", axis: "servers", bars: shown.slice(0, 15).map((row) => ({ label: row.indicator, value: row.servers_with_a_share })) },
        table: firstRows(signals.rows.map((row) => [row.indicator, row.weight, row.servers_with_a_share, row.servers_tested]), 30, columns("Indicator", "Weight: number", "Servers with points: count", "Tested: count"))
      }),
      namedFigure("signals-high", signals, {
        title: `Indicators among scores of ${threshold} or more`,
        shows: high.length === 0 ? "No server has such a score." : "Servers with a high score at which each indicator earned points.",
        chart: high.length === 0 ? null : { kind: "bars", axis: "servers", bars: high.slice(0, 15).map((row) => ({ label: row.indicator, value: row.of_these_high })) },
        table: firstRows(high.map((row) => [row.indicator, row.weight, row.of_these_high, row.high_tested]), 30, columns("Indicator", "Weight: number", "High with points: count", "High tested: count"))
      }),
      namedFigure("indicators", indicators, {
        title: "All indicators, tested or not",
        shows: "How often each was tested, how often it found something, and how often that is expected of honest servers.",
        table: firstRows(
          indicators.rows.map((row) => [row.indicator, row.weight, row.servers_tested, row.servers_with_a_share, row.base_rate, row.servers_untested, row.most_frequent_reason ?? "nothing"]),
          30,
          columns("Indicator", "Weight: number", "Tested: count", "With points: count", "Base rate: share", "Untested: count", "Untested mostly because")
        )
      }),
      {
        kind: "figure",
        id: "all-scores",
        title: "All scores",
        shows: `Every server that is shown here, by score; ${counted(ranking.length - scored.length, "of them has", "of them have")} none.`,
        level: "server",
        caveat: "No verdict: every indicator has innocent causes. No score is not zero: such servers never answered or are of another chain.",
        source: { kind: "SQL", text: `SELECT server_id, score, tested_weight FROM suspicion WHERE crawl_id = ${crawl.crawlId} ORDER BY score DESC NULLS LAST, tested_weight DESC, server_id` },
        chart: null,
        table: firstRows(
          [...highest, ...ranking.filter(({ score }) => score === null)].map(({ host, score, testedWeight }) => [host, score, testedWeight]),
          2_000,
          columns("Host: code", "Score: number", "Weight tested: number")
        )
      },
      ranked("highest-scores", "Highest scores", `The ${Math.min(listedServers, highest.length)} servers with the highest scores.`, highest.filter(({ score }) => score! > 0), "DESC"),
      ranked("lowest-scores", "Lowest scores", "Servers with the lowest scores, those of which most was tested first.", lowest, "ASC"),
      {
        kind: "table",
        title: "What each indicator is, and what else explains it",
        table: {
          columns: columns("Indicator", "Definition", "Innocent causes"),
          rows: suspicion.indicators.map(({ definition, innocent, name }) => [name, definition, innocent])
        }
      }
    ]
  }
}
