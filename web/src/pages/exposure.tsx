import type { ExposurePage as Exposure } from "../../../src/atlas/shapes/exposure.ts"
import { useExposure } from "../client/atlas.ts"
import { Chart } from "../parts/chart.tsx"
import { Choice } from "../parts/choice.tsx"
import { Interval, scaleEnd } from "../parts/interval.tsx"
import { Empty, Loading } from "../parts/states.tsx"
import { WideTable } from "../parts/wide-table.tsx"
import { own, select, setOwn } from "../state/store.ts"
import { count, counted, decimal, interval, limitedShare, probability, share, unknown } from "../text/format.ts"
import { shortened, shown } from "../text/display.ts"
import { adviceOf, ownersOf, startsOf, walletsOf, type OwnerRow } from "./exposure-model.ts"

type Limits = OwnerRow["main"]

const most = 15

const open = ({ clusterId, serverId }: OwnerRow): (() => void) | undefined =>
  clusterId !== null ? () => select({ kind: "cluster", id: clusterId }) : serverId !== null ? () => select({ kind: "server", id: serverId }) : undefined

const Owners = ({ page }: { readonly page: Exposure }) => {
  const wallets = walletsOf(page)
  const wallet = wallets.find(({ key }) => key === own("wallet")) ?? wallets[0]!
  const choices = startsOf(page, wallet.key)
  const starts = choices.includes(Number(own("starts"))) ? Number(own("starts")) : choices[Math.floor(choices.length / 2)]!
  const rows = ownersOf(page, wallet.key, starts).slice(0, most)
  const end = scaleEnd(rows.flatMap(({ connected, main }) => [main, connected]))
  return (
    <Chart title="Who sees a wallet" level="operator" query="exposure"
      shows={`Model: ${wallet.label}, after ${counted(starts, "start")}. The mark is the mean, the band its 95 % limits, both on a scale from 0 to ${share(end)}.`}
      caveat="All addresses: was its main server at least once. Connection: was among its servers, and saw address of origin and time. Whoever runs servers sees this; it accuses nobody.">
      <div class="choices">
        <Choice label="Wallet" value={wallet.key} options={wallets.map(({ key, label }) => [key, label])} onChoose={(value) => setOwn({ wallet: value }, "replace")} />
        <Choice label="Starts" value={String(starts)} options={choices.map((one) => [String(one), String(one)])} onChoose={(value) => setOwn({ starts: value }, "replace")} />
      </div>
      <div class="intervals-block">
        <div class="interval-row interval-head" aria-hidden="true"><span>Probable operator or server</span><span>sees all addresses</span><span>sees the connection</span></div>
        <ul class="intervals" aria-label="Owners">
          {rows.map((row) => {
            const line = (
              <>
                <span class="bar-label" title={`${shown(row.owner)}, ${counted(row.servers, "server")}`}>
                  <span>{shortened(row.owner, 34)}</span>{row.posterior === null ? null : <span class="quiet">{`p ${probability(row.posterior)}`}</span>}
                </span>
                <Interval of={row.main} max={end} /><span class="figure"><span class="unseen">sees all addresses </span>{limitedShare(row.main)}</span>
                <Interval of={row.connected} max={end} /><span class="figure"><span class="unseen">sees the connection </span>{limitedShare(row.connected)}</span>
              </>
            )
            const to = open(row)
            return <li key={row.owner}>{to === undefined ? <div class="interval-row">{line}</div> : <button type="button" class="interval-row" onClick={to}>{line}</button>}</li>
          })}
        </ul>
      </div>
    </Chart>
  )
}

const Policies = ({ page }: { readonly page: Exposure }) => page.policies.length === 0 ? null : (
  <Chart title="Other rules of choosing servers" level="operator" query="selection-policies"
    shows={`What the best informed operator or server gets after ${counted(page.policies[0]!.starts, "start")}, by rule. Model output; bands are 95 % limits.`} caveat="A rule that asks more operators shows each less, and more of them something.">
    <WideTable>
      <table class="plain-table policies">
        <thead><tr><th scope="col">Rule</th><th scope="col" colSpan={2}>Gets all scripts</th><th scope="col" colSpan={2}>Share of scripts</th><th scope="col" class="number">Connection</th><th scope="col">Shows IP</th></tr></thead>
        <tbody>
          {page.policies.map((one) => (
            <tr key={`${one.policy} ${one.route} ${one.starts}`}>
              <td>{shown(one.title, 160)}{one.route === "tor" ? <span class="quiet"> through Tor</span> : null}</td>
              <td class="drawn"><Interval of={one.allScripts} max={1} /></td><td class="number">{limitedShare(one.allScripts)}</td>
              <td class="drawn"><Interval of={one.shareOfScripts} max={1} /></td><td class="number">{limitedShare(one.shareOfScripts)}</td>
              <td class="number">{limitedShare(one.connected)}</td>
              <td>{one.showsIp ? "yes" : "no"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  </Chart>
)

const limits = ({ high, low, value }: Limits, digits: number): string => value === null ? unknown : low === null ? decimal(value, digits) : interval(low, high, digits)

const Concentration = ({ page }: { readonly page: Exposure }) => page.concentration.length === 0 ? null : (
  <Chart title="Concentration" level="as in the first column" query="concentration"
    shows="How much lies with few: share of the largest, sum of squared shares (HHI, 1 is one group), fewest groups that hold more than half (Nakamoto)." caveat="Of confirmed servers. Unknown ones are counted apart and belong to no group.">
    <WideTable>
      <table class="plain-table">
        <thead><tr><th scope="col">Level</th><th scope="col">By</th><th scope="col" class="number">Counted</th><th scope="col" class="number">Unknown</th><th scope="col" class="number">Groups</th><th scope="col">Largest</th><th scope="col" class="number">Its share</th><th scope="col" class="number">HHI</th><th scope="col" class="number">Nakamoto</th></tr></thead>
        <tbody>
          {page.concentration.map((one) => (
            <tr key={`${one.level} ${one.dimension}`}>
              <td>{one.level}</td><td>{one.dimension}</td>
              <td class="number">{count(one.counted)}</td><td class="number">{count(one.unknown)}</td><td class="number">{count(one.groups)}</td>
              <td>{one.largest === null ? <span class="quiet">{unknown}</span> : shortened(one.largest, 40)}</td>
              <td class="number">{share(one.largestShare)}</td><td class="number">{limits(one.hhi, 3)}</td><td class="number">{limits(one.nakamoto, 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  </Chart>
)

const Content = ({ page }: { readonly page: Exposure }) => {
  const advice = adviceOf(page)
  if (page.rows.length === 0) return <Empty run="observatory analyze">The model was not run over this crawl, or it finds no server that a wallet would choose.</Empty>
  return (
    <>
      <p class="basis">{shown(page.basis, 2_000)}</p>
      <Owners page={page} />
      <Policies page={page} />
      <Concentration page={page} />
      {advice.length === 0 ? null : <section class="chart"><h2>What to do about it</h2><ul class="advice">{advice.map((one) => <li key={one}>{shown(one, 800)}</li>)}</ul></section>}
    </>
  )
}

/** What a wallet would show to whom: model output, and labelled so. */
const ExposurePage = () => (
  <div class="page">
    <header>
      <h1>Exposure</h1>
      <p>What a wallet would show to whom, by a model of how it chooses servers over this crawl. Model output, not a measurement of anybody's wallet.</p>
    </header>
    <Loading of={useExposure()} lines={10}>{(page) => <Content page={page} />}</Loading>
  </div>
)

export default ExposurePage
