import type { Parameter } from "../../store/database.ts"
import type { Chart } from "./chart.ts"

/**
 * A piece of a sentence. Texts may come from servers: writers escape all of
 * them alike, so nothing here is ever markup.
 */
export type Inline =
  | string
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "strong"; readonly text: string }
  /** To a place of this document (`#id`) or to a page of the web. */
  | { readonly kind: "link"; readonly to: string; readonly text: string }

export type Sentence = ReadonlyArray<Inline>

/** A value of a table. Null is shown as unknown, a list as its entries. */
export type Cell = null | string | number | boolean | ReadonlyArray<string>

/** How the values of a column are shown. `share` is 0 to 1 and shown in percent; `link` leads to a page of the web. */
export interface Column {
  readonly title: string
  readonly as: "text" | "code" | "link" | "count" | "number" | "share"
}

export interface Table {
  readonly columns: ReadonlyArray<Column>
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
  /** What is not in it, e.g. "12 more rows: the query has them". */
  readonly left?: string | undefined
}

/** How a figure can be had again from the database. */
export type FigureSource =
  | { readonly kind: "named query"; readonly name: string; readonly parameters: Readonly<Record<string, Parameter>> }
  | { readonly kind: "SQL"; readonly text: string }

/** A picture or a table with what makes it checkable. */
export interface Figure {
  readonly kind: "figure"
  readonly id: string
  readonly title: string
  /** One line: what it shows. */
  readonly shows: string
  /** What is counted: advertisement, endpoint, server, operator, or as the query says. */
  readonly level: string
  readonly caveat: string | null
  readonly source: FigureSource
  readonly chart: Chart | null
  readonly table: Table
}

/** One number of an answer. */
export interface KeyFigure {
  readonly name: string
  /** As it is written: number, limits and unit. */
  readonly value: string
  readonly level: string
  readonly caveat: string
  /** A named query, where one gives it. */
  readonly query: string | null
}

/** An answer to a research question. */
export interface Answer {
  readonly kind: "answer"
  readonly answer: string
  readonly figures: ReadonlyArray<KeyFigure>
  readonly confidence: { readonly level: "high" | "moderate" | "low" | "none"; readonly because: string }
  readonly wouldChange: ReadonlyArray<string>
}

export type Block =
  | { readonly kind: "paragraph"; readonly text: Sentence }
  | { readonly kind: "list"; readonly items: ReadonlyArray<Sentence> }
  | { readonly kind: "table"; readonly title: string; readonly table: Table }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "facts"; readonly facts: ReadonlyArray<{ readonly name: string; readonly value: Cell }> }
  | Figure
  | Answer

export interface Section {
  readonly id: string
  readonly title: string
  readonly blocks: ReadonlyArray<Block>
  readonly sections?: ReadonlyArray<Section>
}

/** What every file of a report says of itself. */
export interface Provenance {
  readonly crawlId: number
  readonly network: string
  readonly crawlStartedAt: string
  readonly crawlEndedAt: string | null
  readonly crawlState: string
  readonly vantage: string
  /** Of the program that crawled, and of the one that wrote the report. */
  readonly crawlVersion: string
  readonly codeVersion: string
  readonly analysedAt: string | null
  /** ISO 8601, UTC: the only thing in which two reports of one database differ. */
  readonly generatedAt: string
  /** SHA-256 of the database file as it was read. */
  readonly databaseSha256: string
  readonly licence: string
  readonly comparedWith: number | null
}

/** The report: what the writers write. */
export interface ReportDocument {
  readonly title: string
  readonly subtitle: string
  /** Said at the beginning and on every printed page; null for a real network. */
  readonly simulated: string | null
  /** Said where all is shown; null in a report for the public. */
  readonly local: string | null
  readonly provenance: Provenance
  readonly sections: ReadonlyArray<Section>
}

/** A paragraph of one text, or of pieces. */
export const paragraph = (...text: Sentence): Block => ({ kind: "paragraph", text })

/** A list of plain sentences. */
export const list = (...items: ReadonlyArray<string | Sentence>): Block => ({
  kind: "list",
  items: items.map((item) => typeof item === "string" ? [item] : item)
})

export const code = (text: string): Inline => ({ kind: "code", text })

export const strong = (text: string): Inline => ({ kind: "strong", text })

export const link = (to: string, text: string): Inline => ({ kind: "link", to, text })
