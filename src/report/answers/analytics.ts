import type { Answer, KeyFigure } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { wilson } from "../../analysis/exposure/interval.ts"
import type { Hits, LabelTotal } from "../labels/match-labels.ts"
import { percent } from "../../analysis/exposure/recommendation.ts"
import { counted, partOf } from "../write/words.ts"

/** Above this chance a match is what random hosts show too; divided among the labels, of which one in twenty would else be found by luck. */
const rare = 0.05

const within = ({ hits, known }: Hits): string => `${partOf(hits, known)}, 95 % limits ${wilson(hits / Math.max(1, known), known).map(percent).join(" to ")}`

const careful = "A careful company would leave none."

const totalText = ({ baseRate, chance, known, label, sample, servers }: LabelTotal, isRare: boolean): string => {
  const found = `"${label}" fits ${partOf(servers, known)} of the servers of which it is known`
  if (sample !== null && chance !== null) {
    const random = `by reverse name and address ${within(sample.servers)}, of random hosts in the same prefixes ${within(sample.random)}`
    return isRare
      ? `${found}: ${random} (chance of so many among the servers: ${percent(chance)})`
      : `${found}, which is not shown to be more than chance: ${random}${sample.servers.hits === 0 ? "; what else fits, a system, its holder or a certificate, has no base rate here" : ""}`
  }
  if (baseRate === null || chance === null) {
    return `${found}; how many random hosts in the same systems fit it is not known, so that it cannot be told from coincidence`
  }
  const usual = percent(baseRate.hits / baseRate.hosts)
  return isRare
    ? `${found}, where ${usual} of random hosts in the same systems do (chance of so many: ${percent(chance)})`
    : `${found}, which is no more than chance: ${usual} of random hosts in the same systems do`
}

/** Whether there are signs that analytics companies operate servers: dated public facts only. */
export const analytics = ({ labels }: ReportFacts): Answer => {
  const { certificates, file, findings, known, random, servers, totals } = labels
  const matched = totals.filter(({ servers }) => servers > 0)
  const isRare = ({ chance }: LabelTotal): boolean => chance !== null && chance < rare / totals.length
  const beyond = matched.filter(isRare)
  const named = random?.hosts.filter(({ names }) => names.length > 0).length ?? 0
  const figures: ReadonlyArray<KeyFigure> = [
    { name: "servers looked at", value: counted(servers, "server"), level: "server", caveat: "Those of which this report may speak.", query: "stated-owners" },
    { name: "holder of the system known", value: partOf(known.organisation, servers), level: "server", caveat: "Of the network that announces the address, who rents it out to others. RDAP records of single addresses are not stored.", query: "stated-owners" },
    { name: "reverse name known", value: partOf(known["reverse name"], servers), level: "server", caveat: "Written by whoever holds the address.", query: "stated-owners" },
    ...(random === null ? [] : [{
      name: "random hosts with a reverse name",
      value: within({ hits: named, known: random.hosts.length }),
      level: "address",
      caveat: `Drawn by lot from the announced prefixes of the servers, IPv4 only, asked for on ${random.date} (observatory enrich --base-rate).`,
      query: "random-hosts-by-asn"
    }]),
    { name: "certificate states an organisation", value: partOf(certificates.stateOrganisation, certificates.seen), level: "server", caveat: "Of the servers whose certificate was seen, as their subject; what the maker of a certificate typed.", query: "stated-owners" },
    ...totals.map((total): KeyFigure => ({
      name: `fit "${total.label}"`,
      value: partOf(total.servers, total.known),
      level: "server",
      caveat: total.sample !== null
        ? `By reverse name and address: servers ${within(total.sample.servers)}; random hosts in the same prefixes ${within(total.sample.random)} (drawn by lot, ${total.sample.date}).`
        : total.baseRate === null
        ? "No base rate is known for it."
        : `Random hosts in the same systems: ${partOf(total.baseRate.hits, total.baseRate.hosts)} (${total.baseRate.source}, ${total.baseRate.date}).`,
      query: "stated-owners"
    }))
  ]
  const wouldChange = [
    "A dated public source that ties an address, a name, a system or a certificate to a company (--labels FILE).",
    random === null
      ? "A sample of random hosts in the same prefixes, to know how often they fit a label by chance (observatory enrich --base-rate N, or base_rates in that file)."
      : "A larger sample of random hosts in the same prefixes (observatory enrich --base-rate N).",
    "A statement by a company or an operator."
  ]
  const answered = (answer: string, level: Answer["confidence"]["level"], because: string): Answer => ({ kind: "answer", answer, figures, confidence: { level, because }, wouldChange })
  if (file === null) {
    return answered(
      `None was looked for: no list of labels was given, and this report makes up none. What servers and registries state is counted in this report and can be compared with dated public sources (--labels FILE). ${careful}`,
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
  const text = `${matched.map((total) => totalText(total, isRare(total))).join(". ")}.`
  return beyond.length > 0
    ? answered(
      `There are signs that would need an explanation: ${text} A fitting name or network says who states or rents something, not who runs a server. ${careful}`,
      "low",
      `More servers fit than random hosts do (${counted(totals.length, "label")} ${totals.length === 1 ? "was" : "were"} looked for, which the chance is held against), by sources that were given to this report and not checked by it.`
    )
    : answered(
      `None that can be told from coincidence: ${text} ${careful}`,
      "low",
      "What fits is not shown to be more than what random hosts in the same systems show."
    )
}
