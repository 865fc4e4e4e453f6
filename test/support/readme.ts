import { readFileSync } from "node:fs"

/** The project's README, whose numbers tests hold to what they count. */
export const readme = (): string => readFileSync(new URL("../../README.md", import.meta.url), "utf8")
