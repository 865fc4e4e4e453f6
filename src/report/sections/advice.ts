import type { ReportFacts } from "../facts/report-facts.ts"
import type { Block, Section, Sentence } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import { counted, partOf } from "../write/words.ts"
import { columns } from "./figure.ts"
import { stockRows } from "./exposure.ts"

const unique = (texts: ReadonlyArray<string>): ReadonlyArray<Sentence> => [...new Set(texts)].map((text) => [text])

const forUsers = ({ exposure }: ReportFacts): ReadonlyArray<Sentence> => {
  const [first] = exposure === null ? [] : stockRows(exposure, "clearnet", 100)
  return unique([
    "A server of your own, and a wallet that asks only that one, shows your addresses to nobody else.",
    "Without one: save one server that you have a reason to trust; a wallet that draws one at every start shows all its addresses to more and more of them.",
    "Use Tor, so that no server learns your IP address. It does not hide that your addresses belong together.",
    "Do not reuse addresses, and keep what must not be linked in different wallets: a main server is asked about all addresses of one.",
    ...(first?.recommendation == null ? [] : [`What the model of this crawl says of the owner who learns most: "${first.recommendation}"`])
  ])
}

const dimensionNames: Readonly<Record<string, string>> = { asn: "autonomous system", bucket: "/16 or /48" }

/** What follows from each figure, as rows: they are sentences about figures of other sections. */
const developerBlocks = ({ exposure, named }: ReportFacts): ReadonlyArray<Block> => {
  const refused = named.acceptance.rows.filter(({ wallet_accepts }) => wallet_accepts === false).reduce((sum, { servers }) => sum + servers, 0)
  const shown = named.acceptance.rows.reduce((sum, { servers }) => sum + servers, 0)
  const policies = (exposure?.policies ?? []).filter(({ policy, recommendation }) => policy !== "today" && recommendation !== null)
  const limits = named.concentration.rows.filter(({ level }) => level === "server")
  return [
    ...(refused === 0 ? [] : [paragraph(`${partOf(refused, shown)} of the servers that speak TLS would be refused by the wallet's rule: drop them from shipped lists (observatory audit).`)]),
    ...(policies.length === 0 ? [] : [{
      kind: "table" as const,
      title: "Other rules of choosing servers",
      table: { columns: columns("A wallet that", "What follows"), rows: policies.map(({ recommendation, title }) => [title, recommendation]) }
    }]),
    ...(limits.length === 0 ? [] : [{
      kind: "table" as const,
      title: "Limits of how many servers a wallet takes of one",
      table: { columns: columns("By", "What follows"), rows: limits.map(({ dimension, recommendation }) => [dimensionNames[dimension] ?? dimension, recommendation]) }
    }])
  ]
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
    "To be left out of crawls and of everything that is published, ask for it where those who crawl publish their contact, or in this project's issues."
  ])
}

/** What follows, for those who can do something about it. */
export const adviceSection = (facts: ReportFacts): Section => ({
  id: "recommendations",
  title: "Recommendations",
  blocks: [paragraph("Each follows from a figure of this report, or from what the protocol shows to servers.")],
  sections: [
    { id: "for-users", title: "For users", blocks: [{ kind: "list", items: forUsers(facts) }] },
    { id: "for-developers", title: "For developers of wallets", blocks: developerBlocks(facts) },
    { id: "for-operators", title: "For operators of servers", blocks: [{ kind: "list", items: forOperators(facts) }] }
  ]
})
