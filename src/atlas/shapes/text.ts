import { Schema } from "effect"

/** A text of the product with this crawl's figures in it; viewer and report show the same one. */
export const TextSection = Schema.Struct({
  title: Schema.String,
  paragraphs: Schema.Array(Schema.String)
})
export type TextSection = typeof TextSection.Type

/** One line of the threat model: who can do it, what they see, our figure, what we cannot observe. */
export const ThreatRow = Schema.Struct({
  capability: Schema.String,
  sees: Schema.String,
  figure: Schema.String,
  cannotObserve: Schema.String,
  query: Schema.NullOr(Schema.String)
})
export type ThreatRow = typeof ThreatRow.Type

export const Texts = Schema.Struct({
  crawlId: Schema.Int,
  threatModel: Schema.Array(ThreatRow),
  methodology: Schema.Array(TextSection)
})
export type Texts = typeof Texts.Type
