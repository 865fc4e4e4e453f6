import { forDisplay } from "../domain/display.ts"
import { jsonText } from "../domain/json-text.ts"
import { type Provenance, simulatedSentence } from "../export/about.ts"
import type { AuditedEntry } from "../export/audit/audit-list.ts"
import { type Finding, findingKinds, type FindingKind } from "../export/audit/findings.ts"
import type { TerminalStyle } from "./terminal-style.ts"

/** An audit with what it is about. */
export interface Audit {
  readonly file: string
  readonly provenance: Provenance
  readonly audited: ReadonlyArray<AuditedEntry>
  /** Entries of the list of which nothing is said in public. */
  readonly withheld: number
  readonly findings: ReadonlyArray<Finding>
  /** Entries that the patch takes out. */
  readonly out: number
}

const kinds = Object.keys(findingKinds) as ReadonlyArray<FindingKind>

const head = ({ audited, file, findings, out, provenance, withheld }: Audit): ReadonlyArray<string> => [
  `Audit of ${file}: ${audited.length + withheld} entries, by crawls of ${provenance.network} up to crawl ${provenance.crawl_id} (${provenance.crawl_started_at}); code version ${provenance.code_version}, licence ${provenance.licence}.`,
  `${audited.length - new Set(findings.map(({ host }) => host)).size} entries are well; the patch takes out ${out}.${
    withheld === 0 ? "" : ` Of ${withheld} more nothing is said here and the patch leaves them: operators asked to be left out, or nobody announces them publicly (--local has them).`
  }`
]

const caveat = "Seen from one place: what did not answer us may answer others. Two names of one server are one by what they answered; of operators only a probability is said."

/** Texts of hosts and servers can leave no line and no markup. */
const plain = (text: string): string => forDisplay(text, 300)
const markdown = (text: string): string => plain(text).replace(/[\\`*_{}[\]()#+!|<>&~]/g, "\\$&")

const sections = ({ findings }: Audit) =>
  kinds.flatMap((kind) => {
    const some = findings.filter((finding) => finding.kind === kind)
    return some.length === 0 ? [] : [{ title: `${findingKinds[kind]}: ${some.length}`, some }]
  })

/** The report, for a terminal, a document or a program. */
export const auditText = (format: "text" | "md" | "json", audit: Audit, style: TerminalStyle): string => {
  const warning = simulatedSentence(audit.provenance)
  if (format === "json") {
    return `${jsonText({ ...(warning === null ? {} : { warning }), file: audit.file, ...audit.provenance, entries: audit.audited, entries_withheld: audit.withheld, findings: audit.findings }, 2)}\n`
  }
  if (format === "md") {
    return `${[
      "# Audit of a list of servers",
      ...(warning === null ? [] : [`**${warning}**`]),
      ...head(audit).map(markdown),
      ...sections(audit).flatMap(({ some, title }) => [
        `## ${title}`,
        ["| host | what was seen | patch |", "|---|---|---|", ...some.map(({ detail, host, out }) => `| ${markdown(host)} | ${markdown(detail)} | ${out ? "takes it out" : ""} |`)].join("\n")
      ]),
      caveat
    ].join("\n\n")}\n`
  }
  return `${[
    ...(warning === null ? [] : [style.warning(warning)]),
    style.bold(plain(head(audit)[0]!)),
    head(audit)[1]!,
    ...sections(audit).flatMap(({ some, title }) => [
      "",
      title,
      ...some.map(({ detail, host, out }) => `  ${plain(host)}  ${plain(detail)}${out ? style.accent("  (out)") : ""}`)
    ]),
    "",
    caveat
  ].join("\n")}\n`
}
