import type { ReportFacts } from "../facts/report-facts.ts"
import type { Section, Sentence } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import { counted, partOf } from "../write/words.ts"
import { stockRows } from "./exposure.ts"

const unique = (texts: ReadonlyArray<string>): ReadonlyArray<Sentence> => [...new Set(texts)].map((text) => [text])

const forUsers = ({ exposure }: ReportFacts): ReadonlyArray<Sentence> => {
  const [first] = exposure === null ? [] : stockRows(exposure, "clearnet", 100)
  return unique([
    "A server of your own, and a wallet that asks only that one, shows your addresses to nobody else.",
    "Without one: save one server that you have a reason to trust; a wallet that draws one at every start shows all its addresses to more and more of them.",
    "Use Tor, so that no server learns your IP address. It does not hide that your addresses belong together.",
    "Do not reuse addresses, and keep what must not be linked in different wallets: a main server is asked about all addresses of one.",
    ...(first?.recommendation == null ? [] : [`The best informed owner in this crawl's model: ${first.recommendation}`])
  ])
}

const forDevelopers = ({ exposure, named }: ReportFacts): ReadonlyArray<Sentence> => {
  const refused = named.acceptance.rows.filter(({ wallet_accepts }) => wallet_accepts === false).reduce((sum, { servers }) => sum + servers, 0)
  const shown = named.acceptance.rows.reduce((sum, { servers }) => sum + servers, 0)
  return unique([
    ...(exposure?.policies ?? []).filter(({ policy, recommendation }) => policy !== "today" && recommendation !== null).map(({ recommendation, title }) => `A wallet that ${title}: ${recommendation}`),
    ...named.concentration.rows.filter(({ level }) => level === "server").map(({ dimension, recommendation }) => `By ${dimension}: ${recommendation}`),
    ...(refused === 0 ? [] : [`${partOf(refused, shown)} of the servers that speak TLS would be refused by the wallet's rule: drop them from shipped lists (observatory audit).`])
  ])
}

const forOperators = ({ named }: ReportFacts): ReadonlyArray<Sentence> => {
  const expired = named.validity.rows.filter(({ validity_when_visited }) => validity_when_visited === "expired").reduce((sum, { servers }) => sum + servers, 0)
  const clear = named.transports.rows.find(({ announced }) => announced === "clear text only")?.servers ?? 0
  const software = named.concentration.rows.find(({ dimension, level }) => dimension === "software" && level === "server")
  return unique([
    "State all your names and your onion in server.features: servers that say they are one are counted as one, and joins you did not publish are not published here.",
    "Make certificates and keys of your own; those that ship with images are shared by strangers, and tie you to them.",
    ...(expired === 0 ? [] : [`Renew: ${counted(expired, "server")} showed a certificate whose time was over.`]),
    ...(clear === 0 ? [] : [`Offer TLS: ${counted(clear, "server")} ${clear === 1 ? "is" : "are"} announced in clear text only, which the wallet does not use.`]),
    ...(software === undefined ? [] : [`Software: ${software.recommendation}`]),
    "To be left out of crawls and of inferred verdicts, ask for it where those who crawl publish their contact, or in this project's issues."
  ])
}

/** What follows, for those who can do something about it. */
export const adviceSection = (facts: ReportFacts): Section => ({
  id: "recommendations",
  title: "Recommendations",
  blocks: [paragraph("Each follows from a figure of this report, or from what the protocol shows to servers.")],
  sections: [
    { id: "for-users", title: "For users", blocks: [{ kind: "list", items: forUsers(facts) }] },
    { id: "for-developers", title: "For developers of wallets", blocks: [{ kind: "list", items: forDevelopers(facts) }] },
    { id: "for-operators", title: "For operators of servers", blocks: [{ kind: "list", items: forOperators(facts) }] }
  ]
})
