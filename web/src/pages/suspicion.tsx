import type { SuspicionPage as Suspicion } from "../../../src/atlas/shapes/suspicion.ts"
import { useSuspicion } from "../client/atlas.ts"
import { useShownServers } from "../client/shown-servers.ts"
import { Chart } from "../parts/chart.tsx"
import { Host } from "../parts/copy-text.tsx"
import { Score } from "../parts/score.tsx"
import { Empty, Loading } from "../parts/states.tsx"
import { narrowings, own, select, selected, setOwn } from "../state/store.ts"
import { count, counted, decimal, share, unknown } from "../text/format.ts"
import { shown } from "../text/display.ts"
import { Histogram } from "./score-bands.tsx"
import { histogramOf } from "./histogram.ts"
import { flaggedOf, openIn, toggledIn } from "./suspicion-model.ts"

const Indicators = ({ page }: { readonly page: Suspicion }) => {
  const open = openIn(own("open"))
  return (
    <Chart title="Indicators" shows="What is looked for, how many servers of this crawl show it, how often servers of honest people do (base rate, measured or assumed), and what else causes it." level="server"
      caveat="What honest servers show often says little; what nobody shows was perhaps not asked for." query="suspicion-by-indicator">
      <div>
        <div class="indicators head-only" aria-hidden="true"><div class="head"><span>Indicator</span><span>Shown here by</span><span>Base rate</span><span>Most points</span></div></div>
        <ul class="indicators">
          {page.indicators.toSorted((a, b) => b.shown - a.shown || b.weight - a.weight).map((one) => (
            <li key={one.name}>
              <details open={open.has(one.name)}>
                <summary onClick={(event) => { event.preventDefault(); setOwn({ open: toggledIn(own("open"), one.name) }, "replace") }}>
                  <span>{shown(one.name)}</span>
                  <span class="figure">{one.tested === 0 ? <span class="quiet">not tested</span> : <>{count(one.shown)} <span class="quiet">{`of ${count(one.tested)} tested`}</span></>}</span>
                  <span class="figure">{one.baseRate === null ? <span class="quiet">{unknown}</span> : share(one.baseRate)}</span>
                  <span class="figure quiet">{`up to ${decimal(one.weight, 0)}`}</span>
                </summary>
                <p>{shown(one.definition, 1_000)}</p>
                <p>{one.innocent.length === 0 ? "No innocent cause is known to us." : `Innocent causes: ${one.innocent.map((cause) => shown(cause)).join("; ")}.`}</p>
                {one.untested === 0 ? null : <p class="quiet">{`Not tested on ${counted(one.untested, "server")}: no answer, or no deep visit.`}</p>}
              </details>
            </li>
          ))}
        </ul>
      </div>
    </Chart>
  )
}

const most = 200

const Ranking = ({ page, left }: { readonly page: Suspicion; readonly left: ReadonlySet<number> | null }) => {
  const rows = page.ranking.filter(({ score, serverId }) => score !== null && score > 0 && (left === null || left.has(serverId)))
  const now = selected.value
  return (
    <Chart title="Ranking" shows="Servers with a score above 0, highest first, with what it is made of." level="server" caveat="Says what to look at first, not who is bad." query="suspicion-of-a-server">
      {rows.length === 0 ? <p class="quiet">No server {left === null ? "" : "that passes the filter "}has a score above 0.</p> : (
        <ul class="links ranking">
          {rows.slice(0, most).map(({ explanation, host, score, serverId }) => (
            <li key={serverId}>
              <button type="button" class="link-row" aria-pressed={now?.kind === "server" && now.id === serverId} onClick={() => select({ kind: "server", id: serverId })}>
                <Score value={score} />
                <Host text={host} limit={32} />
                <span class="quiet">{shown(explanation, 260)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {rows.length > most ? <p class="quiet">{`and ${rows.length - most} more with lower scores, in the list of servers`}</p> : null}
    </Chart>
  )
}

const Content = ({ page }: { readonly page: Suspicion }) => {
  const servers = useShownServers().value
  const narrowed = narrowings.value > 0 && servers !== null ? servers.rows : null
  const bands = narrowed === null ? page.histogram : histogramOf(narrowed.map(({ score }) => score))
  const scored = bands.reduce((sum, one) => sum + one, 0)
  if (page.servers === 0) return <Empty run="observatory analyze">No server of this crawl was scored.</Empty>
  return (
    <>
      <p>{flaggedOf(page)}</p>
      <Chart title="Scores" shows={`${counted(scored, "server")} by score in bands of ten${narrowed === null ? "" : ", of those that pass the filter"}.`} level="server" caveat="Untested indicators count as nothing, so a low score is no certificate." query="suspicion-of-a-server">
        <Histogram bands={bands} threshold={page.threshold} />
      </Chart>
      <Indicators page={page} />
      <Ranking page={page} left={narrowed === null ? null : new Set(narrowed.map(({ serverId }) => serverId))} />
    </>
  )
}

/** Scores with their parts, base rates and innocent causes; the number always beside the colour. */
const SuspicionPage = () => (
  <div class="page">
    <header>
      <h1>Suspicion</h1>
      <p>Servers whose answers contradict what can be checked, or that differ from others in ways that could matter. Every indicator has innocent causes, which are named with it.</p>
    </header>
    <Loading of={useSuspicion()} lines={10}>{(page) => <Content page={page} />}</Loading>
  </div>
)

export default SuspicionPage
