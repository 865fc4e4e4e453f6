import type { ReportDocument } from "../document/document.ts"

/** Characters that a reader could take for something else. */
const unsafe = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}]/gu

const escapes = (character: string): string =>
  Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`).join("")

/** The document itself: texts as they were received, hidden characters as escapes, which loses nothing. */
export const writeJson = (document: ReportDocument): string =>
  `${JSON.stringify({ format: "electrum-observatory report 1", ...document }, null, 1).replace(unsafe, escapes)}\n`
