import { type Bound, matcher, type NumberList, numberLists, type RangeField, type ServerFilter, type TextList, type Unknowable, valuesOf } from "../../../src/atlas/shapes/server-filter.ts"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { answered } from "../text/format.ts"

/** A part of the filter that chooses from values the servers have. */
export type FacetName = TextList | NumberList

export interface FacetValue {
  readonly value: string
  readonly label: string
  /** Servers that have it and pass the rest of the filter. Level: server. */
  readonly servers: number
  readonly chosen: boolean
}

/** What a chosen value is called where nothing else is known of it. */
export const facetLabels: Readonly<Record<FacetName, (value: string) => string>> = {
  implementation: (value) => value,
  country: (value) => value,
  asn: (value) => `AS${value}`,
  networkClass: (value) => value,
  networkClasses: (value) => `only ${value.replaceAll("+", " + ")}`,
  cloud: (value) => value,
  tls: (value) => value,
  cluster: (value) => `group ${value}`,
  community: (value) => `community ${value}`,
  behaviour: (value) => `behaviour ${value}`
}

/** What the fields are called where several values are chosen, or none is known. */
export const fieldLabels: Readonly<Record<FacetName | Unknowable | RangeField, string>> = {
  implementation: "software",
  country: "country",
  asn: "autonomous system",
  networkClass: "kind of address",
  networkClasses: "kinds of address",
  cloud: "cloud",
  tls: "TLS version",
  cluster: "probable operator",
  community: "community",
  behaviour: "behaviour group",
  score: "score",
  degree: "named by",
  names: "names",
  core: "core",
  latency: "latency, ms",
  uptime: "visits answered"
}

/** Words of the two bounds of a range. */
export const boundsOf = (name: RangeField): readonly [Bound, Bound] => [`${name}Min`, `${name}Max`]

/** Whether a server answered, as the filter has it, in words. */
export const answerLabels = { yes: answered(true), no: answered(false), unknown: answered(null) } as const

const labelOf = (name: FacetName, value: string, row: ServerRow): string =>
  `${facetLabels[name](value)}${name === "asn" && row.org !== null ? ` ${row.org}` : ""}`

/** The values to choose from, those chosen first, then by servers; chosen ones stay though none has them now. */
export const facetValues = (rows: ReadonlyArray<ServerRow>, filter: ServerFilter, name: FacetName): ReadonlyArray<FacetValue> => {
  const { [name]: chosen, ...rest } = filter
  const isChosen = new Set((chosen ?? []).map(String))
  const passes = matcher(rest)
  const found = new Map<string, { label: string; servers: number }>()
  for (const value of isChosen) found.set(value, { label: value, servers: 0 })
  for (const row of rows) {
    const counts = passes(row)
    for (const raw of valuesOf[name](row)) {
      const value = String(raw)
      const known = found.get(value)
      if (known === undefined) found.set(value, { label: labelOf(name, value, row), servers: counts ? 1 : 0 })
      else {
        if (known.servers === 0) known.label = labelOf(name, value, row)
        if (counts) known.servers += 1
      }
    }
  }
  return [...found]
    .map(([value, { label, servers }]) => ({ value, label, servers, chosen: isChosen.has(value) }))
    .filter(({ chosen, servers }) => chosen || servers > 0)
    .sort((a, b) => Number(b.chosen) - Number(a.chosen) || b.servers - a.servers || a.label.localeCompare(b.label, "en", { numeric: true }))
}

/** The filter with one value of a facet put in, or taken out. */
export const toggled = (filter: ServerFilter, name: FacetName, value: string): { readonly [K in FacetName]?: ServerFilter[K] | undefined } => {
  const now = (filter[name] ?? []).map(String)
  const next = now.includes(value) ? now.filter((one) => one !== value) : [...now, value]
  if (next.length === 0) return { [name]: undefined }
  return (numberLists as ReadonlyArray<string>).includes(name) ? { [name]: next.map(Number) } : { [name]: next }
}
