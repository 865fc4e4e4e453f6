import { jsonText } from "../../domain/json-text.ts"
import type { Section } from "../document/document.ts"
import { code, paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { columns, firstRows, namedFigure } from "./figure.ts"

/** The same JSON without a sign that begins markup, whoever reads the report's source. */
const inertJson = (json: string): string => json.replaceAll("<", "\\u003c")

/** What the crawl knows of its endpoints, and why the rest is not known; crawls of the file side by side. */
export const metadataSection = ({ named: { crawls, known }, servers }: ReportFacts): Section => {
  const sample = servers.find(({ reachable }) => reachable === true)
  return {
    id: "metadata",
    title: "Metadata",
    blocks: [
      paragraph("View server_metadata has one row for each endpoint and says for every value that is missing why it is. A value that is missing is never taken for a no."),
      namedFigure("what-is-known", known, {
        shows: known.rows.length === 0 ? "The view shows the latest crawl only, and this is not it." : "Endpoints of which each field is known, and the most frequent reason where it is not. Most hosts are visited at one endpoint only.",
        table: firstRows(known.rows.map((row) => [row.field, row.endpoints_known, row.endpoints_unknown, row.most_frequent_reason]), 100, columns("Field: code", "Known: count", "Unknown: count", "Mostly because"))
      }),
      ...(sample === undefined ? [] : [
        paragraph("One server's record as the API gives it (", code("observatory export --what servers"), ` has the same as a table): ${sample.host}, the first by number of those that answered. Nothing singles it out.`),
        { kind: "code" as const, text: inertJson(jsonText(sample, 2)) }
      ]),
      namedFigure("crawls", crawls, {
        title: "Crawls in this database",
        shows: "All crawls of the network in the file that this report was made from.",
        table: firstRows(
          crawls.rows.map((row) => [String(row.crawl_id), row.crawl_state, row.started_at, row.seconds, row.vantage, row.advertisements, row.announced_entries, row.endpoints, row.endpoints_answered, row.servers, row.servers_answered]),
          50,
          columns("Crawl", "State", "Begun", "Seconds: number", "Vantage", "Advertisements: count", "Announced entries: count", "Endpoints: count", "Answered: count", "Servers: count", "Answered: count")
        )
      })
    ]
  }
}
