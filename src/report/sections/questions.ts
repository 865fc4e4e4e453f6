import { analytics } from "../answers/analytics.ts"
import { centralised } from "../answers/centralised.ts"
import { differently } from "../answers/differently.ts"
import { inferred } from "../answers/inferred.ts"
import { suspicious } from "../answers/suspicious.ts"
import type { Answer, Block, Section } from "../document/document.ts"
import { link, paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { columns, firstRows, namedFigure } from "./figure.ts"
import { cellText } from "../write/texts.ts"
import { counted, partOf } from "../write/words.ts"
import { concentrationFigure, ownersFigure, stockRows } from "./exposure.ts"

/** The research questions, word for word as they were asked. */
export const researchQuestions = [
  "How centralised is the network, are a few operators running most servers",
  "Do servers exhibit suspicious patterns",
  "Do servers behave differently by client or query",
  "What metadata can servers infer or leak about users",
  "Are there signs that analytics companies operate servers"
] as const

/** Largest owners by servers, the rest as one bar. */
const operatorsFigure = ({ crawl, overview }: ReportFacts): Block => {
  const rows = overview.operatorsByShare
  const answered = overview.serversAnswered.value ?? 0
  const grouped = rows.reduce((sum, { servers }) => sum + servers, 0)
  return {
    kind: "figure",
    id: "operators-by-share",
    title: "Operators by their share of servers",
    shows: rows.length === 0
      ? "No group of servers is probably one operator's: every server counts by itself."
      : `Servers that answered, by probable operator. ${counted(answered - grouped, "server")} of ${cellText(answered, { as: "count" })} ${answered - grouped === 1 ? "is" : "are"} in no group${overview.withheld === undefined ? "" : " that is shown here"}, each counted by itself.`,
    level: "operator (probable)",
    caveat: "Groups are probable, and named by one of their hosts. Servers in no group may have one operator too.",
    source: { kind: "named query", name: "operator-clusters", parameters: { crawl: crawl.crawlId } },
    chart: rows.length === 0 ? null : {
      kind: "bars",
      axis: "servers that answered",
      bars: [
        ...rows.slice(0, 15).map(({ label, servers }) => ({ label, value: servers })),
        ...(rows.length > 15 ? [{ label: `${rows.length - 15} more groups`, value: rows.slice(15).reduce((sum, { servers }) => sum + servers, 0), quiet: true }] : [])
      ]
    },
    table: firstRows(rows.map(({ label, posterior, servers, share }) => [label, servers, share, posterior]), 40, columns("Operator (probable)", "Servers: count", "Share: share", "Probability: number"))
  }
}

/** Hosts that fit a label stand in local reports only: beside a company's name they would read as an accusation. */
const labelTable = ({ isLocal, labels }: ReportFacts): Block => ({
  kind: "table",
  title: isLocal ? "Labels that were looked for" : "Labels that were looked for; the hosts that fit are in local reports only",
  table: firstRows(
    labels.findings.map(({ known, label, matches, random }) => [
      label.label,
      label.kind,
      label.pattern,
      matches.length,
      known,
      ...(labels.random === null ? [] : [random?.hits ?? null, random?.known ?? null]),
      label.source,
      label.date,
      ...(isLocal ? [matches.slice(0, 12).map(({ host, value }) => `${host}: ${value}`)] : [])
    ]),
    60,
    columns("Label", "Looked for in", "Pattern", "Servers: count", "Known of: count", ...(labels.random === null ? [] : ["Random hosts that fit: count", "Random hosts known: count"]), "Source: link", "Date", ...(isLocal ? ["Where"] : []))
  )
})

const labelBlocks = (facts: ReportFacts): ReadonlyArray<Block> => [
  ...(facts.labels.findings.length === 0 ? [] : [labelTable(facts)]),
  ...(facts.named.randomHosts.rows.length === 0 ? [] : [namedFigure("random-hosts", facts.named.randomHosts, {
    title: "Random hosts to compare with",
    shows: "Hosts drawn by lot from the announced prefixes of the servers, and how many have a reverse name. By system and holder they fit a label as often as the servers by construction; reverse names and addresses can tell servers from their neighbours.",
    table: firstRows(
      facts.named.randomHosts.rows.map((row) => [row.asn === null ? null : `AS${row.asn}`, row.org, row.random_addresses, row.with_a_reverse_name, row.not_answered]),
      15,
      columns("System", "Holder", "Random hosts: count", "With a reverse name: count", "Not answered: count")
    )
  })]),
  {
    kind: "figure",
    id: "stated-organisations",
    title: "Organisations in certificates",
    shows: facts.labels.certificates.seen === 0
      ? "No certificate was seen."
      : facts.labels.organisations.length === 0
      ? `No certificate of ${counted(facts.labels.certificates.seen, "server")} states an organisation.`
      : `What makers of certificates typed as organisation of the subject, at ${partOf(facts.labels.certificates.stateOrganisation, facts.labels.certificates.seen)} of the servers whose certificate was seen; one server may state several. Defaults of software and images are among them.`,
    level: "server",
    caveat: "A text anybody can type; it proves nothing about who runs a server.",
    source: { kind: "named query", name: "stated-owners", parameters: { crawl: facts.crawl.crawlId } },
    chart: null,
    table: firstRows(facts.labels.organisations.map(({ servers, value }) => [value, servers]), 15, columns("Organisation (O)", "Servers: count"))
  }
]

const more = (...targets: ReadonlyArray<readonly [id: string, title: string]>): Block =>
  paragraph("More: ", ...targets.flatMap(([id, title], i) => [...(i === 0 ? [] : ["; "]), link(`#${id}`, title)]), ".")

/** The answers in the order of the questions. */
export const answersOf = (facts: ReportFacts): ReadonlyArray<Answer> => [centralised(facts), suspicious(facts), differently(facts), inferred(facts), analytics(facts)]

/** One section for each question, with its figures. */
export const questionSections = (facts: ReportFacts, answers: ReadonlyArray<Answer>): ReadonlyArray<Section> => {
  const { deviations, malformed } = facts.named
  const behind: ReadonlyArray<ReadonlyArray<Block>> = [
    [operatorsFigure(facts), concentrationFigure(facts), more(["groups", "groups of servers, with evidence"], ["network", "where servers stand"], ["limits", "limits and power"])],
    [more(["suspicion", "suspicion, by indicators"], ["limits", "the lies this crawl could have seen"])],
    [
      namedFigure("deviations", deviations, {
        shows: "Servers whose answer deviates from what the software they behave like gives by default, by kind of question.",
        table: firstRows(deviations.rows.map((row) => [row.question, row.servers_asked, row.servers_compared, row.servers_deviating]), 20, columns("Question", "Asked: count", "Compared: count", "Deviating: count"))
      }),
      namedFigure("malformed", malformed, {
        shows: "How servers answered what is not as the protocol has it, beside the software they behave like.",
        table: firstRows(malformed.rows.map((row) => [row.malformed_response, row.behaves_like, row.differs, row.servers]), 20, columns("Response", "Behaves like", "What differs", "Servers: count"))
      })
    ],
    [
      ...(facts.exposure === null || stockRows(facts.exposure, "clearnet", 10).length === 0 ? [] : [ownersFigure(facts.exposure, "clearnet", 10)]),
      more(["exposure", "what wallets expose"], ["threat-model", "threat model"])
    ],
    labelBlocks(facts)
  ]
  return researchQuestions.map((question, i): Section => ({
    id: `question-${i + 1}`,
    title: `${i + 1}. ${question}?`,
    blocks: [answers[i]!, ...behind[i]!]
  }))
}
