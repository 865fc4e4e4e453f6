import { readFileSync } from "node:fs"
import { DOMParser } from "linkedom"
import { describe, expect, it } from "vitest"
import type { Block, Provenance, ReportDocument } from "../../src/report/document/document.ts"
import { writeHtml } from "../../src/report/write/html.ts"
import { writeJson } from "../../src/report/write/json.ts"
import { writeMarkdown } from "../../src/report/write/markdown.ts"
import { figuresOf, pictureName, writeFigure } from "../../src/report/write/svg.ts"
import { cellText, markdownText } from "../../src/report/write/texts.ts"
import { hostileTexts } from "../support/exported-crawl.ts"
import { pageFaults, parsePage } from "../support/page-check.ts"

const provenance: Provenance = {
  crawlId: 7,
  network: "mainnet",
  crawlStartedAt: "2026-11-01T00:00:00.000Z",
  crawlEndedAt: "2026-11-01T00:10:00.000Z",
  crawlState: "finished",
  vantage: "home",
  crawlVersion: "0.1.0",
  codeVersion: "0.2.0",
  analysedAt: null,
  generatedAt: "2026-11-02T00:00:00.000Z",
  databaseSha256: "ab".repeat(32),
  licence: "CC BY 4.0",
  comparedWith: null
}

const documentOf = (blocks: ReadonlyArray<Block>, changes: Partial<ReportDocument> = {}): ReportDocument => ({
  title: "Title",
  subtitle: "Subtitle",
  simulated: null,
  local: null,
  provenance,
  sections: [{ id: "one", title: "One", blocks }],
  ...changes
})

/** A text wherever a document can have one. */
const everywhere = (text: string): ReadonlyArray<Block> => [
  { kind: "paragraph", text: [text, { kind: "code", text }, { kind: "strong", text }, { kind: "link", to: text, text }] },
  { kind: "list", items: [[text]] },
  { kind: "facts", facts: [{ name: text, value: [text, text] }] },
  { kind: "table", title: text, table: { columns: [{ title: text, as: "text" }, { title: text, as: "code" }], rows: [[text, text]], left: text } },
  {
    kind: "figure",
    id: "bars",
    title: text,
    shows: text,
    level: text,
    caveat: text,
    source: { kind: "named query", name: "suspicion-of-a-server", parameters: { host: text } },
    chart: { kind: "bars", axis: text, bars: [{ label: text, value: 1 }, { label: text, value: 2 }] },
    table: { columns: [{ title: text, as: "text" }], rows: [[text]] }
  },
  {
    kind: "figure",
    id: "parts",
    title: text,
    shows: text,
    level: text,
    caveat: null,
    source: { kind: "SQL", text },
    chart: { kind: "parts", axis: text, parts: [text], rows: [{ label: text, values: [3] }] },
    table: { columns: [{ title: text, as: "text" }], rows: [[text]] }
  },
  {
    kind: "answer",
    answer: text,
    figures: [{ name: text, value: text, level: text, caveat: text, query: text }],
    confidence: { level: "low", because: text },
    wouldChange: [text]
  }
]

const invisible = /(?![\n\t])\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u

describe("a report with hostile texts", () => {
  const hostile = documentOf(Object.values(hostileTexts).flatMap(everywhere).map((block, i) => block.kind === "figure" ? { ...block, id: `figure-${i}` } : block))

  it("is a page in which they are text: no element, no handler, no address that is loaded", () => {
    const html = writeHtml(hostile, ["p { margin: 0 }"])
    expect(pageFaults(html)).toEqual([])
    expect(html).not.toMatch(invisible)
    expect(parsePage(html).querySelector("main")?.textContent).toContain("<script>alert(1)</script>")
  })

  it("is Markdown in which they are text: no markup, no link, no cell of their own", () => {
    const markdown = writeMarkdown(hostile)
    expect(markdown).not.toMatch(invisible)
    const outsideCode = markdown.split("\n").filter((line) => !line.startsWith("Query: ")).join("\n")
    expect(outsideCode).not.toMatch(/(?<!\\)<(?!https?:)/)
    expect(outsideCode).not.toMatch(/https?:\/\/evil|www\.evil|(?<!&#64;)@SUM/)
    const rows = markdown.split("\n").filter((line) => line.startsWith("| ")).map((line) => line.replace(/\\./g, "").split("|").length)
    expect(new Set(rows)).toEqual(new Set([3, 4, 7]))
  })

  it("is pictures in which they are text: well-formed, with nothing to run, to load or to follow, and no colour that only our page knows", () => {
    const styles = ["web/src/style/tokens.css", "src/report/write/style.css"].map((file) => readFileSync(file, "utf8"))
    const figures = figuresOf(hostile)
    expect(figures.length).toBeGreaterThan(10)
    for (const one of figures) {
      const svg = writeFigure(one, one.chart!, "SIMULATED: an invented network. Crawl 7.", styles)
      expect(svg).not.toMatch(invisible)
      expect(svg).not.toContain("var(")
      expect(svg.length).toBeLessThan(60_000)
      const { documentElement } = new DOMParser().parseFromString(svg, "image/svg+xml")
      expect(documentElement.tagName).toBe("svg")
      for (const element of documentElement.querySelectorAll("*")) {
        expect(["svg", "g", "path", "rect", "line", "text", "tspan", "title", "circle"]).toContain(element.tagName)
        for (const { name, value } of element.attributes) expect(`${name} ${value}`).not.toMatch(/^on|href|url\(/i)
      }
      expect(svg).toContain("SIMULATED: an invented network. Crawl 7.")
    }
  })

  it("is JSON in which they are whole, and hidden characters are written as escapes", () => {
    const json = writeJson(hostile)
    expect(json).not.toMatch(invisible)
    const { sections } = JSON.parse(json) as ReportDocument
    expect(sections[0]!.blocks[0]).toEqual(everywhere(Object.values(hostileTexts)[0]!)[0])
    expect(JSON.stringify(sections)).toContain(JSON.stringify(hostileTexts.direction).slice(1, -1))
  })

  it("links only where a text is an address of the web", () => {
    const html = writeHtml(documentOf(["javascript:alert(1)", "data:text/html,x", "https://example.org/a\"b", "#one", "#One\""].map((to): Block => ({ kind: "paragraph", text: [{ kind: "link", to, text: "here" }] }))), [])
    const links = [...parsePage(html).querySelectorAll("main a")].map((link) => link.getAttribute("href"))
    expect(links).toEqual(["https://example.org/a%22b", "#one"])
  })
})

describe("a figure in Markdown and JSON", () => {
  const block = everywhere("plain")[4]!
  const document = documentOf([block])

  it("is shown as a picture with its title, what it shows, level, caveat, table and query", () => {
    const markdown = writeMarkdown(document)
    expect(markdown).toContain("![plain. plain The table below has the numbers.](figures/bars.svg)")
    expect(markdown).toMatch(/\*\*plain\*\*\n\nplain\n\n\*Counted: plain\. plain\*\n\n!\[[^\n]*\n\n\| plain \|\n\| --- \|\n\| plain \|\n\nQuery: `observatory query suspicion-of-a-server --param host=plain`/)
  })

  it("has its data and the name of its picture", () => {
    const { sections } = JSON.parse(writeJson(document)) as ReportDocument
    expect(sections[0]!.blocks[0]).toEqual({ ...block, picture: pictureName({ id: "bars" }) })
  })
})

describe("every file of a report", () => {
  it("says that a crawl is simulated or a report local, and where it comes from", () => {
    const document = documentOf([], { simulated: "SIMULATED: invented.", local: "LOCAL: not for publication." })
    const html = writeHtml(document, [])
    for (const text of [html, writeMarkdown(document), writeJson(document)]) {
      for (const said of ["SIMULATED: invented.", "LOCAL: not for publication.", provenance.databaseSha256, provenance.generatedAt, "CC BY 4.0", "0.2.0"]) {
        expect(text).toContain(said)
      }
    }
    // The foot of every printed page, in which signs are written as numbers.
    expect(html).toMatch(/@bottom-left \{ content: "SIMULATED \\2d {2}LOCAL\\2c {2}not for publication \\2d {2}Electrum Observatory/)
    expect(parsePage(html).querySelector("title")?.textContent).toBe("SIMULATED: Title")
  })
})

describe("values", () => {
  it("that are not known are said to be so, and are no zero and no blank", () => {
    expect([null, 0, false, [], 0.123456, 1234.5].map((cell) => cellText(cell, { as: "number" }))).toEqual(["unknown", "0", "no", "none", "0.123", "1,235"])
    expect([0.5, 0.0001, 0.999].map((cell) => cellText(cell, { as: "share" }))).toEqual(["50 %", "under 0.1 %", "over 99 %"])
  })

  it("keep their look in Markdown", () => {
    expect(markdownText("a_b|c*d <x> 1. #t")).toBe("a\\_b\\|c\\*d \\<x\\> 1. \\#t")
    expect(markdownText("1. first")).toBe("1\\. first")
  })
})
