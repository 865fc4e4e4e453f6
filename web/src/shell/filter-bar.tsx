import type { ServerFilter } from "../../../src/atlas/shapes/server-filter.ts"
import { useShownServers } from "../client/shown-servers.ts"
import { filter, narrow, narrowings, page, widen } from "../state/store.ts"
import { count } from "../text/format.ts"
import { shortened } from "../text/display.ts"
import { answerLabels, facetLabels, toggled, type FacetName } from "./facets.ts"
import { Filters } from "./filters.tsx"
import { areFiltersOpen } from "./keyboard.ts"
import { pageAt } from "./pages.ts"

interface Chip {
  readonly label: string
  readonly remove: () => void
}

const rangeChip = (title: string, low: "scoreMin" | "degreeMin", high: "scoreMax" | "degreeMax", now: ServerFilter): ReadonlyArray<Chip> =>
  now[low] === undefined && now[high] === undefined
    ? []
    : [{ label: `${title} ${now[low] ?? "…"} to ${now[high] ?? "…"}`, remove: () => narrow({ [low]: undefined, [high]: undefined }) }]

const chipsOf = (now: ServerFilter): ReadonlyArray<Chip> => [
  ...(Object.keys(facetLabels) as ReadonlyArray<FacetName>).flatMap((name) =>
    (now[name] ?? []).map((value): Chip => ({
      label: facetLabels[name](String(value)),
      remove: () => narrow(toggled(filter.peek(), name, String(value)))
    }))),
  ...(now.reachable === undefined ? [] : [{ label: answerLabels[now.reachable], remove: () => narrow({ reachable: undefined }) }]),
  ...rangeChip("score", "scoreMin", "scoreMax", now),
  ...rangeChip("named by", "degreeMin", "degreeMax", now)
]

/** Search and filters, the same on every page; how many servers they leave. */
export const FilterBar = () => {
  const { failure, value } = useShownServers()
  const note = pageAt(page.value)?.unfiltered ?? null
  return (
    <section class="filter-bar" aria-label="Search and filters">
      <div class="filter-line">
        <input id="search" type="search" placeholder="Search host, address, software, organisation" aria-label="Search servers" autocomplete="off" spellcheck={false}
          value={filter.value.search ?? ""} onInput={({ currentTarget: { value } }) => narrow({ search: value === "" ? undefined : value }, "replace")} />
        <button type="button" aria-expanded={areFiltersOpen.value} aria-controls="filters" onClick={() => { areFiltersOpen.value = !areFiltersOpen.value }}>
          Filters <kbd aria-hidden="true">f</kbd>
        </button>
        {chipsOf(filter.value).map(({ label, remove }) => (
          <button type="button" class="chip" key={label} aria-label={`Without the filter ${shortened(label)}`} onClick={remove}>
            {shortened(label, 28)}<span aria-hidden="true"> ×</span>
          </button>
        ))}
        {narrowings.value > 0 ? <button type="button" class="plain" onClick={widen}>Show all</button> : null}
        <span class="spring" />
        <output class="figure" aria-live="polite">
          {value === null
            ? <span class="quiet">{failure === null ? "…" : ""}</span>
            : narrowings.value === 0
              ? <span class="quiet">{`${count(value.all.length)} servers`}</span>
              : <span>{`${count(value.rows.length)} of ${count(value.all.length)} servers`}</span>}
        </output>
      </div>
      {areFiltersOpen.value && value !== null ? <Filters rows={value.all} /> : null}
      {note !== null && narrowings.value > 0 ? <p class="filter-note quiet">{note}</p> : null}
    </section>
  )
}
