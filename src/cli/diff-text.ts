import { changeKinds, type CrawlChange } from "../atlas/changes/crawl-change.ts"
import type { CrawlRow } from "../atlas/shapes/crawl.ts"
import { jsonText } from "../domain/json-text.ts"
import type { QueryResult, Value } from "../store/database.ts"
import { formatRows, type RowFormat } from "./format.ts"

/** Rows of texts and counts, under names. */
const rowsOf = (names: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<Value>>): Pick<QueryResult, "columns" | "rows"> => ({
  columns: names.map((name) => ({ name, type: name === "servers" ? "INTEGER" : "VARCHAR" })),
  rows: rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])))
})

/** Every change as a row; `upgraded together` has one a group. */
const changeRows = (change: CrawlChange) =>
  rowsOf(["change", "level", "server", "before", "after"], changeKinds.flatMap(({ key, title }) =>
    change[key].map(({ after, before, host }) => [title.toLowerCase(), "server", host, before, after])))

const togetherRows = ({ upgradedTogether }: CrawlChange) =>
  rowsOf(["before", "after", "servers", "not_before", "not_after", "hosts"], upgradedTogether.map(({ after, before, hosts, notAfter, notBefore }) =>
    [before, after, hosts.length, notBefore, notAfter, hosts.join(", ")]))

/** Counts of each kind, in words for a person. */
const countRows = (change: CrawlChange) =>
  rowsOf(["change", "servers", "meaning"], changeKinds.map(({ key, shows, title }) => [title, change[key].length, shows]))

const readable = (change: CrawlChange, format: "table" | "md"): string => {
  const { after, before, cautions, upgradedTogether } = change
  const each = changeRows(change)
  const heading = (text: string): string => format === "md" ? `\n## ${text}\n\n` : `\n${text}\n\n`
  const text = (line: string): string => format === "md" ? `${line}\n\n` : `${line}\n`
  return [
    text(`Crawl ${before.crawlId} of ${before.startedAt} (${before.vantage}, ${before.answered} servers answered) and crawl ${after.crawlId} of ${after.startedAt} (${after.vantage}, ${after.answered} servers answered).`),
    ...cautions.map(text),
    heading("Changes, counted in servers"),
    formatRows(countRows(change), format, { cellLimit: 200 }),
    ...(each.rows.length === 0 ? [] : [heading("Each of them"), formatRows(each, format, { cellLimit: 200 })]),
    ...(upgradedTogether.length === 0 ? [] : [
      heading("Changed their software within one day, counted in servers; many follow a release at once, whoever runs them"),
      formatRows(togetherRows(change), format, { cellLimit: 200 })
    ])
  ].join("")
}

/** What changed between two crawls, as a person or a program reads it. */
export const diffText = (change: CrawlChange, { network, simulated }: Pick<CrawlRow, "network" | "simulated">, format: RowFormat): string => {
  switch (format) {
    case "table":
    case "md":
      return readable(change, format)
    case "json":
      return `${jsonText({ network, simulated, level: "server", ...change })}\n`
    case "csv":
    case "jsonl":
      return formatRows(changeRows(change), format)
  }
}
