import type { ServerChange } from "../changes/crawl-change.ts"
import type { Block, Figure, Section } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { counted } from "../write/words.ts"
import { columns, firstRows } from "./figure.ts"

const kinds = [
  { key: "appeared", title: "Appeared", shows: "Answered now; none of their endpoints was known before." },
  { key: "vanished", title: "Vanished", shows: "Answered before; none of their endpoints is announced any more." },
  { key: "silent", title: "No longer answer us", shows: "Answered before, are still announced, and did not answer us now, or are unknown." },
  { key: "answersAgain", title: "Answer again", shows: "Known before without an answer, and answered now." },
  { key: "moved", title: "Moved", shows: "Answered both times, with no address in common." },
  { key: "keyChanged", title: "Changed their key", shows: "Answered both times over TLS, with no public key in common: a renewal with a new key, or another server." },
  { key: "softwareChanged", title: "Changed their software", shows: "Call themselves another software or version than before." },
  { key: "groupChanged", title: "Changed their group", shows: "Are in another operator group than before, in one where they were in none, or the other way round. Groups keep their numbers from crawl to crawl." }
] as const

const most = 50

const table = (rows: ReadonlyArray<ServerChange>) =>
  firstRows(rows.map(({ after, before, host }) => [host, before ?? "not known to the crawl", after ?? "not known to the crawl"]), most, columns("Host: code", "Before", "After"))

/** What changed since an earlier crawl; null when none was named. */
export const changesSection = ({ change, crawl }: Pick<ReportFacts, "change" | "crawl">): Section | null => {
  if (change === null) return null
  const { after, before } = change
  const summary: Figure = {
    kind: "figure",
    id: "changes",
    title: `Changes from crawl ${before.crawlId} to crawl ${after.crawlId}`,
    shows: `${counted(before.answered, "server")} answered before, ${counted(after.answered, "server")} now.`,
    level: "server",
    caveat: "A server is the same where its endpoints are. What is not known in one of the crawls has not changed; crawls from different places or with different settings differ for that reason alone.",
    source: { kind: "named query", name: "crawls-side-by-side", parameters: { network: crawl.network } },
    chart: { kind: "bars", axis: "servers", bars: kinds.map(({ key, title }) => ({ label: title, value: change[key].length })) },
    table: firstRows(kinds.map(({ key, shows, title }) => [title, change[key].length, shows]), 20, columns("Change", "Servers: count", "Meaning"))
  }
  const blocks: ReadonlyArray<Block> = [
    paragraph(`Crawl ${before.crawlId} began ${before.startedAt} (${before.vantage}), crawl ${after.crawlId} ${after.startedAt} (${after.vantage}).`),
    summary,
    ...kinds.filter(({ key }) => change[key].length > 0).map(({ key, title }): Block => ({ kind: "table", title, table: table(change[key]) }))
  ]
  return { id: "what-changed", title: "What changed", blocks }
}
