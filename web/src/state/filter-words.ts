import { answers, answerWords, bounds, numberLists, type ServerFilter, textLists, unknowable } from "../../../src/atlas/shapes/server-filter.ts"

/** Words of the URL that belong to the filter; pages use others. */
export const filterWords: ReadonlyArray<string> = ["search", ...textLists, ...numberLists, ...answers, ...bounds, "unknown"]

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
  for (const name of [...answers, ...bounds]) {
    const value = filter[name]
    if (value !== undefined) words.push([name, String(value)])
  }
  const unknown = filter.unknown ?? []
  if (unknown.length > 0) words.push(["unknown", unknown.join(",")])
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
  for (const name of answers) {
    const text = words.get(name)
    const answer = answerWords.find((one) => one === text)
    if (answer !== undefined) filter[name] = answer
  }
  for (const name of bounds) {
    const text = words.get(name)
    const value = text === null || text.trim() === "" ? Number.NaN : Number(text)
    if (Number.isFinite(value)) filter[name] = value
  }
  const unknown = new Set((words.get("unknown") ?? "").split(","))
  const fields = unknowable.filter((name) => unknown.has(name))
  if (fields.length > 0) filter.unknown = fields
  return filter
}
