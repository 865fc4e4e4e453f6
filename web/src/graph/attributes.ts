import { kindsOfAddress, type RangeField, type ServerFilter, type Unknowable } from "../../../src/atlas/shapes/server-filter.ts"
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

type CategoryField = "implementation" | "country" | "networkClasses" | "cloud" | "tls"
type NumberField = "asn" | "cluster" | "community" | "behaviour"

const category = (id: string, title: string, of: Category["of"], more: Pick<Category, "filter" | "unknownFilter"> & Partial<Pick<Category, "label" | "unknown">>): Category => ({
  kind: "category", id, title, of, label: (value) => value, unknown: "unknown", ...more
})

const ofTexts = (field: CategoryField) => ({ filter: (values: ReadonlyArray<string>): ServerFilter => ({ [field]: values }), unknownFilter: unknownOf(field) })
const ofNumbers = (field: NumberField) => ({ filter: (values: ReadonlyArray<string>): ServerFilter => ({ [field]: values.map(Number) }), unknownFilter: unknownOf(field) })

/** Yes or no in words of its own; both together narrow nothing to filter by, and never stand for one entry. */
const ofAnswer = (field: "reachable" | "walletAccepts", yes: string) => ({
  filter: ([value]: ReadonlyArray<string>): ServerFilter => ({ [field]: value === yes ? "yes" : "no" }),
  unknownFilter: { [field]: "unknown" } as ServerFilter
})

const measure = (id: string, title: string, of: Measure["of"], field: RangeField, more: Partial<Pick<Measure, "unknown" | "steps" | "ramp">> = {}): Measure => ({
  kind: "measure", id, title, of, unknown: "unknown", steps: null, ramp: "accent", ...more,
  filter: (low, high) => ({ [`${field}Min`]: low, [`${field}Max`]: high }),
  unknownFilter: field === "degree" || field === "names" ? null : unknownOf(field)
})

const text = (value: number | null): string | null => (value === null ? null : String(value))

/** What servers can be coloured by, in the order of the menu. */
export const colourings: ReadonlyArray<Attribute> = [
  category("operator", "probable operator", (row) => text(row.clusterId), { ...ofNumbers("cluster"), label: (value) => `group ${value}`, unknown: "in no group" }),
  category("community", "community", (row) => text(row.communityId), { ...ofNumbers("community"), label: (value) => `community ${value}`, unknown: "in no community" }),
  category("implementation", "software by behaviour", (row) => row.implementation, ofTexts("implementation")),
  category("country", "country", (row) => row.country, ofTexts("country")),
  category("asn", "autonomous system", (row) => text(row.asn), { ...ofNumbers("asn"), label: (value) => `AS${value}` }),
  category("cloud", "cloud provider", (row) => row.cloud, { ...ofTexts("cloud"), unknown: "none known" }),
  category("reach", "reachability", (row) => (row.reachable === null ? null : row.reachable ? "answered" : "did not answer us"), {
    ...ofAnswer("reachable", "answered"), unknown: "not dialled, or no way there"
  }),
  category("network", "network class", kindsOfAddress, { ...ofTexts("networkClasses"), label: (value) => value.replaceAll("+", " + ") }),
  category("tls", "TLS version", (row) => row.tls, ofTexts("tls")),
  category("wallet", "wallet's TLS rule", (row) => (row.walletAccepts === null ? null : row.walletAccepts ? "accepted" : "refused"), ofAnswer("walletAccepts", "accepted")),
  category("behaviour", "behaviour group", (row) => text(row.behaviourClusterId), { ...ofNumbers("behaviour"), label: (value) => `behaviour ${value}`, unknown: "in no group" }),
  measure("score", "suspicion score", (row) => row.score, "score", { steps: [20, 40, 60, 80], ramp: "suspicion", unknown: "not analysed" }),
  measure("named-by", "named by servers", (row) => row.namedBy, "degree"),
  measure("names", "names servers", (row) => row.names, "names"),
  measure("core", "core of the graph", (row) => row.core, "core"),
  measure("latency", "latency, ms", (row) => row.latencyMs, "latency"),
  measure("uptime", "share of visits answered", (row) => row.uptimeShare, "uptime")
]

/** What servers can be sized by; "same" is none of these. */
export const sizings: ReadonlyArray<Measure> = colourings.filter((one): one is Measure => one.kind === "measure")
