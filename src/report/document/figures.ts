import type { Block, Figure, ReportDocument, Section } from "./document.ts"

const blocksOf = (section: Section): ReadonlyArray<Block> => [
  ...section.blocks,
  ...(section.sections ?? []).flatMap(blocksOf)
]

/** All figures of a document, in their order. */
export const figuresOf = ({ sections }: Pick<ReportDocument, "sections">): ReadonlyArray<Figure> =>
  sections.flatMap(blocksOf).filter((block) => block.kind === "figure")
