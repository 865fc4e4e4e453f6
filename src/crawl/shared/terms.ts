import { basename } from "node:path"
import type { CrawlSettings } from "../settings.ts"

/** How an opt-out list is told apart: its address, or the name of its file, which lies elsewhere on each machine. */
const listName = (source: string): string => URL.canParse(source) ? source : basename(source)

/**
 * What all runners of one crawl must have alike, by the names of its flags. Who
 * is on an opt-out list of one runner would be visited by another without it.
 */
export const termsOf = (
  { allEndpoints, exclude, maxEndpoints, vantage, visit }: Pick<CrawlSettings, "allEndpoints" | "exclude" | "maxEndpoints" | "vantage" | "visit">
): Readonly<Record<string, string | number | boolean>> => ({
  vantage,
  visit,
  "all-endpoints": allEndpoints,
  "max-endpoints": maxEndpoints,
  exclude: exclude.length === 0 ? "nobody" : exclude.map(listName).toSorted().join(", ")
})
