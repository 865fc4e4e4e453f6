import type { Answer, Block, Cell, Column, Figure, Inline, Sentence, Table } from "../document/document.ts"
import { webPage } from "../document/web-page.ts"
import { drawChart } from "../charts/draw.ts"
import type { Chart } from "../document/chart.ts"
import { legendOf } from "./legend.ts"
import { cellText, commandOf, htmlLines, htmlText, isNumeric } from "./texts.ts"

/** Where a link leads: to a place of the page or to a page of the web; to nothing else. */
const target = (to: string): string | null => /^#[a-z0-9-]+$/.test(to) ? to : webPage(to)

const inline = (piece: Inline): string => {
  if (typeof piece === "string") return htmlText(piece, 4_000)
  switch (piece.kind) {
    case "code":
      return `<code>${htmlText(piece.text)}</code>`
    case "strong":
      return `<strong>${htmlText(piece.text)}</strong>`
    case "link": {
      const href = target(piece.to)
      return href === null ? htmlText(piece.text) : `<a href="${htmlText(href, 2_000)}"${href.startsWith("#") ? "" : " rel=\"noreferrer noopener\""}>${htmlText(piece.text)}</a>`
    }
  }
}

const sentence = (pieces: Sentence): string => pieces.map(inline).join("")

const cell = (value: Cell, column: Column): string => {
  const text = htmlText(cellText(value, column))
  const isNone = value === null || (Array.isArray(value) && value.length === 0)
  const names = [...(isNumeric(column) ? ["number"] : column.as === "code" && !isNone ? ["code"] : []), ...(isNone ? ["none"] : [])]
  const kind = names.length === 0 ? "" : ` class="${names.join(" ")}"`
  const shown = column.as === "code" && !isNone ? `<code>${text}</code>` : column.as === "link" && typeof value === "string" ? inline({ kind: "link", to: value, text: value }) : text
  return `<td${kind}>${shown}</td>`
}

/** A table; the caption is left out where a heading says the same. */
const htmlTable = (table: Table, caption: string | null): string => {
  const heads = table.columns.map((column) => `<th scope="col"${isNumeric(column) ? " class=\"number\"" : ""}>${htmlText(column.title)}</th>`)
  const rows = table.rows.map((row) => `<tr>${table.columns.map((column, i) => cell(row[i] ?? null, column)).join("")}</tr>`)
  const body = rows.length === 0 ? `<tr><td class="none" colspan="${table.columns.length}">none</td></tr>` : rows.join("\n")
  const left = table.left === undefined ? "" : `\n<p class="left">${htmlText(table.left)}</p>`
  return `<div class="wide" tabindex="0"><table>${caption === null ? "" : `<caption>${htmlText(caption)}</caption>`}
<thead><tr>${heads.join("")}</tr></thead>
<tbody>
${body}
</tbody></table></div>${left}`
}

/** What the colours of a chart stand for. */
const legend = (chart: Chart): string => {
  const entries = legendOf(chart).map(({ colour, label }) => `<li><i style="background:${colour}"></i>${htmlText(label)}</li>`)
  return entries.length === 0 ? "" : `<ul class="legend">${entries.join("")}</ul>\n`
}

/** The drawing with its name and what it shows for those who do not see it. */
const drawing = (figure: Figure, chart: Chart): string => {
  const name = `<title id="${figure.id}-title">${htmlText(figure.title)}</title><desc id="${figure.id}-desc">${htmlText(`${figure.shows} The table below has the numbers.`)}</desc>`
  const svg = drawChart(chart).replace(/^<svg /, `<svg role="img" aria-labelledby="${figure.id}-title" aria-describedby="${figure.id}-desc" `).replace(/^<svg [^>]*>/, (head) => `${head}${name}`)
  return `${legend(chart)}${svg}`
}

/** Rows that a figure without a drawing shows unasked; more are a click away. */
const unasked = 100

const figure = (one: Figure): string => {
  const table = htmlTable(one.table, one.chart === null ? null : one.title)
  const body = one.chart === null
    ? one.table.rows.length <= unasked ? table : `<details><summary>The table (${one.table.rows.length} rows)</summary>\n${table}</details>`
    : `${drawing(one, one.chart)}\n<details><summary>The same as a table (${one.table.rows.length} ${one.table.rows.length === 1 ? "row" : "rows"})</summary>\n${table}</details>`
  return `<figure id="${one.id}">
<figcaption><span class="title">${htmlText(one.title)}</span><span class="shows">${htmlText(one.shows, 1_000)}</span>
<span class="level">Counted: ${htmlText(one.level)}.${one.caveat === null ? "" : ` ${htmlText(one.caveat, 2_000)}`}</span></figcaption>
${body}
<p class="source">Query: <code>${htmlText(commandOf(one.source), 4_000)}</code></p>
</figure>`
}

const answer = ({ answer: verdict, confidence, figures, wouldChange }: Answer): string => {
  const table = htmlTable({
    columns: [
      { title: "Figure", as: "text" },
      { title: "Value", as: "text" },
      { title: "Counted", as: "text" },
      { title: "Caveat", as: "text" },
      { title: "Query", as: "code" }
    ],
    rows: figures.map(({ caveat, level, name, query, value }) => [name, value, level, caveat, query ?? []])
  }, null)
  return `<div class="answer">
<p class="verdict">${htmlText(verdict, 4_000)}</p>
<h3>Figures</h3>
${table}
<h3>Confidence</h3>
<p><strong>${htmlText(confidence.level)}</strong>: ${htmlText(confidence.because, 2_000)}</p>
<h3>What would change it</h3>
<ul>${wouldChange.map((text) => `<li>${htmlText(text, 2_000)}</li>`).join("")}</ul>
</div>`
}

/** A block as HTML. */
export const htmlBlock = (block: Block): string => {
  switch (block.kind) {
    case "paragraph":
      return `<p>${sentence(block.text)}</p>`
    case "list":
      return `<ul>\n${block.items.map((item) => `<li>${sentence(item)}</li>`).join("\n")}\n</ul>`
    case "table":
      return htmlTable(block.table, block.title)
    case "code":
      return `<pre tabindex="0">${htmlLines(block.text)}</pre>`
    case "facts":
      return `<dl class="facts">${block.facts.map(({ name, value }) => `<dt>${htmlText(name)}</dt><dd>${htmlText(cellText(value, { as: "text" }))}</dd>`).join("")}</dl>`
    case "figure":
      return figure(block)
    case "answer":
      return answer(block)
  }
}
