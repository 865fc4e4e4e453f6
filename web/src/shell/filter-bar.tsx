import { answers, type Answer, ranges, type RangeField, type ServerFilter, type Unknowable } from "../../../src/atlas/shapes/server-filter.ts"
import { useShownServers } from "../client/shown-servers.ts"
import { filter, narrow, narrowings, page, widen } from "../state/store.ts"
import { count } from "../text/format.ts"
import { shortened } from "../text/display.ts"
import { answerLabels, boundsOf, facetLabels, fieldLabels, toggled, type FacetName } from "./facets.ts"
import { Filters } from "./filters.tsx"
import { areFiltersOpen } from "./keyboard.ts"
import { pageAt } from "./pages.ts"

interface Chip {
  readonly label: string
  readonly remove: () => void
}

/** More values of one field than these are one chip. */
const mostChips = 4

const listChips = (name: FacetName, now: ServerFilter): ReadonlyArray<Chip> => {
  const chosen = now[name] ?? []
  if (chosen.length > mostChips) return [{ label: `${fieldLabels[name]}: ${chosen.length} values`, remove: () => narrow({ [name]: undefined }) }]
  return chosen.map((value) => ({ label: facetLabels[name](String(value)), remove: () => narrow(toggled(filter.peek(), name, String(value))) }))
}

const bound = (value: number | undefined): string => value === undefined ? "…" : String(Number(value.toFixed(2)))

const rangeChips = (name: RangeField, now: ServerFilter): ReadonlyArray<Chip> => {
  const [low, high] = boundsOf(name)
  return now[low] === undefined && now[high] === undefined
    ? []
    : [{ label: `${fieldLabels[name]} ${bound(now[low])} to ${bound(now[high])}`, remove: () => narrow({ [low]: undefined, [high]: undefined }) }]
}

const answerWords: Readonly<Record<typeof answers[number], Readonly<Record<Answer, string>>>> = {
  reachable: answerLabels,
  walletAccepts: { yes: "wallet accepts its TLS", no: "wallet refuses its TLS", unknown: "wallet's rule: unknown" }
}

const unknownChip = (name: Unknowable, now: ServerFilter): Chip => ({
  label: `${fieldLabels[name]} unknown`,
  remove: () => {
    const left = (now.unknown ?? []).filter((other) => other !== name)
    narrow({ unknown: left.length === 0 ? undefined : left })
  }
})

const chipsOf = (now: ServerFilter): ReadonlyArray<Chip> => [
  ...(Object.keys(facetLabels) as ReadonlyArray<FacetName>).flatMap((name) => listChips(name, now)),
  ...answers.flatMap((name) => {
    const answer = now[name]
    return answer === undefined ? [] : [{ label: answerWords[name][answer], remove: () => narrow({ [name]: undefined }) }]
  }),
  ...ranges.flatMap((name) => rangeChips(name, now)),
  ...(now.unknown ?? []).map((name) => unknownChip(name, now))
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
