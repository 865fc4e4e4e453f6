import type { EvidenceRow, PairDetail } from "../../../src/atlas/shapes/evidence.ts"
import { bits, probability } from "../text/format.ts"
import { shown } from "../text/display.ts"
import { Raw } from "./raw.tsx"
import { barOf, isOperator, probabilityOf, waterfallOf, type Step, type Waterfall as Bars } from "./waterfall.ts"

const colourOf = ({ bits, kind }: Step): string =>
  kind === "prior" || kind === "sum" ? "var(--line-strong)" : bits < 0 ? "var(--against)" : "var(--accent)"

const Bar = ({ bars, step }: { readonly bars: Bars; readonly step: Step }) => {
  const { width, x } = barOf(step, bars)
  const zero = 100 * (0 - bars.low) / (bars.high - bars.low || 1)
  return (
    <svg class="waterfall-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <line x1={zero} x2={zero} y1="0" y2="10" vector-effect="non-scaling-stroke" style={{ stroke: "var(--line-strong)" }} />
      <rect x={x} y="1.5" width={Math.max(0.5, width)} height="7" style={{ fill: colourOf(step) }} />
    </svg>
  )
}

const Detail = ({ row }: { readonly row: EvidenceRow }) => (
  <div class="evidence-detail">
    <p>{`${shown(row.definition)} Found: ${shown(row.level)}${row.value === null ? "." : `, ${shown(row.value, 200)}.`}`}</p>
    {row.reduction === null ? null : <p>{`Less than it would be: ${shown(row.reduction)}.`}</p>}
    {row.forgeability === null ? null : <p>{`How hard it is to fake: ${shown(row.forgeability)}.`}</p>}
    {row.innocent.length === 0 ? null : <p>{`Innocent causes: ${row.innocent.map((one) => shown(one)).join("; ")}.`}</p>}
    <Raw value={row.detail} />
  </div>
)

const Line = ({ bars, step }: { readonly bars: Bars; readonly step: Step }) => {
  const label = (
    <>
      <span class="waterfall-label">{shown(step.label, 90)}{step.evidence === null ? null : <span class="quiet">{` ${shown(step.evidence.level, 80)}`}</span>}</span>
      <Bar bars={bars} step={step} />
      <span class="figure">{bits(step.bits)}</span>
    </>
  )
  return step.evidence === null
    ? <li><div class="waterfall-line" data-kind={step.kind}>{label}</div></li>
    : <li><details><summary class="waterfall-line">{label}</summary><Detail row={step.evidence} /></details></li>
}

const Apart = ({ rows }: { readonly rows: ReadonlyArray<EvidenceRow> }) => rows.length === 0 ? null : (
  <details>
    <summary>{`${rows.length} more that the sum does not count`}</summary>
    <ul class="waterfall">
      {rows.map((row) => (
        <li key={`${row.comparison} ${row.level}`}>
          <details>
            <summary class="waterfall-line apart">
              <span class="waterfall-label">{shown(row.comparison)}<span class="quiet">{` ${shown(row.level, 80)}`}</span></span>
              <span class="quiet">{row.question === undefined || isOperator(row) ? "another stands for it" : shown(row.question)}</span>
              <span class="figure quiet">{bits(row.bits)}</span>
            </summary>
            <Detail row={row} />
          </details>
        </li>
      ))}
    </ul>
  </details>
)

/** What the sum is as a probability; more than is said of any pair is said so. */
const sumText = (end: number, p: number | null): string =>
  p === null || Math.abs(probabilityOf(end) - p) < 0.004
    ? `${bits(end)} bits are p ${probability(p ?? probabilityOf(end))}.`
    : `Of ${bits(end)} bits p ${probability(p)} is said, as no evidence is taken for certain.`

/** From prior to posterior in bits: right speaks for one operator, left against; each bar opens its raw rows. */
export const Waterfall = ({ pair }: { readonly pair: PairDetail }) => {
  const bars = waterfallOf(pair)
  if (bars === null) return <><p>No sum was kept for these two.</p><Apart rows={pair.evidence} /></>
  const end = bars.steps.at(-1)!.to
  return (
    <>
      <ul class="waterfall" aria-label="Evidence in bits, from prior to posterior">
        {bars.steps.map((step, i) => <Line key={i} bars={bars} step={step} />)}
      </ul>
      <p class="says-who">
        {`Bits of evidence; right speaks for one operator, left against. The thin line is 0 bits, as likely as not. ${sumText(end, pair.sameOperator)} Level: server pair.`}
      </p>
      <p>
        {`${pair.strongestFor === null ? "Nothing speaks for one operator." : `Strongest for: ${shown(pair.strongestFor)}.`} `}
        {pair.strongestAgainst === null ? "Nothing that was compared speaks against it." : `Strongest against: ${shown(pair.strongestAgainst)}.`}
      </p>
      <Apart rows={bars.apart} />
    </>
  )
}
