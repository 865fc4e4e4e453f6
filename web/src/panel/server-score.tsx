import type { ServerDetail } from "../../../src/atlas/shapes/server-detail.ts"
import type { IndicatorRow } from "../../../src/atlas/shapes/suspicion.ts"
import { Host } from "../parts/copy-text.tsx"
import { Score } from "../parts/score.tsx"
import { select } from "../state/store.ts"
import { decimal, share } from "../text/format.ts"
import { shown } from "../text/display.ts"
import { Raw } from "./raw.tsx"

const Indicator = ({ of }: { readonly of: IndicatorRow }) => (
  <li>
    <details>
      <summary class="indicator-line">
        <span>{shown(of.name)}</span>
        <span class="figure">{of.points === null ? <span class="quiet">not tested</span> : `${decimal(of.points)} of ${decimal(of.weight, 0)}`}</span>
      </summary>
      <p>{shown(of.definition)}</p>
      {of.untested === null ? null : <p>{`Not tested: ${shown(of.untested)}.`}</p>}
      {of.baseRate === null ? null : <p>{`Servers of honest people show it too: ${share(of.baseRate)} of them (base rate, measured or assumed).`}</p>}
      {of.innocent.length === 0 ? null : <p>{`Innocent causes: ${of.innocent.map((one) => shown(one)).join("; ")}.`}</p>}
      {of.detail === null ? null : <Raw value={of.detail} />}
    </details>
  </li>
)

const bySize = (a: IndicatorRow, b: IndicatorRow): number => (b.points ?? -1) - (a.points ?? -1)

/** The parts of a server's score, and how its behaviour differs from others. */
export const ServerScore = ({ detail: { behaviour, score } }: { readonly detail: ServerDetail }) => (
  <>
    <section>
      <h3>Suspicion <Score value={score?.score ?? null} /></h3>
      {score === null ? <p class="quiet">Not analysed. To fill it: <code>observatory analyze</code></p> : (
        <>
          <p>{shown(score.explanation, 2_000)}</p>
          <p class="quiet">{`Indicators with ${decimal(score.testedWeight, 0)} of 100 points could be tested. A score says what to look at, not who is bad.`}</p>
          <ul class="links">{score.indicators.toSorted(bySize).map((one) => <Indicator key={one.name} of={one} />)}</ul>
        </>
      )}
    </section>
    {behaviour === null ? null : (
      <section>
        <h3>Behaviour</h3>
        {behaviour.unusual.length === 0
          ? <p class="quiet">Nothing in its answers is unusual here.</p>
          : <p>{`Unusual: ${behaviour.unusual.map((one) => shown(one)).join("; ")}.`}</p>}
        {behaviour.neighbours.length === 0 ? null : (
          <details>
            <summary>Most alike in behaviour, whoever runs them</summary>
            <ul class="links">
              {behaviour.neighbours.map(({ host, serverId, similarity }) => (
                <li key={serverId}><button type="button" class="link-row" onClick={() => select({ kind: "server", id: serverId })}>
                  <Host text={host} /><span class="figure">{decimal(similarity, 2)}</span>
                </button></li>
              ))}
            </ul>
          </details>
        )}
      </section>
    )}
  </>
)
