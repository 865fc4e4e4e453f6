import { scoreBand } from "../parts/score.tsx"
import { narrow } from "../state/store.ts"
import { count } from "../text/format.ts"

/** Servers by score: a bar a band, its number beside it; choosing one narrows to it. */
export const Histogram = ({ bands, threshold }: { readonly bands: ReadonlyArray<number>; readonly threshold: number }) => {
  const longest = Math.max(1, ...bands)
  return (
    <ul class="bars histogram" aria-label="Servers by score; a band narrows the filter to it">
      {bands.map((servers, i) => (
        <li key={i}>
          <button type="button" class="bar-row" onClick={() => narrow({ scoreMin: i * 10, scoreMax: i === 9 ? 100 : i * 10 + 9.999 })}>
            <span class="bar-label figure">{`${i * 10} to ${i * 10 + 10}`}</span>
            <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
              <rect width={servers === 0 ? 0 : Math.max(0.6, 100 * servers / longest)} height="8"
                style={{ fill: `var(--suspicion-${scoreBand(i * 10)})`, stroke: "var(--suspicion-3)", strokeWidth: "1px", vectorEffect: "non-scaling-stroke" }} />
            </svg>
            <span class="figure">{count(servers)}</span>
            <span class="quiet">{i * 10 + 10 > threshold ? "worth a look" : ""}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
