import type { ServerFilter } from "../../../src/atlas/shapes/server-filter.ts"
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
  /** How the filter bar says "only this value"; null: it has no word for it. */
  readonly filter: ((value: string) => ServerFilter) | null
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
  readonly filter: ((low: number, high: number) => ServerFilter) | null
}

export type Attribute = Category | Measure

const category = (id: string, title: string, of: Category["of"], more: Partial<Omit<Category, "kind" | "id" | "title" | "of">> = {}): Category => ({
  kind: "category", id, title, of, label: (value) => value, unknown: "unknown", filter: null, ...more
})

const measure = (id: string, title: string, of: Measure["of"], more: Partial<Omit<Measure, "kind" | "id" | "title" | "of">> = {}): Measure => ({
  kind: "measure", id, title, of, unknown: "unknown", steps: null, ramp: "accent", filter: null, ...more
})

const text = (value: number | null): string | null => (value === null ? null : String(value))

/** What servers can be coloured by, in the order of the menu. */
export const colourings: ReadonlyArray<Attribute> = [
  category("operator", "probable operator", (row) => text(row.clusterId), {
    label: (value) => `group ${value}`, unknown: "in no group", filter: (value) => ({ cluster: [Number(value)] })
  }),
  category("community", "community", (row) => text(row.communityId), {
    label: (value) => `community ${value}`, unknown: "in no community", filter: (value) => ({ community: [Number(value)] })
  }),
  category("implementation", "software by behaviour", (row) => row.implementation, { filter: (value) => ({ implementation: [value] }) }),
  category("country", "country", (row) => row.country, { filter: (value) => ({ country: [value] }) }),
  category("asn", "autonomous system", (row) => text(row.asn), { label: (value) => `AS${value}`, filter: (value) => ({ asn: [Number(value)] }) }),
  category("cloud", "cloud provider", (row) => row.cloud, { unknown: "none known" }),
  category("reach", "reachability", (row) => (row.reachable === null ? null : row.reachable ? "answered" : "did not answer us"), {
    unknown: "not dialled, or no way there", filter: (value) => ({ reachable: value === "answered" ? "yes" : "no" })
  }),
  category("network", "network class", (row) => (row.networkClasses.length === 0 ? null : [...row.networkClasses].sort().join(" + "))),
  category("tls", "TLS version", (row) => row.tls),
  category("wallet", "wallet's TLS rule", (row) => (row.walletAccepts === null ? null : row.walletAccepts ? "accepted" : "refused")),
  category("behaviour", "behaviour group", (row) => text(row.behaviourClusterId), { label: (value) => `behaviour ${value}`, unknown: "in no group" }),
  measure("score", "suspicion score", (row) => row.score, {
    steps: [20, 40, 60, 80], ramp: "suspicion", unknown: "not analysed", filter: (low, high) => ({ scoreMin: low, scoreMax: high })
  }),
  measure("named-by", "named by servers", (row) => row.namedBy, { filter: (low, high) => ({ degreeMin: low, degreeMax: high }) }),
  measure("names", "names servers", (row) => row.names),
  measure("core", "core of the graph", (row) => row.core),
  measure("latency", "latency, ms", (row) => row.latencyMs),
  measure("uptime", "share of visits answered", (row) => row.uptimeShare)
]

/** What servers can be sized by; "same" is none of these. */
export const sizings: ReadonlyArray<Measure> = colourings.filter((one): one is Measure => one.kind === "measure")
