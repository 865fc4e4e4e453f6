import { computed, signal } from "@preact/signals"
import type { ServerFilter } from "../../../src/atlas/shapes/server-filter.ts"
import { filterToWords, numbersIn } from "./filter-words.ts"
import type { Selection } from "./selection.ts"
import { formatHash, readHash, unaddressedWords, type View } from "./view.ts"

/** Words that hold from page to page, unlike sorting and the like. */
const shared = ["hidden", "pinned", "laid"]

/** What is shown now; it is what the address says. */
export const view = signal<View>(readHash(location.hash))

export const page = computed(() => view.value.page)
export const crawlRef = computed(() => view.value.crawl)
export const filter = computed(() => view.value.filter)
export const selected = computed(() => view.value.selected)

/** Words of the view that the address is too short for: they hold until the page is closed. */
export const unaddressed = computed(() => unaddressedWords(view.value))

/** How many things the filter narrows by. */
export const narrowings = computed(() => filterToWords(filter.value).length)

addEventListener("hashchange", () => {
  if (location.hash !== formatHash(view.peek())) view.value = readHash(location.hash)
})

/** Changes the address and so the view. `replace` for steps that "back" should skip, as letters of a search. */
export const change = (part: Partial<View>, how: "push" | "replace" = "push"): void => {
  const next = { ...view.peek(), ...part }
  const hash = formatHash(next)
  if (hash !== location.hash) {
    if (how === "push") history.pushState(null, "", hash)
    else history.replaceState(null, "", hash)
  }
  view.value = next
}

addEventListener("popstate", () => { view.value = readHash(location.hash) })

const sharedWords = (own: View["own"]): View["own"] =>
  Object.fromEntries(shared.flatMap((name) => own[name] === undefined ? [] : [[name, own[name]]]))

/** The address of a page with crawl and filter as they are; for links. */
export const pageHash = (path: string, part: Partial<View> = {}): string =>
  formatHash({ ...view.value, own: sharedWords(view.value.own), page: path, ...part })

export const goTo = (path: string, part: Partial<View> = {}): void =>
  change({ page: path, own: sharedWords(view.peek().own), ...part })

export const narrow = (part: { readonly [K in keyof ServerFilter]?: ServerFilter[K] | undefined }, how: "push" | "replace" = "push"): void => {
  const next = Object.fromEntries(
    Object.entries({ ...view.peek().filter, ...part }).filter(([, value]) => value !== undefined)
  )
  change({ filter: next as ServerFilter }, how)
}

export const widen = (): void => change({ filter: {} })

export const select = (selection: Selection | null, how: "push" | "replace" = "push"): void => change({ selected: selection }, how)

/** A page's own word in the address; empty takes it out. */
export const own = (name: string): string => view.value.own[name] ?? ""

export const setOwn = (words: Readonly<Record<string, string>>, how: "push" | "replace" = "push"): void =>
  change({ own: { ...view.peek().own, ...words } }, how)

/** Servers taken out of, or held in place in, the pictures; in the address like all else. */
const idsOf = (name: string): ReadonlySet<number> =>
  new Set(numbersIn(own(name)))

export const hidden = computed(() => idsOf("hidden"))
export const pinned = computed(() => idsOf("pinned"))

/** Places of servers that were laid out anew, as text. */
export const laid = computed(() => own("laid"))

const toggleIn = (name: string, now: ReadonlySet<number>, ids: ReadonlyArray<number>): void => {
  const next = new Set(now)
  for (const id of ids) {
    if (!next.delete(id)) next.add(id)
  }
  setOwn({ [name]: [...next].sort((a, b) => a - b).join(",") })
}

export const toggleHidden = (ids: ReadonlyArray<number>): void => toggleIn("hidden", hidden.peek(), ids)
export const togglePinned = (ids: ReadonlyArray<number>): void => toggleIn("pinned", pinned.peek(), ids)
export const showAll = (): void => setOwn({ hidden: "" })
