import { countClasses } from "../charts/maps.ts"
import { countryName } from "../charts/countries.ts"
import type { Block, Section } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { counted } from "../write/words.ts"
import { columns, firstRows, namedFigure, topBars } from "./figure.ts"

/** Beyond so many communities colours are no longer told apart. */
const mostColours = 10

/** More would be a heap of dots, and megabytes of them. */
const mostNodes = 2_000

/** The announcement graph as it is laid out. Null before there is an analysis. */
const networkFigure = ({ crawl, graph, servers }: ReportFacts): ReadonlyArray<Block> => {
  if (graph === null || graph.servers.length === 0) return [paragraph("The network cannot be drawn before the crawl has been analysed: run observatory analyze.")]
  const rowOf = new Map(servers.map((row) => [row.serverId, row]))
  const largest = graph.groups.toSorted((a, b) => b.servers - a.servers || a.communityId - b.communityId).slice(0, mostColours)
  const colourOf = new Map(largest.map(({ communityId }, i) => [communityId, i]))
  const placeOf = new Map(graph.groups.map((group) => [group.communityId, group]))
  const most = graph.metaEdges.reduce((max, { announcements }) => Math.max(max, announcements), 1)
  // Those that answered first, then those that most others name.
  const drawn = graph.servers
    .map((id, i) => ({ i, row: rowOf.get(id) }))
    .toSorted((a, b) => Number(b.row?.reachable === true) - Number(a.row?.reachable === true) || (b.row?.namedBy ?? 0) - (a.row?.namedBy ?? 0) || a.i - b.i)
    .slice(0, mostNodes)
  const left = graph.servers.length - drawn.length
  const nodes = drawn.map(({ i, row }) => {
    const community = row?.communityId ?? null
    return { x: graph.x[i]!, y: graph.y[i]!, weight: row?.namedBy ?? 0, colour: community === null ? null : colourOf.get(community) ?? null, hollow: row?.reachable !== true }
  })
  const edges = graph.metaEdges.flatMap(({ announcements, from, to }) => {
    const [a, b] = [placeOf.get(from), placeOf.get(to)]
    return a === undefined || b === undefined || from === to ? [] : [{ x1: a.x, y1: a.y, x2: b.x, y2: b.y, share: announcements / most }]
  })
  const isLeft = nodes.some(({ colour }) => colour === null)
  return [{
    kind: "figure",
    id: "network-map",
    title: "The announcement graph",
    shows: `Servers where the layout of the analysis puts them, larger where more servers name them, hollow where they did not answer us; lines are announcements between communities, of ${counted(graph.announcements, "announcement")} in all (${counted(graph.mutual, "pair")} name each other).${left === 0 ? "" : ` ${counted(left, "server")} that did not answer and few name ${left === 1 ? "is" : "are"} not drawn.`}`,
    level: "server",
    caveat: "Who lists whom, not who operates what: a community is a neighbourhood of gossip. Distances have no unit.",
    source: { kind: "named query", name: "places-in-the-announcement-graph", parameters: { crawl: crawl.crawlId } },
    chart: {
      kind: "network",
      nodes,
      edges,
      legend: [
        ...largest.map(({ communityId, servers }, i) => ({ label: `community ${communityId} (${counted(servers, "server")})`, colour: i })),
        ...(isLeft ? [{ label: "smaller communities, or none", colour: null }] : [])
      ]
    },
    table: firstRows(
      graph.groups.toSorted((a, b) => b.servers - a.servers || a.communityId - b.communityId).map((group) => {
        const out = graph.metaEdges.filter(({ from }) => from === group.communityId).reduce((sum, { announcements }) => sum + announcements, 0)
        const into = graph.metaEdges.filter(({ to }) => to === group.communityId).reduce((sum, { announcements }) => sum + announcements, 0)
        return [String(group.communityId), group.servers, out, into]
      }),
      40,
      columns("Community", "Servers: count", "Announcements to others: count", "From others: count")
    )
  }]
}

const placeCaveat = "By the registry a country is where the holder of the address is at home, not where the machine stands; geo files are approximate. A server with addresses in several countries counts in each. Of onion services no country is known."

/** Where servers stand: the graph, the world, countries, systems, clouds. */
export const placesSection = (facts: ReportFacts): Section => {
  const { asns, clouds, countries } = facts.named
  const known = countries.rows.filter(({ country }) => country !== null)
  const onMap = known.map((row) => ({ code: row.country!, value: row.servers }))
  const located = known.reduce((sum, { servers_located }) => sum + servers_located, 0)
  const registered = known.reduce((sum, { servers_registered }) => sum + servers_registered, 0)
  const basis = located === 0 ? `No geo file says where any server is. Of ${counted(registered, "server")} the registry says where the holder of the address is at home, which need not be where the machine stands.` : `Of ${counted(located, "server")} a geo file says where the address is; of ${counted(registered, "server")} only the registry says where its holder is at home.`
  return {
    id: "network",
    title: "The network and where it stands",
    blocks: [
      ...networkFigure(facts),
      namedFigure("world-map", countries, {
        title: "Servers on the map",
        caveat: placeCaveat,
        shows: `Servers by country, darker for more. ${basis}`,
        chart: onMap.length === 0 ? null : { kind: "world", axis: "servers", countries: onMap, classes: countClasses(Math.max(...onMap.map(({ value }) => value))) },
        table: firstRows(
          countries.rows.map((row) => [row.country === null ? null : countryName(row.country), row.servers, row.servers_answered, row.servers_located, row.servers_registered]),
          300,
          columns("Country", "Servers: count", "Answered: count", "Located: count", "Registered only: count")
        )
      }),
      namedFigure("countries", countries, {
        title: "Countries, the first 15",
        caveat: placeCaveat,
        shows: basis,
        chart: { kind: "bars", axis: "servers", bars: topBars(countries.rows, 15, { label: (row) => row.country === null ? null : countryName(row.country), value: (row) => row.servers, rest: "other countries", unknown: "not known" }) },
        table: firstRows(countries.rows.map((row) => [row.country === null ? null : countryName(row.country), row.servers, row.servers_answered]), 15, columns("Country", "Servers: count", "Answered: count"))
      }),
      namedFigure("asns", asns, {
        title: "Autonomous systems, the first 15",
        shows: "In whose networks servers stand; the holder's name is the registry's.",
        chart: {
          kind: "bars",
          axis: "servers",
          bars: topBars(asns.rows, 15, { label: (row) => row.asn === null ? null : `AS${row.asn}${row.org === null ? "" : ` ${row.org}`}`, value: (row) => row.servers, rest: "other systems", unknown: "not known" })
        },
        table: firstRows(asns.rows.map((row) => [row.asn === null ? null : `AS${row.asn}`, row.org, row.servers, row.servers_answered]), 15, columns("System", "Holder", "Servers: count", "Answered: count"))
      }),
      namedFigure("clouds", clouds, {
        title: "Clouds",
        shows: "Companies that rent out the machines, by their published ranges or systems; the grey bar has those at home and those of which nothing is known alike.",
        chart: { kind: "bars", axis: "servers", bars: topBars(clouds.rows, 15, { label: (row) => row.cloud_provider, value: (row) => row.servers, rest: "other companies", unknown: "none known" }) },
        table: firstRows(clouds.rows.map((row) => [row.cloud_provider ?? "none known", row.servers, row.servers_answered]), 40, columns("Company", "Servers: count", "Answered: count"))
      })
    ]
  }
}
