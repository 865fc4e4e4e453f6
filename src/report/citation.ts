import { dataLicence } from "../domain/licence.ts"
import type { Provenance } from "./document/document.ts"

const name = ({ crawlId, network }: Provenance): string => `Electrum Observatory report on ${network}, crawl ${crawlId}`

/** One line for a list of references. */
export const citation = (provenance: Provenance): string =>
  `Electrum Observatory contributors: ${name(provenance)} of ${provenance.crawlStartedAt.slice(0, 10)}. Version ${provenance.codeVersion}, generated ${provenance.generatedAt}. Database SHA-256 ${provenance.databaseSha256}. ${provenance.licence}.`

/** The same for BibTeX. */
export const bibtex = (provenance: Provenance): string =>
  [
    `@misc{electrum_observatory_${provenance.network.replace(/[^a-z0-9]/gi, "_")}_${provenance.crawlId},`,
    "  author = {{Electrum Observatory contributors}},",
    `  title = {${name(provenance)}},`,
    `  year = {${provenance.generatedAt.slice(0, 4)}},`,
    `  version = {${provenance.codeVersion}},`,
    `  note = {Crawl of ${provenance.crawlStartedAt}; database SHA-256 ${provenance.databaseSha256}; ${provenance.licence}}`,
    "}"
  ].join("\n")

/** A value of YAML that holds whatever it is. */
const quoted = (text: string): string => JSON.stringify(text)

/** CITATION.cff of one report (Citation File Format 1.2.0), as a data set made by the program. */
export const citationFile = (provenance: Provenance, simulated: string | null): string =>
  [
    "cff-version: 1.2.0",
    `message: ${quoted("If you use this report, please cite it as below.")}`,
    "type: dataset",
    `title: ${quoted(`${simulated === null ? "" : "SIMULATED: "}${name(provenance)}`)}`,
    "authors:",
    `  - name: ${quoted("Electrum Observatory contributors")}`,
    `version: ${quoted(provenance.codeVersion)}`,
    `date-released: ${quoted(provenance.generatedAt.slice(0, 10))}`,
    `license: ${dataLicence}`,
    "identifiers:",
    "  - type: other",
    `    value: ${quoted(`sha256:${provenance.databaseSha256}`)}`,
    `    description: ${quoted("SHA-256 of the database that the report was made from")}`,
    "abstract: >-",
    `  Report on crawl ${provenance.crawlId} of ${provenance.network}, begun ${provenance.crawlStartedAt}, made`,
    `  by electrum-observatory ${provenance.codeVersion} at ${provenance.generatedAt}.${simulated === null ? "" : " The network is simulated."}`,
    ""
  ].join("\n")
