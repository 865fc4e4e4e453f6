import { signal } from "@preact/signals"
import type { Colouring, LegendEntry } from "./colouring.ts"
import { slotCss } from "./slot-css.ts"
import { count } from "../text/format.ts"
import { shortened, shown } from "../text/display.ts"

/** On a small screen the picture has the room, and what its colours mean opens above it. */
const narrow = matchMedia("(max-width: 820px)")
const isNarrow = signal(narrow.matches)
narrow.addEventListener("change", () => { isNarrow.value = narrow.matches })

/** What the colours mean, with the servers that have each; one is chosen by pressing it, and left by pressing it again. */
export const Legend = ({ colouring, entries, isOnly, onOnly }: {
  readonly colouring: Colouring
  readonly entries: ReadonlyArray<LegendEntry>
  /** Whether the filter says "only this" of an entry. */
  readonly isOnly: (entry: LegendEntry) => boolean
  readonly onOnly: (entry: LegendEntry) => void
}) => (
  <details class="legend" role="group" aria-label={`Colours: ${colouring.attribute.title}`} open={!isNarrow.value}>
    <summary><h2>{colouring.attribute.title}</h2></summary>
    <ul>
      {entries.filter((entry) => entry.servers > 0 || isOnly(entry)).map((entry) => {
        const text = <>
          <i class="swatch" style={{ background: slotCss(entry.slot) }} />
          <span class="legend-label" title={shown(entry.label)}>{shortened(entry.label, 28)}</span>
          <span class="figure quiet">{count(entry.servers)}</span>
        </>
        return (
          <li key={entry.key}>
            {entry.filter === null
              ? <div class="legend-row">{text}</div>
              : <button type="button" class="legend-row" aria-pressed={isOnly(entry)} onClick={() => onOnly(entry)}>{text}</button>}
          </li>
        )
      })}
    </ul>
    <p class="quiet legend-note">Ring: it did not answer us, or was not asked.</p>
  </details>
)
