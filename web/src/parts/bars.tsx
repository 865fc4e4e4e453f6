import { count, share } from "../text/format.ts"
import { shortened, shown } from "../text/display.ts"

export interface Bar {
  readonly label: string
  readonly value: number
  readonly of: number
  /** CSS colour; the accent if absent. */
  readonly colour?: string
  readonly note?: string | undefined
  readonly isUnknown?: boolean
  readonly pressed?: boolean
  readonly open?: (() => void) | undefined
}

/** Sorted bars, each with its label and figures as text: the picture is its own table. */
export const Bars = ({ bars, isStacked = false, label }: {
  readonly bars: ReadonlyArray<Bar>
  readonly label: string
  /** Bars below their labels, where these are long. */
  readonly isStacked?: boolean
}) => {
  const longest = Math.max(1, ...bars.map(({ value }) => value))
  return (
    <ul class={isStacked ? "bars stacked" : "bars"} aria-label={label}>
      {bars.map((bar) => {
        const text = (
          <>
            <span class="bar-label" title={shown(bar.label)}>
              <span>{shortened(bar.label, isStacked ? 32 : 26)}</span>{bar.note === undefined ? null : <span class="quiet">{bar.note}</span>}
            </span>
            <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
              <rect x="0" y="0" width={Math.max(0.6, 100 * bar.value / longest)} height="8"
                style={{ fill: bar.isUnknown === true ? "var(--line-strong)" : bar.colour ?? "var(--accent)" }} />
            </svg>
            <span class="figure">{count(bar.value)}</span>
            <span class="figure quiet">{bar.of === 0 ? "" : share(bar.value / bar.of)}</span>
          </>
        )
        return (
          <li key={bar.label}>
            {bar.open === undefined
              ? <div class="bar-row">{text}</div>
              : <button type="button" class="bar-row" aria-pressed={bar.pressed} onClick={bar.open}>{text}</button>}
          </li>
        )
      })}
    </ul>
  )
}
