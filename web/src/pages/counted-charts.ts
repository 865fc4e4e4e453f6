import type { Overview } from "../../../src/atlas/shapes/overview.ts"
import type { ServerFilter } from "../../../src/atlas/shapes/server-filter.ts"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import type { FacetName } from "../shell/facets.ts"

export interface CountedChart {
  readonly title: string
  readonly shows: string
  readonly caveat: string
  readonly query: string | null
  readonly counts: ReadonlyArray<{ readonly value: string; readonly servers: number }>
  /** What choosing a bar narrows to; null where the filter has no word for it. */
  readonly facet: FacetName | null
}

/** How the overview names what is not known. */
export const notKnown = "not known"

const countedBy = (rows: ReadonlyArray<ServerRow>, values: (row: ServerRow) => ReadonlyArray<string | null>): CountedChart["counts"] => {
  const counts = new Map<string, number>()
  for (const value of rows.flatMap(values)) counts.set(value ?? notKnown, (counts.get(value ?? notKnown) ?? 0) + 1)
  return [...counts].map(([value, servers]) => ({ value, servers }))
    .sort((a, b) => b.servers - a.servers || (a.value < b.value ? -1 : 1))
}

const asText = ({ asn, org }: ServerRow): string | null => asn === null ? null : `AS${asn}${org === null ? "" : ` ${org}`}`

/** What the overview counts, of the servers that pass the filter; the whole crawl's counts where nothing is narrowed. */
export const countedCharts = (overview: Overview, narrowed: ReadonlyArray<ServerRow> | null): ReadonlyArray<CountedChart> => {
  const answered = narrowed?.filter(({ chain, reachable }) => reachable === true && (chain ?? overview.crawl.network) === overview.crawl.network)
  const counts = (whole: CountedChart["counts"], values: (row: ServerRow) => ReadonlyArray<string | null>): CountedChart["counts"] =>
    answered === undefined ? whole : countedBy(answered, values)
  return [
    {
      title: "Implementations", facet: "implementation", query: "implementations",
      shows: "Servers that answered, by the implementation their behaviour fits.",
      caveat: "Forks that answer alike are one.",
      counts: counts(overview.implementations, ({ implementation }) => [implementation])
    },
    {
      title: "Software they name", facet: null, query: "software",
      shows: "Servers that answered, by what they say they are.",
      caveat: "A server may say what it likes.",
      counts: counts(overview.software, ({ software }) => [software])
    },
    {
      title: "Autonomous systems", facet: "asn", query: "servers-by-asn",
      shows: "Servers that answered, by who routes their address.",
      caveat: "A hoster has many customers; onions have no system.",
      counts: counts(overview.asns, (row) => [asText(row)])
    },
    {
      title: "Countries", facet: "country", query: "servers-by-country",
      shows: "Servers that answered, by the country of their address in the geo data used.",
      caveat: "Geo data err; onions have no country.",
      counts: counts(overview.countries, ({ country }) => [country])
    },
    {
      title: "Newest protocol agreed", facet: null, query: "protocol-versions",
      shows: "Servers that answered, by protocol version.", caveat: "",
      counts: counts(overview.protocols, ({ protocol }) => [protocol])
    },
    {
      title: "Kinds of address", facet: "networkClass", query: null,
      shows: "Servers that answered, by the kinds of address they are announced under.",
      caveat: "One server may have several, so the bars add up to more than the servers.",
      counts: counts(overview.networkClasses, ({ networkClasses }) => networkClasses)
    },
    {
      title: "What became of the visits", facet: null, query: "failures-by-reason",
      shows: "All known servers, by the answer or the reason for none.",
      caveat: "Did not answer us: others may reach them.",
      counts: narrowed === null ? overview.outcomes : countedBy(narrowed, ({ reachable, reason }) => [reachable === true ? "answered" : reason])
    }
  ]
}

/** The part of the filter that a bar stands for; null where it stands for none. */
export const facetValueOf = (facet: FacetName | null, value: string): string | null =>
  facet === null || value === notKnown ? null : facet === "asn" ? /^AS(\d+)/.exec(value)?.[1] ?? null : value

export const isChosen = (filter: ServerFilter, facet: FacetName | null, value: string): boolean => {
  const wanted = facetValueOf(facet, value)
  return facet !== null && wanted !== null && (filter[facet] ?? []).map(String).includes(wanted)
}
