import type { ReportDocument, Section } from "../document/document.ts"
import { htmlBlock } from "./html-blocks.ts"
import { provenanceFacts, provenanceLine } from "./provenance.ts"
import { cssString, htmlText } from "./texts.ts"

/** Nothing is loaded, nothing runs; styles and drawings stand in the page. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

const sectionHtml = (section: Section, depth: number): string => {
  const inner = [...section.blocks.map(htmlBlock), ...(section.sections ?? []).map((one) => sectionHtml(one, depth + 1))]
  return `<section id="${section.id}">
<h${depth}>${htmlText(section.title)}</h${depth}>
${inner.join("\n")}
</section>`
}

const noticeHtml = (text: string | null): string => text === null ? "" : `<p class="notice">${htmlText(text, 1_000)}</p>\n`

/** The foot of every printed page: what must not be overlooked, where it comes from, and its number. */
const pageFoot = ({ local, provenance, simulated }: ReportDocument): string => {
  const short = [simulated === null ? null : "SIMULATED", local === null ? null : "LOCAL, not for publication"].filter((text) => text !== null)
  const line = `Electrum Observatory, ${provenance.network}, crawl ${provenance.crawlId}, database ${provenance.databaseSha256.slice(0, 16)}, ${provenance.licence}`
  return `@page { @bottom-left { content: ${cssString([...short, line].join(" - "))}; font: 8pt sans-serif; } @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }`
}

/**
 * The report as one page that needs nothing else: styles, drawings and tables
 * are in it, it runs no script and asks nobody for anything.
 *
 * @param styles the shared tokens, then the report's own rules
 */
export const writeHtml = (document: ReportDocument, styles: ReadonlyArray<string>): string => {
  const { local, provenance, sections, simulated, subtitle, title } = document
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="electrum-observatory ${htmlText(provenance.codeVersion)}">
<title>${htmlText(simulated === null ? title : `SIMULATED: ${title}`)}</title>
<style>
${[...styles, pageFoot(document)].join("\n")}
</style>
</head>
<body>
<header>
<h1>${htmlText(title)}</h1>
<p class="subtitle">${htmlText(subtitle)}</p>
${noticeHtml(simulated)}${noticeHtml(local)}${htmlBlock({ kind: "facts", facts: provenanceFacts(provenance) })}
</header>
<nav aria-label="Contents"><ol>
${sections.map(({ id, title }) => `<li><a href="#${id}">${htmlText(title)}</a></li>`).join("\n")}
</ol></nav>
<main>
${sections.map((section) => sectionHtml(section, 2)).join("\n")}
</main>
<footer>${noticeHtml(simulated)}${noticeHtml(local)}<p>${htmlText(provenanceLine(provenance))}</p></footer>
</body>
</html>
`
}
