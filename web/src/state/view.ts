import type { ServerFilter } from "../../../src/atlas/shapes/server-filter.ts"
import { filterFromWords, filterToWords, filterWords } from "./filter-words.ts"
import { readSelection, selectionText, type Selection } from "./selection.ts"

/** All that a link to a page says; nothing that is shown depends on anything else but the data. */
export interface View {
  /** Path of the page, as in the registry. */
  readonly page: string
  /** A crawl's number or "latest". */
  readonly crawl: string
  readonly filter: ServerFilter
  readonly selected: Selection | null
  /** Words of single pages (sorting, columns, colours, hidden servers), which each reads for itself. */
  readonly own: Readonly<Record<string, string>>
}

const startPage = "overview"

/** Characters of a page's own word at the most: browsers and chats cut longer addresses. What is longer is kept in the page only. */
export const longestWord = 6_000

const reserved = new Set(["crawl", "selected", ...filterWords])

/** The view as the hash of a URL, with `#`; equal views give equal texts. */
export const formatHash = (view: View): string => {
  const words = new URLSearchParams()
  if (view.crawl !== "latest") words.append("crawl", view.crawl)
  for (const [name, value] of filterToWords(view.filter)) words.append(name, value)
  for (const name of Object.keys(view.own).sort()) {
    const value = view.own[name]!
    if (value !== "" && value.length <= longestWord && !reserved.has(name)) words.append(name, value)
  }
  if (view.selected !== null) words.append("selected", selectionText(view.selected))
  // Colons and commas part things here, and read better as they are.
  const query = words.toString().replaceAll("%3A", ":").replaceAll("%2C", ",")
  return `#/${view.page}${query === "" ? "" : `?${query}`}`
}

/** Own words that are too long for an address. */
export const unaddressedWords = ({ own }: View): ReadonlyArray<string> => Object.keys(own).filter((name) => own[name]!.length > longestWord)

/** The view that a hash says; what it doesn't say, or says wrongly, is the default. */
export const readHash = (hash: string): View => {
  const [path = "", ...rest] = hash.replace(/^#?\/?/, "").split("?")
  const words = new URLSearchParams(rest.join("?"))
  const crawl = words.get("crawl") ?? "latest"
  const own: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [name, value] of words) {
    if (value !== "" && !reserved.has(name)) own[name] = value
  }
  return {
    page: /^[a-z][a-z-]*$/.test(path) ? path : startPage,
    crawl: /^\d{1,15}$/.test(crawl) ? crawl : "latest",
    filter: filterFromWords(words),
    selected: readSelection(words.get("selected")),
    own: { ...own }
  }
}
