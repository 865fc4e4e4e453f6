import type { Section } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { partOf } from "../write/words.ts"
import { columns, firstRows, namedFigure } from "./figure.ts"

const outcomes = ["answered", "did not answer us", "answered, of another chain", "unknown"]

/** Who answered, over what, and why visits failed. */
export const reachSection = ({ named }: ReportFacts): Section => {
  const { failures, reachability, transports } = named
  const kinds = [...Map.groupBy(reachability.rows, ({ kind_of_host }) => kind_of_host)]
  const used = outcomes.filter((outcome) => reachability.rows.some((row) => row.outcome === outcome))
  const any = kinds.find(([kind]) => kind === "any")?.[1] ?? []
  const of = (rows: typeof any, outcome: string) => rows.find((row) => row.outcome === outcome)?.servers ?? 0
  const all = any.reduce((sum, { servers }) => sum + servers, 0)
  return {
    id: "reachability",
    title: "Reachability",
    blocks: [
      paragraph(`${partOf(of(any, "answered"), all)} of the servers that the crawl knew answered us; ${partOf(of(any, "unknown"), all)} are unknown, because they were not visited or the failure was ours. That a server did not answer us is not that it is down.`),
      namedFigure("reachability-by-host", reachability, {
        shows: "Servers by the kind of host they are announced under, and whether they answered.",
        chart: {
          kind: "parts",
          axis: "servers",
          parts: used,
          rest: "unknown",
          rows: kinds.map(([label, rows]) => ({ label: label === "any" ? "all servers" : label, values: used.map((outcome) => of(rows, outcome)) }))
        },
        table: firstRows(reachability.rows.map((row) => [row.kind_of_host, row.outcome, row.servers]), 40, columns("Kind of host", "Outcome", "Servers: count"))
      }),
      namedFigure("transports", transports, {
        title: "TLS and clear text",
        shows: "Servers by what they are announced with, and over what they answered us.",
        chart: {
          kind: "parts",
          axis: "servers",
          parts: ["answered over TLS", "answered in clear text only", "did not answer, or unknown"],
          rest: "did not answer, or unknown",
          rows: transports.rows.map((row) => ({ label: row.announced, values: [row.answered_over_tls, row.answered_in_clear_text_only, row.not_answered_or_unknown] }))
        },
        table: firstRows(
          transports.rows.map((row) => [row.announced, row.servers, row.answered_over_tls, row.answered_in_clear_text_only, row.not_answered_or_unknown]),
          10,
          columns("Announced with", "Servers: count", "Answered over TLS: count", "In clear text only: count", "Not, or unknown: count")
        )
      }),
      namedFigure("failures", failures, {
        title: "Why visits failed",
        shows: failures.rows.length === 0 ? "No visit failed." : "Endpoints by the reason why their visit brought no answer; grey bars are failures of ours.",
        chart: failures.rows.length === 0 ? null : {
          kind: "bars",
          axis: "endpoints",
          bars: failures.rows.map((row) => ({ label: `${row.reason ?? "unknown"} (${row.phase ?? "unknown"})`, value: row.endpoints, quiet: row.our_side === true }))
        },
        table: firstRows(failures.rows.map((row) => [row.reason, row.phase, row.our_side, row.endpoints]), 40, columns("Reason", "Phase", "On our side", "Endpoints: count"))
      })
    ]
  }
}
