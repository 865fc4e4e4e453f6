import { signal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import type { Colouring, LegendEntry } from "./colouring.ts"
import { isOnlyOf, toggledEntry } from "./legend-filter.ts"
import { slotCss } from "./slot-css.ts"
import { filter, narrow } from "../state/store.ts"
import { count } from "../text/format.ts"
import { shortened, shown } from "../text/display.ts"

/** On a small screen the picture has the room, and what its colours mean opens above it. */
const smallScreen = matchMedia("(max-width: 820px)")
const isNarrow = signal(smallScreen.matches)
smallScreen.addEventListener("change", () => { isNarrow.value = smallScreen.matches })

/** Entries with the servers that have each; one is chosen by pressing it, and left by pressing it again. */
const Entries = ({ colouring, entries, markOf }: {
  readonly colouring: Colouring
  readonly entries: ReadonlyArray<LegendEntry>
  readonly markOf: (entry: LegendEntry) => ComponentChildren
}) => {
  const { attribute } = colouring
  const isOnly = (entry: LegendEntry): boolean => isOnlyOf(filter.value, attribute, entry)
  return (
    <ul>
      {entries.filter((entry) => entry.servers > 0 || isOnly(entry)).map((entry) => {
        const text = <>
          {markOf(entry)}
          <span class="legend-label" title={shown(entry.label)}>{shortened(entry.label, 28)}</span>
          <span class="figure quiet">{count(entry.servers)}</span>
        </>
        return (
          <li key={entry.key}>
            {entry.filter === null
              ? <div class="legend-row" title="Too many for a filter in an address.">{text}</div>
              : <button type="button" class="legend-row" aria-pressed={isOnly(entry)} onClick={() => narrow(toggledEntry(filter.peek(), attribute, entry))}>{text}</button>}
          </li>
        )
      })}
    </ul>
  )
}

/** What sizes mean: the steps of a measure, with how large a server of each is drawn. */
export interface SizeKey {
  readonly sizing: Colouring
  readonly entries: ReadonlyArray<LegendEntry>
  readonly radiusOf: (value: number | null) => number
}

const SizeMark = ({ radius }: { readonly radius: number }) => (
  <svg class="size-mark" width="20" height="20" viewBox="-10 -10 20 20" aria-hidden="true"><circle r={radius.toFixed(1)} /></svg>
)

/** What colours and sizes mean. */
export const Legend = ({ colouring, entries, size = null }: {
  readonly colouring: Colouring
  readonly entries: ReadonlyArray<LegendEntry>
  /** Null: all are of one size. */
  readonly size?: SizeKey | null
}) => (
  <details class="legend" open={!isNarrow.value}>
    <summary><h2>{colouring.attribute.title}</h2></summary>
    <div role="group" aria-label={`Colours: ${colouring.attribute.title}`}>
      <Entries colouring={colouring} entries={entries} markOf={({ slot }) => <i class="swatch" style={{ background: slotCss(slot) }} />} />
    </div>
    {size === null ? null : (
      <div class="size-key" role="group" aria-label={`Sizes: ${size.sizing.attribute.title}`}>
        <h3>{`Size: ${size.sizing.attribute.title}`}</h3>
        <Entries colouring={size.sizing} entries={size.entries} markOf={({ middle }) => <SizeMark radius={size.radiusOf(middle)} />} />
      </div>
    )}
    <p class="quiet legend-note">Ring: it did not answer us, or was not asked.</p>
  </details>
)
