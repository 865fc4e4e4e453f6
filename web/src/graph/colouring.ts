import type { ServerFilter } from "../../../src/atlas/shapes/server-filter.ts"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { namedGroups } from "../parts/group-colour.ts"
import type { Attribute, Category, Measure } from "./attributes.ts"

/** A colour by its place in the palette, so that a theme can change it without counting again. */
export type Slot =
  | { readonly kind: "group"; readonly index: number }
  | { readonly kind: "rest" }
  | { readonly kind: "step"; readonly index: number; readonly ramp: Measure["ramp"] }
  | { readonly kind: "unknown" }

export interface LegendEntry {
  readonly key: string
  readonly label: string
  readonly slot: Slot
  /** Servers with it among those given to `legend`. */
  readonly servers: number
  /** What the filter says for "only this"; null: it would be too long for an address. */
  readonly filter: ServerFilter | null
  /** Of a step of a measure a value within; null: of anything else. */
  readonly middle: number | null
}

export interface Colouring {
  readonly attribute: Attribute
  readonly slotOf: (row: ServerRow) => Slot
  /** The key of the legend's entry a server falls under. */
  readonly keyOf: (row: ServerRow) => string
  /** Its value in words. */
  readonly labelOf: (row: ServerRow) => string
  readonly legend: (rows: Iterable<ServerRow>) => ReadonlyArray<LegendEntry>
}

const figure = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(2))

type Entry = Omit<LegendEntry, "servers">

const unknown = (attribute: Attribute): Entry => ({ key: "unknown", label: attribute.unknown, slot: { kind: "unknown" }, filter: attribute.unknownFilter, middle: null })

/** Characters of values that an address takes at the most for "all the smaller ones". */
const longestRest = 4_000

const assembled = (attribute: Attribute, entries: ReadonlyArray<Entry>, entryOf: (row: ServerRow) => Entry): Colouring => ({
  attribute,
  slotOf: (row) => entryOf(row).slot,
  keyOf: (row) => entryOf(row).key,
  labelOf: (row) => {
    const value = attribute.of(row)
    return value === null ? attribute.unknown : attribute.kind === "category" ? attribute.label(String(value)) : figure(Number(value))
  },
  legend: (rows) => {
    const counts = new Map<string, number>()
    for (const row of rows) {
      const { key } = entryOf(row)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    return entries.map((entry) => ({ ...entry, servers: counts.get(entry.key) ?? 0 }))
  }
})

const byCategory = (attribute: Category, all: Iterable<ServerRow>): Colouring => {
  const counts = new Map<string, number>()
  for (const row of all) {
    const value = attribute.of(row)
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const values = [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b, "en", { numeric: true })).map(([value]) => value)
  const named = new Map(values.slice(0, namedGroups).map((value, index): [string, Entry] => [
    value, { key: `value ${value}`, label: attribute.label(value), slot: { kind: "group", index }, filter: attribute.filter([value]), middle: null }
  ]))
  const others = values.slice(namedGroups)
  const rest: Entry = {
    key: "rest", label: `${others.length} smaller ones`, slot: { kind: "rest" }, middle: null,
    filter: others.join(",").length > longestRest ? null : attribute.filter(others)
  }
  const nothing = unknown(attribute)
  return assembled(attribute, [...named.values(), ...(others.length > 0 ? [rest] : []), nothing], (row) => {
    const value = attribute.of(row)
    return value === null ? nothing : named.get(value) ?? rest
  })
}

/** Bounds that part the values into fifths, each once, and none below the smallest value. */
const fifths = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const sorted = [...values].sort((a, b) => a - b)
  const cuts = [1, 2, 3, 4].map((n) => sorted[Math.floor((n * sorted.length) / 5)]!)
  return [...new Set(cuts)].filter((cut) => cut > sorted[0]!)
}

const byMeasure = (attribute: Measure, all: Iterable<ServerRow>): Colouring => {
  const values = [...all].map(attribute.of).filter((value) => value !== null)
  const nothing = unknown(attribute)
  if (values.length === 0) return assembled(attribute, [nothing], () => nothing)
  const cuts = attribute.steps ?? fifths(values)
  const low = values.reduce((a, b) => Math.min(a, b))
  const high = values.reduce((a, b) => Math.max(a, b))
  const isWhole = values.every(Number.isInteger)
  const last = cuts.length
  const steps = Array.from({ length: last + 1 }, (_, i): Entry => {
    const from = i === 0 ? (attribute.steps === null ? low : 0) : cuts[i - 1]!
    const to = i === last ? high : cuts[i]!
    // The filter's bounds belong to the range; a step's upper one does not.
    const upper = i === last ? Math.max(from, high) : isWhole ? to - 1 : to - 1e-9
    return {
      key: `step ${i}`,
      label: i === last ? `${figure(from)} and more` : from === upper ? figure(from) : isWhole ? `${figure(from)} to ${figure(to - 1)}` : `${figure(from)} to below ${figure(to)}`,
      slot: { kind: "step", index: last === 0 ? 2 : Math.round((i * 4) / last), ramp: attribute.ramp },
      filter: attribute.filter(from, upper),
      middle: (from + upper) / 2
    }
  })
  return assembled(attribute, [...steps, nothing], (row) => {
    const value = attribute.of(row)
    return value === null ? nothing : steps[cuts.filter((cut) => value >= cut).length]!
  })
}

/** How servers are coloured by an attribute. `all` decides which groups are large, so that filters change no colour. */
export const colouringOf = (attribute: Attribute, all: Iterable<ServerRow>): Colouring =>
  attribute.kind === "category" ? byCategory(attribute, all) : byMeasure(attribute, all)

/** Radius in pixels by a value of a measure: area grows with it; what is not known is small. Null: all the same. */
export const sizingOf = (measure: Measure | null, all: Iterable<ServerRow>, range: readonly [number, number]): ((value: number | null) => number) => {
  const [small, large] = range
  if (measure === null) return () => small + (large - small) / 4
  const values = [...all].map(measure.of).filter((value) => value !== null).sort((a, b) => a - b)
  // The largest few would make all others equally small.
  const top = Math.max(values[Math.floor(values.length * 0.98)] ?? 1, Number.MIN_VALUE)
  return (value) => value === null ? small : small + (large - small) * Math.sqrt(Math.max(0, Math.min(1, value / top)))
}
