import { readFileSync } from "node:fs"

/** The README of the project, or of one of its folders (`src/probe`), whose numbers tests hold to what they count. */
export const readme = (folder = "."): string => readFileSync(new URL(`../../${folder}/README.md`, import.meta.url), "utf8")
