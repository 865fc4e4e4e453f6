import { type AnswerField, measureOf, type NumberList, numberLists, type RangeField, type ServerFilter, type TextList, type Unknowable, valuesOf } from "../../../src/atlas/shapes/server-filter.ts"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"

/** Something a server has one value of, of a few. */
export interface Category {
  readonly kind: "category"
  readonly id: string
  readonly title: string
  readonly of: (row: ServerRow) => string | null
  /** What stands in the legend for a value. */
  readonly label: (value: string) => string
  /** What null means. */
  readonly unknown: string
  /** How the filter says "any of these values". */
  readonly filter: (values: ReadonlyArray<string>) => ServerFilter
  /** How the filter says "not known". */
  readonly unknownFilter: ServerFilter
}

/** Something that is counted or measured. */
export interface Measure {
  readonly kind: "measure"
  readonly id: string
  readonly title: string
  readonly of: (row: ServerRow) => number | null
  readonly unknown: string
  /** Bounds of the five steps; null: fifths of the servers. */
  readonly steps: ReadonlyArray<number> | null
  readonly ramp: "suspicion" | "accent"
  readonly filter: (low: number, high: number) => ServerFilter
  /** Null: it is known of every server. */
  readonly unknownFilter: ServerFilter | null
}

export type Attribute = Category | Measure

const unknownOf = (field: Unknowable): ServerFilter => ({ unknown: [field] })

type CategoryField = Exclude<TextList, "networkClass"> | NumberList
type Words = Partial<Pick<Category, "label" | "unknown">>

/** A field of the filter of which a server has one value. */
const category = (id: string, title: string, field: CategoryField, words: Words = {}): Category => {
  const isNumber = (numberLists as ReadonlyArray<string>).includes(field)
  return {
    kind: "category", id, title, label: (value) => value, unknown: "unknown", ...words,
    of: (row) => valuesOf[field](row).map(String)[0] ?? null,
    filter: (values) => ({ [field]: isNumber ? values.map(Number) : values }),
    unknownFilter: unknownOf(field)
  }
}

/** Yes or no in words of its own; both together narrow nothing to filter by, and never stand for one entry. */
const answer = (id: string, title: string, field: AnswerField, [yes, no]: readonly [string, string], words: Words = {}): Category => ({
  kind: "category", id, title, label: (value) => value, unknown: "unknown", ...words,
  of: ({ [field]: value }) => value === null ? null : value ? yes : no,
  filter: ([value]) => ({ [field]: value === yes ? "yes" : "no" }),
  unknownFilter: { [field]: "unknown" }
})

const measure = (id: string, title: string, field: RangeField, more: Partial<Pick<Measure, "unknown" | "steps" | "ramp">> = {}): Measure => ({
  kind: "measure", id, title, unknown: "unknown", steps: null, ramp: "accent", ...more,
  of: measureOf[field],
  filter: (low, high) => ({ [`${field}Min`]: low, [`${field}Max`]: high }),
  unknownFilter: field === "degree" || field === "names" ? null : unknownOf(field)
})

/** What servers can be coloured by, in the order of the menu. */
export const colourings: ReadonlyArray<Attribute> = [
  category("operator", "probable operator", "cluster", { label: (value) => `group ${value}`, unknown: "in no group" }),
  category("community", "community", "community", { label: (value) => `community ${value}`, unknown: "in no community" }),
  category("implementation", "software by behaviour", "implementation"),
  category("country", "country", "country"),
  category("asn", "autonomous system", "asn", { label: (value) => `AS${value}` }),
  category("cloud", "cloud provider", "cloud", { unknown: "none known" }),
  answer("reach", "reachability", "reachable", ["answered", "did not answer us"], { unknown: "not dialled, or no way there" }),
  category("network", "network class", "networkClasses", { label: (value) => value.replaceAll("+", " + ") }),
  category("tls", "TLS version", "tls"),
  answer("wallet", "wallet's TLS rule", "walletAccepts", ["accepted", "refused"]),
  category("behaviour", "behaviour group", "behaviour", { label: (value) => `behaviour ${value}`, unknown: "in no group" }),
  measure("score", "suspicion score", "score", { steps: [20, 40, 60, 80], ramp: "suspicion", unknown: "not analysed" }),
  measure("named-by", "named by servers", "degree"),
  measure("names", "names servers", "names"),
  measure("core", "core of the graph", "core"),
  measure("latency", "latency, ms", "latency"),
  measure("uptime", "share of visits answered", "uptime")
]

/** What servers can be sized by; "same" is none of these. */
export const sizings: ReadonlyArray<Measure> = colourings.filter((one): one is Measure => one.kind === "measure")
