import { countryName } from "../charts/countries.ts"
import { describe, type Description, evenSteps, quantile } from "../charts/statistics.ts"
import type { Block, Cell, Section } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { counted } from "../write/words.ts"
import { columns, firstRows, namedFigure } from "./figure.ts"

type Timed = ReportFacts["named"]["latency"]["rows"][number]

const measures = [
  { key: "ping_ms", name: "Ping on an idle session", id: "ping" },
  { key: "tcp_connect_ms", name: "TCP connection", id: "connect" },
  { key: "tls_handshake_ms", name: "TLS handshake", id: "tls" },
  { key: "first_reply_ms", name: "First reply (server.version)", id: "first-reply" }
] as const

const valuesOf = (rows: ReadonlyArray<Timed>, key: (typeof measures)[number]["key"]): ReadonlyArray<number> =>
  rows.flatMap((row) => row[key] === null ? [] : [row[key]])

const described = (name: string, unknown: number, one: Description): ReadonlyArray<Cell> =>
  [name, one.count, unknown, one.mean, one.deviation, one.least, one.quarter, one.median, one.threeQuarters, one.most]

const describeColumns = columns("Measure", "Servers: count", "Unknown: count", "Mean: number", "Standard deviation: number", "Least: number", "25 %: number", "Median: number", "75 %: number", "Most: number")

/** Classes by what a person notices, not by an algorithm: they mean the same in every crawl. */
const classes = [
  { name: "below 50 ms", below: 50 },
  { name: "50 to below 150 ms", below: 150 },
  { name: "150 to below 300 ms", below: 300 },
  { name: "300 to below 1,000 ms", below: 1_000 },
  { name: "1,000 ms or more", below: Number.POSITIVE_INFINITY }
]

/** Fewer servers make no box. */
const leastForCountry = 3

/** Values beyond the 99th percentile stretch the picture; the table and the boxes have them. */
const shownOf = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const end = quantile(values.toSorted((a, b) => a - b), 0.99)
  return end === null ? [] : values.filter((value) => value <= end)
}

/** How long servers take, described and by country. */
export const latencySection = ({ named: { latency } }: ReportFacts): Section => {
  const { rows } = latency
  const pings = valuesOf(rows, "ping_ms")
  const proxied = rows.filter(({ via }) => via !== "direct" && via !== null).length
  const byCountry = [...Map.groupBy(rows.filter(({ country, ping_ms }) => country !== null && ping_ms !== null), ({ country }) => country!)]
    .map(([country, some]) => ({ country, values: valuesOf(some, "ping_ms") }))
    .toSorted((a, b) => b.values.length - a.values.length || (a.country < b.country ? -1 : 1))
  const medians = byCountry.filter(({ values }) => values.length >= leastForCountry).map((one) => ({ ...one, median: describe(one.values).median! }))
  const sortedMedians = medians.map(({ median }) => median).toSorted((a, b) => a - b)
  const inClass = classes.map(({ below, name }, i) => ({
    label: name,
    value: pings.filter((ping) => ping < below && ping >= (classes[i - 1]?.below ?? 0)).length
  }))
  const unpinged = rows.length - pings.length
  const describedTable = { columns: describeColumns, rows: measures.map(({ key, name }) => described(name, rows.length - valuesOf(rows, key).length, describe(valuesOf(rows, key)))) }
  const distributions: ReadonlyArray<Block> = measures.flatMap(({ id, key, name }) => {
    const values = valuesOf(rows, key)
    const shown = shownOf(values)
    return values.length === 0 ? [] : [namedFigure(`latency-${id}`, latency, {
      title: `${name}: distribution`,
      shows: `Servers by milliseconds, with a smoothed density; the slowest hundredth (${counted(values.length - shown.length, "server")}) is outside the picture.`,
      chart: { kind: "histogram", axis: "milliseconds", count: "servers", values: shown, steps: evenSteps(shown, 24), hasDensity: true },
      table: { columns: describeColumns, rows: [described(name, rows.length - values.length, describe(values))] }
    })]
  })
  return {
    id: "latency",
    title: "Latency",
    blocks: [
      paragraph(
        `Connecting, the TLS handshake, the first reply and pings are timed apart, on one connection at a time. ${counted(proxied, "server")} of ${rows.length} were reached through a proxy, whose way is in all their times but not in the connection's, which the proxy answers. All is from one place, and says where that place is as much as where servers are. Software that pads replies holds them back for up to a second: the first reply of such servers comes that much later, and they are not pinged.`
      ),
      namedFigure("latency-described", latency, {
        title: "Latency, described",
        shows: "Milliseconds of each server's quickest endpoint; what was not measured is unknown and no zero.",
        table: describedTable
      }),
      namedFigure("latency-boxes", latency, {
        title: "Latency by what is timed",
        shows: "The middle half of servers, the median, and servers beyond one and a half times that width.",
        chart: { kind: "boxes", axis: "milliseconds", boxes: measures.map(({ key, name }) => ({ label: name, values: shownOf(valuesOf(rows, key)) })).filter(({ values }) => values.length > 0) },
        table: describedTable
      }),
      ...distributions,
      namedFigure("latency-classes", latency, {
        title: "Latency classes",
        shows: "Servers by ping, in fixed classes that mean the same in every crawl.",
        chart: { kind: "bars", axis: "servers", bars: [...inClass, ...(unpinged === 0 ? [] : [{ label: "not measured", value: unpinged, quiet: true }])] },
        table: firstRows([...inClass.map(({ label, value }): ReadonlyArray<Cell> => [label, value]), ["not measured", unpinged]], 10, columns("Ping", "Servers: count"))
      }),
      ...(medians.length === 0 ? [] : [
        namedFigure("latency-by-country", latency, {
          title: "Ping by country",
          shows: `Countries with at least ${leastForCountry} servers that were pinged, most servers first.`,
          chart: { kind: "boxes", axis: "milliseconds", boxes: medians.slice(0, 15).map(({ country, values }) => ({ label: `${countryName(country)} (${values.length})`, values })) },
          table: firstRows(medians.map(({ country, values }) => described(countryName(country), 0, describe(values))), 40, describeColumns)
        }),
        namedFigure("latency-map", latency, {
          title: "Median ping on the map",
          shows: `Countries with at least ${leastForCountry} servers that were pinged, by their median.`,
          chart: {
            kind: "world",
            axis: "median ping, ms",
            countries: medians.map(({ country, median }) => ({ code: country, value: median })),
            classes: [...new Set([0, 0.2, 0.4, 0.6, 0.8].map((share) => Math.floor(quantile(sortedMedians, share)!)))]
          },
          table: firstRows(medians.map(({ country, median, values }): ReadonlyArray<Cell> => [countryName(country), values.length, median]), 200, columns("Country", "Servers: count", "Median ping, ms: number"))
        })
      ])
    ]
  }
}
