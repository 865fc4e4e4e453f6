import type { CrawlRow } from "../atlas/shapes/crawl.ts"
import { matcher } from "../atlas/shapes/server-filter.ts"
import type { ServerPage, ServerRow } from "../atlas/shapes/server-row.ts"
import { mostRows, type ServerQuery } from "./parameters.ts"

const texts = new Intl.Collator("en", { numeric: true })

/** Lists are compared by their first value, as they are shown. */
const comparable = (value: ServerRow[keyof ServerRow]): string | number | boolean | null => {
  const one = typeof value === "object" && value !== null ? value[0] ?? null : value
  return one
}

/** Order by a column; what is not known comes last in either direction, equals stay in the order of the crawl. */
const compare = (column: keyof ServerRow, sign: 1 | -1) => (a: ServerRow, b: ServerRow): number => {
  const [x, y] = [comparable(a[column]), comparable(b[column])]
  if (x === null || y === null) return Number(x === null) - Number(y === null)
  return sign * (typeof x === "string" && typeof y === "string" ? texts.compare(x, y) : Number(x) - Number(y))
}

/** The servers asked for, of all of a crawl. */
export const serverPage = (
  { crawlId, simulated }: Pick<CrawlRow, "crawlId" | "simulated">,
  servers: ReadonlyArray<ServerRow>,
  { direction = "ascending", limit = mostRows, offset = 0, sort, ...filter }: ServerQuery
): ServerPage => {
  const found = servers.filter(matcher(filter))
  const sorted = sort === undefined ? found : found.toSorted(compare(sort, direction === "ascending" ? 1 : -1))
  return { crawlId, simulated, total: servers.length, matching: found.length, offset, rows: sorted.slice(offset, offset + limit) }
}
