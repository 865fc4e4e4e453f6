import { changeKinds, type ServerChange, type UpgradedTogether } from "../../atlas/changes/crawl-change.ts"
import type { Block, Figure, Section } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { counted } from "../write/words.ts"
import { columns, firstRows } from "./figure.ts"

const most = 50

const table = (rows: ReadonlyArray<ServerChange>) =>
  firstRows(rows.map(({ after, before, host }) => [host, before ?? "not known to the crawl", after ?? "not known to the crawl"]), most, columns("Host: code", "Before", "After"))

const together = (rows: ReadonlyArray<UpgradedTogether>): Block => ({
  kind: "table",
  title: "Changed their software on one day",
  table: firstRows(
    rows.map(({ after, before, hosts, notAfter, notBefore }) => [before, after, hosts.length, `${notBefore} to ${notAfter}`, hosts.join(", ")]),
    most,
    columns("Before", "After", "Servers: count", "When", "Hosts: code")
  )
})

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
    caveat: "A server is the same by name, onion or key, by address only where nothing speaks against it. What is not known in one of the crawls has not changed; crawls from different places or with different settings differ for that reason alone.",
    source: { kind: "named query", name: "crawls-side-by-side", parameters: { network: crawl.network } },
    chart: { kind: "bars", axis: "servers", bars: changeKinds.map(({ key, title }) => ({ label: title, value: change[key].length })) },
    table: firstRows(changeKinds.map(({ key, shows, title }) => [title, change[key].length, shows]), 20, columns("Change", "Servers: count", "Meaning"))
  }
  const blocks: ReadonlyArray<Block> = [
    paragraph(`Crawl ${before.crawlId} began ${before.startedAt} (${before.vantage}), crawl ${after.crawlId} ${after.startedAt} (${after.vantage}).`),
    ...change.cautions.map((caution) => paragraph(caution)),
    summary,
    ...changeKinds.filter(({ key }) => change[key].length > 0).map(({ key, title }): Block => ({ kind: "table", title, table: table(change[key]) })),
    ...(change.upgradedTogether.length === 0 ? [] : [together(change.upgradedTogether), paragraph("Many servers follow a release on one day: who upgrades together need not have one operator.")])
  ]
  return { id: "what-changed", title: "What changed", blocks }
}
