import type { Figure, Overview } from "../../../src/atlas/shapes/overview.ts"
import { useOverview } from "../client/atlas.ts"
import { useShownServers } from "../client/shown-servers.ts"
import { Bars } from "../parts/bars.tsx"
import { Chart } from "../parts/chart.tsx"
import { Empty, Loading } from "../parts/states.tsx"
import { WideTable } from "../parts/wide-table.tsx"
import { toggled } from "../shell/facets.ts"
import { filter, narrow, narrowings, pageHash } from "../state/store.ts"
import { count, counted, decimal, interval, limitedShare, time, unknown } from "../text/format.ts"
import { shown } from "../text/display.ts"
import { countedCharts, facetValueOf, isChosen, notKnown, type CountedChart } from "./counted-charts.ts"
import { headlineOf } from "./headline.ts"
import { MapThumbnail } from "./map-thumbnail.tsx"
import { NetworkThumbnail } from "./network-thumbnail.tsx"
import { OperatorBars } from "./operator-bars.tsx"

type OneFigure = typeof Figure.Type

const FigureRow = ({ figure, name, value }: { readonly name: string; readonly value: string; readonly figure: OneFigure }) => (
  <tr>
    <th scope="row">{name}</th>
    <td class="number"><strong>{value}</strong></td>
    <td>{figure.level}</td>
    <td class="quiet">{shown(figure.caveat)}{figure.query === null ? null : <>{" "}<a href={pageHash("sql", { own: { query: figure.query } })}>{figure.query}</a></>}</td>
  </tr>
)

const countText = ({ high, low, value }: OneFigure): string => value === null ? unknown : low === null ? count(value) : interval(low, high)

const Figures = ({ overview }: { readonly overview: Overview }) => {
  const { counts } = overview.crawl
  return (
    <section class="chart">
      <h2>Figures</h2>
      <WideTable>
        <table class="plain-table figures">
          <thead><tr><th scope="col">What</th><th scope="col" class="number">Value</th><th scope="col">Level</th><th scope="col">Caveat and query</th></tr></thead>
          <tbody>
            <FigureRow name="Servers that answered" value={countText(overview.serversAnswered)} figure={overview.serversAnswered} />
            <FigureRow name="Coverage" value={limitedShare(overview.coverage)} figure={overview.coverage} />
            <FigureRow name="Operators of those servers" value={countText(overview.operators)} figure={overview.operators} />
            <FigureRow name="Starts with the five largest" value={limitedShare(overview.topFiveMain)} figure={overview.topFiveMain} />
          </tbody>
        </table>
      </WideTable>
      <p class="says-who">
        {`This crawl knows ${counted(counts.advertisements, "advertisement")}, ${counted(counts.endpoints, "endpoint")} (${count(counts.endpointsReachable)} answered) and ${counted(counts.servers, "server")} (${count(counts.serversReachable)} answered). `}
        {overview.expectedFalseGroups === null ? "" : `Of the groups, ${decimal(overview.expectedFalseGroups)} are expected to be wrong. `}
        {`Seen from ${shown(overview.crawl.vantage, 60)}${overview.crawl.ways.length === 0 ? "" : ` by ${overview.crawl.ways.join(", ")}`}.`}
        {overview.crawl.analysedAt === null ? "" : ` Analysed ${time(overview.crawl.analysedAt)}.`}
      </p>
    </section>
  )
}

const most = 10

const CountedBars = ({ chart }: { readonly chart: CountedChart }) => {
  const all = chart.counts.reduce((sum, { servers }) => sum + servers, 0)
  const rest = chart.counts.slice(most)
  return (
    <Chart title={chart.title} shows={chart.shows} level="server" caveat={chart.caveat} query={chart.query}>
      {chart.counts.length === 0 ? <p class="quiet">No server to count.</p> : <Bars label={chart.title} bars={[
        ...chart.counts.slice(0, most).map(({ servers, value }) => {
          const wanted = facetValueOf(chart.facet, value)
          return {
            label: value,
            value: servers,
            of: all,
            isUnknown: value === notKnown,
            pressed: isChosen(filter.value, chart.facet, value),
            open: chart.facet === null || wanted === null ? undefined : () => narrow(toggled(filter.peek(), chart.facet!, wanted))
          }
        }),
        ...(rest.length === 0 ? [] : [{ label: `${rest.length} others`, value: rest.reduce((sum, { servers }) => sum + servers, 0), of: all, isUnknown: true }])
      ]} />}
    </Chart>
  )
}

const Content = ({ overview }: { readonly overview: Overview }) => {
  const servers = useShownServers().value
  const isNarrowed = narrowings.value > 0 && servers !== null
  if (overview.crawl.counts.servers === 0) return <Empty run="observatory crawl">This crawl knows no server yet.</Empty>
  return (
    <>
      <header class="headline">
        <h1 class="unseen">Overview</h1>
        {headlineOf(overview).map((sentence) => <p key={sentence}>{shown(sentence)}</p>)}
        {overview.withheld === undefined ? null : <p class="withheld quiet">{shown(overview.withheld, 1_000)}</p>}
      </header>
      <div class="charts pictures">
        <Chart title="Operators by share" shows="Groups of servers that are probably one operator's, by servers that answered." level="operator" caveat="Groups are probabilities, not names." query="operator-clusters">
          <OperatorBars overview={overview} />
        </Chart>
        <Chart title="The network" shows="Every server of the announcement graph; those near each other announce much the same. Colours as in the bars, grey is in no group." level="server" query="who-announces-whom">
          <NetworkThumbnail />
        </Chart>
        <Chart title="The map" shows="Servers that answered by country of their address." level="server" caveat="Places are approximate; onions have none." query="servers-by-country">
          <MapThumbnail countries={overview.countries} />
        </Chart>
      </div>
      <Figures overview={overview} />
      {isNarrowed ? <p class="quiet">{`Below: the ${counted(servers.rows.length, "server")} that the filter leaves. All above is about the whole crawl.`}</p> : null}
      <div class="charts">
        {countedCharts(overview, isNarrowed ? servers.rows : null).map((chart) => <CountedBars key={chart.title} chart={chart} />)}
      </div>
    </>
  )
}

/** The first screen answers the question; the rest of the page says who says so. */
const OverviewPage = () => <div class="page wide"><Loading of={useOverview()} lines={12}>{(overview) => <Content overview={overview} />}</Loading></div>

export default OverviewPage
