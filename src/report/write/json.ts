import { jsonText } from "../../domain/json-text.ts"
import type { ReportDocument } from "../document/document.ts"

/** The document itself: texts as they were received, hidden characters as escapes, which loses nothing. */
export const writeJson = (document: ReportDocument): string =>
  `${jsonText({ format: "electrum-observatory report 1", ...document }, 1)}\n`
