import type { Answer, Block, Figure, Inline, ReportDocument, Section, Sentence, Table } from "../document/document.ts"
import { webPage } from "../document/web-page.ts"
import { provenanceFacts, provenanceLine } from "./provenance.ts"
import { pictureName } from "./svg.ts"
import { cellText, commandOf, isNumeric, markdownText } from "./texts.ts"

/** Code that holds whatever backticks are in it. */
const codeSpan = (text: string): string => {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = "`".repeat(longest + 1)
  return longest > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`
}

const inline = (piece: Inline): string => {
  if (typeof piece === "string") return markdownText(piece, 4_000)
  switch (piece.kind) {
    case "code":
      return markdownText(piece.text)
    case "strong":
      return `**${markdownText(piece.text)}**`
    case "link": {
      const page = webPage(piece.to)
      return page === null ? markdownText(piece.text) : `[${markdownText(piece.text)}](<${page.replace(/[<>]/g, encodeURIComponent)}>)`
    }
  }
}

const sentence = (pieces: Sentence): string => pieces.map(inline).join("")

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const tableLines = ({ columns, left, rows }: Table): string =>
  [
    row(columns.map(({ title }) => markdownText(title))),
    row(columns.map((column) => isNumeric(column) ? "---:" : "---")),
    ...rows.map((cells) => row(columns.map((column, i) => markdownText(cellText(cells[i] ?? null, column))))),
    ...(rows.length === 0 ? [row(columns.map((_, i) => i === 0 ? "none" : ""))] : []),
    ...(left === undefined ? [] : ["", markdownText(left)])
  ].join("\n")

const figure = (one: Figure): string =>
  [
    `**${markdownText(one.title)}**`,
    markdownText(one.shows, 1_000),
    `*Counted: ${markdownText(one.level)}.${one.caveat === null ? "" : ` ${markdownText(one.caveat, 2_000)}`}*`,
    ...(one.chart === null ? [] : [`![${markdownText(`${one.title}. ${one.shows} The table below has the numbers.`, 1_000)}](${pictureName(one)})`]),
    tableLines(one.table),
    `Query: ${codeSpan(commandOf(one.source))}`
  ].join("\n\n")

const answer = ({ answer: verdict, confidence, figures, wouldChange }: Answer): string =>
  [
    `> ${markdownText(verdict, 4_000)}`,
    tableLines({
      columns: ["Figure", "Value", "Counted", "Caveat", "Query"].map((title) => ({ title, as: "text" })),
      rows: figures.map(({ caveat, level, name, query, value }) => [name, value, level, caveat, query ?? "none"])
    }),
    `Confidence: **${confidence.level}**. ${markdownText(confidence.because, 2_000)}`,
    "What would change it:",
    wouldChange.map((text) => `- ${markdownText(text, 2_000)}`).join("\n")
  ].join("\n\n")

const blockLines = (block: Block): string => {
  switch (block.kind) {
    case "paragraph":
      return sentence(block.text)
    case "list":
      return block.items.map((item) => `- ${sentence(item)}`).join("\n")
    case "table":
      return `**${markdownText(block.title)}**\n\n${tableLines(block.table)}`
    case "code":
      return block.text.split("\n").map((line) => `    ${line}`).join("\n")
    case "facts":
      return block.facts.map(({ name, value }) => `- ${markdownText(name)}: ${markdownText(cellText(value, { as: "text" }))}`).join("\n")
    case "figure":
      return figure(block)
    case "answer":
      return answer(block)
  }
}

const sectionLines = (section: Section, depth: number): string =>
  [
    `${"#".repeat(depth)} ${markdownText(section.title)}`,
    ...section.blocks.map(blockLines),
    ...(section.sections ?? []).map((one) => sectionLines(one, depth + 1))
  ].join("\n\n")

/** The report as Markdown; drawings are files of their own beside it, see `svg.ts`, each above its table. */
export const writeMarkdown = (document: ReportDocument): string =>
  `${
    [
      `# ${markdownText(document.title)}`,
      markdownText(document.subtitle),
      ...[document.simulated, document.local].filter((text) => text !== null).map((text) => `> **${markdownText(text)}**`),
      blockLines({ kind: "facts", facts: provenanceFacts(document.provenance) }),
      ...document.sections.map((section) => sectionLines(section, 2)),
      "---",
      markdownText(provenanceLine(document.provenance), 1_000)
    ].join("\n\n")
  }\n`
