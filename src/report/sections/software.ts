import type { Section } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { columns, firstRows, namedFigure, summedBy, topBars } from "./figure.ts"

const most = 15

/** Software as claimed and as behaved, protocol versions, chains. */
export const softwareSection = ({ named }: ReportFacts): Section => {
  const { chains, implementations, protocols, software } = named
  const families = summedBy(implementations.rows, (row) => row.behaves_like, (row) => row.servers)
  const agreed = summedBy(protocols.rows, (row) => row.protocol_agreed, (row) => row.servers)
  return {
    id: "software",
    title: "Software and protocol diversity",
    blocks: [
      paragraph("What a server calls itself is a line of configuration. What it behaves like is read from how its replies are made; both are counted, and neither says who runs it."),
      namedFigure("software-claimed", software, {
        title: "Software, as servers call it",
        shows: "How many of the servers that answered call themselves what.",
        chart: { kind: "bars", axis: "servers", bars: topBars(software.rows, most, { label: (row) => row.software_claimed, value: (row) => row.servers, rest: "others", unknown: "says nothing" }) },
        table: firstRows(software.rows.map((row) => [row.software_claimed, row.servers]), 40, columns("Software claimed", "Servers: count"))
      }),
      namedFigure("software-behaved", implementations, {
        title: "Software, as servers behave",
        shows: "Which software the answers of each server fit, whatever it calls itself; nothing is named where the signs disagree.",
        chart: { kind: "bars", axis: "servers", bars: topBars(families, most, { label: ({ key }) => key, value: ({ value }) => value, rest: "others", unknown: "not named" }) },
        table: firstRows(
          implementations.rows.map((row) => [row.behaves_like, row.releases_that_fit, row.software_claimed, row.servers, row.servers_with_contradictions]),
          40,
          columns("Behaves like", "Releases that fit", "Calls itself", "Servers: count", "With contradictions: count")
        )
      }),
      namedFigure("protocols", protocols, {
        title: "Protocol versions",
        shows: "Which version of the protocol servers agreed on with us.",
        chart: {
          kind: "bars",
          axis: "servers",
          bars: topBars(agreed, most, { label: ({ key }) => key, value: ({ value }) => value, rest: "others", unknown: "none agreed" })
        },
        table: firstRows(protocols.rows.map((row) => [row.protocol_agreed, row.protocol_max_claimed, row.servers]), 40, columns("Agreed", "Highest claimed", "Servers: count"))
      }),
      namedFigure("chains", chains, {
        title: "Chains",
        shows: "Which chain the headers of answering endpoints show; genesis alone identifies none.",
        table: firstRows(chains.rows.map((row) => [row.verdict, row.chain_shown, row.endpoints]), 20, columns("Headers", "Chain shown", "Endpoints: count"))
      })
    ]
  }
}
