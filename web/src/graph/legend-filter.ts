import type { ServerFilter } from "../../../src/atlas/shapes/server-filter.ts"
import type { Attribute } from "./attributes.ts"
import type { LegendEntry } from "./colouring.ts"

type Word = keyof ServerFilter

/** Words of the filter that are the attribute's own; "not known" is said of it in a word that it shares with others. */
const wordsOf = (attribute: Attribute): ReadonlyArray<Word> =>
  Object.keys(attribute.kind === "category" ? attribute.filter([""]) : attribute.filter(0, 0)) as ReadonlyArray<Word>

const unknownIn = (filter: ServerFilter | null, attribute: Attribute): boolean => {
  const field = attribute.unknownFilter?.unknown?.[0]
  return field !== undefined && filter?.unknown?.includes(field) === true
}

/** Whether a filter narrows an attribute to an entry of its legend, and to nothing else. */
export const isOnlyOf = (now: ServerFilter, attribute: Attribute, entry: LegendEntry): boolean =>
  entry.filter !== null &&
  wordsOf(attribute).every((word) => String(now[word]) === String(entry.filter![word])) &&
  unknownIn(now, attribute) === unknownIn(entry.filter, attribute)

/** What changes in a filter so that it narrows an attribute to an entry of its legend, or, where it does, no longer. */
export const toggledEntry = (now: ServerFilter, attribute: Attribute, entry: LegendEntry): { readonly [K in Word]?: ServerFilter[K] | undefined } => {
  const own = attribute.unknownFilter?.unknown ?? []
  const others = (now.unknown ?? []).filter((field) => !own.includes(field))
  const next = isOnlyOf(now, attribute, entry) ? {} : entry.filter ?? {}
  const unknown = [...others, ...(next.unknown ?? [])]
  return {
    ...Object.fromEntries(wordsOf(attribute).map((word) => [word, undefined])),
    ...next,
    unknown: unknown.length === 0 ? undefined : unknown
  }
}
