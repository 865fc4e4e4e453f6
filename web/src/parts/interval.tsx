interface Limits {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
}

/** A value with its limits on a scale from 0 to `max`: the line is the interval, the dot the value. Figures stand beside it. */
export const Interval = ({ max, of: { high, low, value } }: { readonly of: Limits; readonly max: number }) => {
  const at = (one: number): number => 100 * Math.min(1, Math.max(0, one / (max || 1)))
  return (
    <svg class="interval" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
      <line x1="0" x2="100" y1="10" y2="10" vector-effect="non-scaling-stroke" style={{ stroke: "var(--line)" }} />
      {low === null || high === null ? null : <rect x={at(low)} width={Math.max(0.4, at(high) - at(low))} y="7" height="6" style={{ fill: "var(--accent)", opacity: 0.4 }} />}
      {value === null ? null : <line x1={at(value)} x2={at(value)} y1="3" y2="17" stroke-width="3" vector-effect="non-scaling-stroke" style={{ stroke: "var(--accent)" }} />}
    </svg>
  )
}

/** The upper end of a scale that holds all these limits, a round one. */
export const scaleEnd = (all: ReadonlyArray<Limits>): number => {
  const most = Math.max(0.001, ...all.map(({ high, value }) => high ?? value ?? 0))
  const step = 10 ** Math.floor(Math.log10(most))
  return Math.ceil(most / step - 1e-9) * step
}
