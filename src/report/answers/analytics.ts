import type { Answer, KeyFigure } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import type { LabelTotal } from "../labels/match-labels.ts"
import { percent } from "../../analysis/exposure/recommendation.ts"
import { counted, partOf } from "../write/words.ts"

/** Above this chance a match is what random hosts show too. */
const rare = 0.05

const careful = "A careful company would leave none."

const totalText = ({ baseRate, chance, known, label, servers }: LabelTotal): string => {
  const found = `"${label}" fits ${partOf(servers, known)} of the servers of which it is known`
  if (baseRate === null || chance === null) {
    return `${found}; how many random hosts in the same systems fit it was not given, so that it cannot be told from coincidence`
  }
  const usual = percent(baseRate.hits / baseRate.hosts)
  return chance < rare
    ? `${found}, where ${usual} of random hosts in the same systems do (chance of so many: ${percent(chance)})`
    : `${found}, which is no more than chance: ${usual} of random hosts in the same systems do`
}

/** Whether there are signs that analytics companies operate servers: dated public facts only. */
export const analytics = ({ labels }: ReportFacts): Answer => {
  const { certificates, file, findings, known, servers, totals } = labels
  const matched = totals.filter(({ servers }) => servers > 0)
  const beyond = matched.filter(({ chance }) => chance !== null && chance < rare)
  const figures: ReadonlyArray<KeyFigure> = [
    { name: "servers looked at", value: counted(servers, "server"), level: "server", caveat: "Those of which this report may speak.", query: "stated-owners" },
    { name: "holder of the system known", value: partOf(known.organisation, servers), level: "server", caveat: "Of the network that announces the address, who rents it out to others. RDAP records of single addresses are not stored.", query: "stated-owners" },
    { name: "reverse name known", value: partOf(known["reverse name"], servers), level: "server", caveat: "Written by whoever holds the address.", query: "stated-owners" },
    { name: "certificate states an organisation", value: partOf(certificates.stateOrganisation, certificates.seen), level: "server", caveat: "Of the servers whose certificate was seen, as their subject; what the maker of a certificate typed.", query: "stated-owners" },
    ...totals.map((total): KeyFigure => ({
      name: `fit "${total.label}"`,
      value: partOf(total.servers, total.known),
      level: "server",
      caveat: total.baseRate === null
        ? "No base rate was given for it."
        : `Random hosts in the same systems: ${partOf(total.baseRate.hits, total.baseRate.hosts)} (${total.baseRate.source}, ${total.baseRate.date}).`,
      query: "stated-owners"
    }))
  ]
  const wouldChange = [
    "A dated public source that ties an address, a name, a system or a certificate to a company (--labels FILE).",
    "A sample of random hosts in the same systems, to know how often they fit a label by chance (base_rates in that file).",
    "A statement by a company or an operator."
  ]
  const answered = (answer: string, level: Answer["confidence"]["level"], because: string): Answer => ({ kind: "answer", answer, figures, confidence: { level, because }, wouldChange })
  if (file === null) {
    return answered(
      `None was looked for: no list of labels was given, and this report makes up none. What servers and registries state is counted below and can be compared with dated public sources (--labels FILE). ${careful}`,
      "none",
      "Without labels nothing was compared."
    )
  }
  const compared = findings.filter(({ known }) => known > 0)
  const blind = findings.length - compared.length
  if (compared.length === 0) {
    return answered(
      `Not answered: of no server is known what the ${counted(findings.length, "label")} ${findings.length === 1 ? "is" : "are"} about (observatory enrich looks it up).`,
      "none",
      "Nothing could be compared."
    )
  }
  if (matched.length === 0) {
    const known = Math.max(...compared.map((one) => one.known))
    return answered(
      `None found: ${compared.length === 1 ? "the label that could be compared does not fit" : `none of the ${compared.length} labels that could be compared fits`} any of the servers of which it is known (${known} at the most).${blind === 0 ? "" : ` ${counted(blind, "label")} could be compared at no server.`} ${careful}`,
      "low",
      "Absence of a name is no evidence of absence: names, networks and certificates are chosen by whoever runs a server."
    )
  }
  const text = `${matched.map(totalText).join(". ")}.`
  return beyond.length > 0
    ? answered(
      `There are signs that would need an explanation: ${text} A fitting name or network says who states or rents something, not who runs a server. ${careful}`,
      "low",
      "More servers fit than random hosts do, by sources that were given to this report and not checked by it."
    )
    : answered(
      `None that can be told from coincidence: ${text} ${careful}`,
      "low",
      "What fits is not shown to be more than what random hosts in the same systems show."
    )
}
