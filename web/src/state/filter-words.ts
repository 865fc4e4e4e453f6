import type { ServerFilter } from "../../../src/atlas/shapes/server-filter.ts"

const textLists = ["implementation", "country", "networkClass"] as const
const numberLists = ["asn", "cluster", "community"] as const
const numbers = ["scoreMin", "scoreMax", "degreeMin", "degreeMax"] as const

/** Words of the URL that belong to the filter; pages use others. */
export const filterWords: ReadonlyArray<string> = ["search", ...textLists, ...numberLists, "reachable", ...numbers]

/** A comma parts items, so a comma within one is escaped. */
const joinItems = (items: ReadonlyArray<string>): string =>
  items.map((item) => item.replace(/[\\,]/g, "\\$&")).join(",")

const splitItems = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?:\\.|[^\\,])+/gsu)].map(([item]) => item.replace(/\\(.)/gsu, "$1"))

/** Numbers of servers, groups and the like as an address lists them; what is none is left out. */
export const numbersIn = (text: string): ReadonlyArray<number> => text.split(",").filter((item) => /^\d{1,15}$/.test(item)).map(Number)

/** The filter as words of a URL; what narrows nothing is left out. */
export const filterToWords = (filter: ServerFilter): ReadonlyArray<readonly [string, string]> => {
  const words: Array<readonly [string, string]> = []
  if (filter.search !== undefined && filter.search !== "") words.push(["search", filter.search])
  for (const name of textLists) {
    const items = (filter[name] ?? []).filter((item) => item !== "")
    if (items.length > 0) words.push([name, joinItems(items)])
  }
  for (const name of numberLists) {
    const items = filter[name] ?? []
    if (items.length > 0) words.push([name, items.join(",")])
  }
  if (filter.reachable !== undefined) words.push(["reachable", filter.reachable])
  for (const name of numbers) {
    const value = filter[name]
    if (value !== undefined) words.push([name, String(value)])
  }
  return words
}

/** The filter that words of a URL say; words that make no sense are as if they were not there. */
export const filterFromWords = (words: URLSearchParams): ServerFilter => {
  const filter: { -readonly [K in keyof ServerFilter]: ServerFilter[K] } = {}
  const search = words.get("search") ?? ""
  if (search !== "") filter.search = search
  for (const name of textLists) {
    const items = splitItems(words.get(name) ?? "")
    if (items.length > 0) filter[name] = items
  }
  for (const name of numberLists) {
    const items = numbersIn(words.get(name) ?? "")
    if (items.length > 0) filter[name] = items
  }
  const reachable = words.get("reachable")
  if (reachable === "yes" || reachable === "no" || reachable === "unknown") filter.reachable = reachable
  for (const name of numbers) {
    const text = words.get(name)
    const value = text === null || text.trim() === "" ? Number.NaN : Number(text)
    if (Number.isFinite(value)) filter[name] = value
  }
  return filter
}
