import type { Bound, RangeField, ServerFilter } from "../../../src/atlas/shapes/server-filter.ts"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { filter, narrow } from "../state/store.ts"
import { count } from "../text/format.ts"
import { shortened } from "../text/display.ts"
import { answerLabels, boundsOf, facetValues, toggled, type FacetName } from "./facets.ts"

const most = 60

const Facet = ({ name, rows, title }: { readonly name: FacetName; readonly title: string; readonly rows: ReadonlyArray<ServerRow> }) => {
  const values = facetValues(rows, filter.value, name)
  return (
    <fieldset class="facet">
      <legend>{title}</legend>
      <div class="facet-values">
        {values.slice(0, most).map(({ chosen, label, servers, value }) => (
          <label key={value}>
            <input type="checkbox" checked={chosen} onChange={() => narrow(toggled(filter.value, name, value))} />
            <span title={shortened(label, 200)}>{shortened(label, 30)}</span>
            <span class="figure quiet">{count(servers)}</span>
          </label>
        ))}
        {values.length === 0 ? <p class="quiet">none known</p> : null}
        {values.length > most ? <p class="quiet">{`and ${values.length - most} more: search for them`}</p> : null}
      </div>
    </fieldset>
  )
}

const Range = ({ max, name, title }: { readonly title: string; readonly name: RangeField; readonly max: number | undefined }) => {
  const [low, high] = boundsOf(name)
  const field = (name: Bound, label: string) => (
    <label>
      <span class="quiet">{label}</span>
      <input type="number" min={0} max={max} value={filter.value[name] ?? ""}
        onChange={({ currentTarget: { value } }) => narrow({ [name]: value === "" ? undefined : Number(value) })} />
    </label>
  )
  return (
    <fieldset class="facet">
      <legend>{title}</legend>
      <div class="range">{field(low, "from")}{field(high, "to")}</div>
    </fieldset>
  )
}

const answers: ReadonlyArray<readonly [ServerFilter["reachable"], string]> = [
  [undefined, "all"],
  ["yes", answerLabels.yes],
  ["no", answerLabels.no],
  ["unknown", answerLabels.unknown]
]

const Reachable = () => (
  <fieldset class="facet">
    <legend>Answer</legend>
    <div class="facet-values">
      {answers.map(([value, label]) => (
        <label key={label}>
          <input type="radio" name="reachable" checked={filter.value.reachable === value} onChange={() => narrow({ reachable: value })} />
          <span>{label}</span>
        </label>
      ))}
    </div>
  </fieldset>
)

/** All that can be chosen, with the servers each choice would leave. */
export const Filters = ({ rows }: { readonly rows: ReadonlyArray<ServerRow> }) => (
  <div class="facets" id="filters" role="group" aria-label="Filters">
    <Reachable />
    <Facet name="implementation" title="Software (by behaviour)" rows={rows} />
    <Facet name="country" title="Country" rows={rows} />
    <Facet name="asn" title="Autonomous system" rows={rows} />
    <Facet name="networkClass" title="Kind of address" rows={rows} />
    <Facet name="cluster" title="Probably one operator" rows={rows} />
    <Facet name="community" title="Community of the graph" rows={rows} />
    <div class="facet-pair">
      <Range title="Suspicion score" name="score" max={100} />
      <Range title="Servers that name it" name="degree" max={undefined} />
    </div>
  </div>
)
