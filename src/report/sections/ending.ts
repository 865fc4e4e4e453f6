import type { Provenance, Section } from "../document/document.ts"
import { code, link, paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { bibtex, citation } from "../citation.ts"
import { columns } from "./figure.ts"

/** The view that exports and tables speak of. */
const mainView = "server_metadata"

/** What the columns mean. */
export const dictionarySection = ({ dictionary }: ReportFacts): Section => {
  const main = dictionary.find(({ name }) => name === mainView)
  return {
    id: "data-dictionary",
    title: "Data dictionary",
    blocks: [
      paragraph("All tables and views, then the columns of ", code(mainView), ", the view behind most of what is shown. ", code("observatory dictionary"), " has the columns of all the others, and what null stands for in each."),
      {
        kind: "table",
        title: "Tables and views",
        table: { columns: columns("Name: code", "Kind", "Columns: count", "What one row is"), rows: dictionary.map((table) => [table.name, table.kind, table.columns.length, table.comment]) }
      },
      ...(main === undefined ? [] : [{
        kind: "table" as const,
        title: `Columns of ${mainView}`,
        table: { columns: columns("Column: code", "Type: code", "Meaning"), rows: main.columns.map(({ comment, name, type }) => [name, type, comment]) }
      }])
    ]
  }
}

/** What was done to harm nobody, and what is withheld. */
export const ethicsSection = ({ isLocal, overview }: ReportFacts): Section => ({
  id: "ethics",
  title: "Ethics",
  blocks: [
    paragraph("The program calls itself what it is, asks harmless questions, keeps far below the limits of servers, never broadcasts a transaction, and leaves alone whoever asks for it (--exclude). It asks about published scripts only, never about anybody's addresses. It measures no users."),
    paragraph("A false accusation is the worst mistake this report could make. It speaks of probabilities, gives the innocent causes of everything, and names nobody whom the servers do not name themselves."),
    ...(isLocal
      ? [paragraph("This is a local report: it shows what is withheld from public ones. Do not publish it as it is.")]
      : [
        paragraph("A report for the public counts everything and withholds, in names: servers that nobody announced in public, addresses that servers leaked without meaning to, cities of addresses outside data centres, that an onion and a clearnet host are one server where the operator did not publish it, and everything about servers whose operators asked to be left out."),
        paragraph(overview.withheld ?? "Of this crawl nothing had to be withheld.")
      ])
  ]
})

/** How this report is cited. */
export const citeSection = (provenance: Provenance): Section => ({
  id: "how-to-cite",
  title: "How to cite",
  blocks: [
    paragraph(citation(provenance)),
    { kind: "code", text: bibtex(provenance) },
    paragraph("File CITATION.cff beside this report says the same for programs. Data and report: ", link("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"), ". The hash of the database names exactly the data it was made from; with the same database the program writes the same report again, but for the time.")
  ]
})
