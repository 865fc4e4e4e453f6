import { jsonText } from "../../domain/json-text.ts"
import type { ReportDocument, Section } from "../document/document.ts"
import { pictureName } from "./svg.ts"

/** Beside the data of each drawing the file that has it drawn. */
const withPictures = (section: Section): Section => ({
  ...section,
  blocks: section.blocks.map((block) => block.kind === "figure" && block.chart !== null ? { ...block, picture: pictureName(block) } : block),
  ...(section.sections === undefined ? {} : { sections: section.sections.map(withPictures) })
})

/**
 * The document itself, each figure with the data of its drawing and of its
 * table: texts as they were received, hidden characters as escapes, which loses nothing.
 */
export const writeJson = (document: ReportDocument): string =>
  `${jsonText({ format: "electrum-observatory report 1", ...document, sections: document.sections.map(withPictures) }, 1)}\n`
