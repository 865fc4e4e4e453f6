import type { Cell, Provenance, ReportDocument } from "../document/document.ts"

/** Where a report comes from, as names and values. */
export const provenanceFacts = (provenance: Provenance): ReadonlyArray<{ readonly name: string; readonly value: Cell }> => [
  { name: "Network", value: provenance.network },
  { name: "Crawl", value: `${provenance.crawlId}, ${provenance.crawlState}, begun ${provenance.crawlStartedAt}, ended ${provenance.crawlEndedAt ?? "not yet"}` },
  { name: "Seen from", value: provenance.vantage },
  { name: "Analysed", value: provenance.analysedAt ?? "not yet" },
  { name: "Program", value: `electrum-observatory ${provenance.codeVersion}${provenance.crawlVersion === provenance.codeVersion ? "" : `; crawled with ${provenance.crawlVersion}`}` },
  { name: "Database", value: `SHA-256 ${provenance.databaseSha256}` },
  ...(provenance.comparedWith === null ? [] : [{ name: "Compared with", value: `crawl ${provenance.comparedWith}` }]),
  { name: "Generated", value: provenance.generatedAt },
  { name: "Licence", value: provenance.licence }
]

/** What each picture says of itself, wherever it is copied to. */
export const pictureFoot = ({ local, provenance, simulated }: Pick<ReportDocument, "local" | "provenance" | "simulated">): string =>
  [
    ...(simulated === null ? [] : ["SIMULATED: an invented network."]),
    ...(local === null ? [] : ["LOCAL: not for publication."]),
    `Electrum Observatory, ${provenance.network}, crawl ${provenance.crawlId} of ${provenance.crawlStartedAt.slice(0, 10)}, database ${provenance.databaseSha256.slice(0, 16)}, ${provenance.licence}.`
  ].join(" ")

/** The same in one line, for the foot of pages. */
export const provenanceLine = (provenance: Provenance): string =>
  `Electrum Observatory, ${provenance.network}, crawl ${provenance.crawlId}, version ${provenance.codeVersion}, database ${provenance.databaseSha256.slice(0, 16)}, generated ${provenance.generatedAt}, ${provenance.licence}`
