import type { ServerFilter } from "../../../src/atlas/shapes/server-filter.ts"
import { filter, narrow } from "../state/store.ts"
import type { LegendEntry } from "./colouring.ts"

const says = (now: ServerFilter, wanted: ServerFilter): boolean =>
  Object.entries(wanted).every(([word, value]) => String(now[word as keyof ServerFilter]) === String(value))

/** The legend's entries as parts of the filter that all pages share. */
export const useLegendFilter = () => {
  const now = filter.value
  const isOnly = (entry: LegendEntry): boolean => entry.filter !== null && says(now, entry.filter)
  const toggle = (entry: LegendEntry): void => {
    if (entry.filter === null) return
    const words = Object.keys(entry.filter)
    narrow(isOnly(entry) ? Object.fromEntries(words.map((word) => [word, undefined])) : entry.filter)
  }
  return { isOnly, toggle }
}
