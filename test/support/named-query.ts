import { readFileSync } from "node:fs"
import { queryFile } from "./duck.ts"

/** Rows of a query of `queries/` with its defaults, of a file that nobody writes to. */
export const namedQuery = (db: string, name: string): Promise<Array<Record<string, unknown>>> =>
  queryFile(db, readFileSync(new URL(`../../queries/${name}.sql`, import.meta.url), "utf8").replaceAll(/\$[a-z]+/g, "NULL"))
