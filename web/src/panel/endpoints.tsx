import { signal } from "@preact/signals"
import type { EndpointDetail, Field } from "../../../src/atlas/shapes/server-detail.ts"
import { answered } from "../text/format.ts"
import { shortened, shown, valueText } from "../text/display.ts"
import { Raw } from "./raw.tsx"

type Endpoint = typeof EndpointDetail.Type

/** Whether fields that are not known are listed with their reasons; kept from server to server. */
const isUnknownShown = signal(true)

const Value = ({ of }: { readonly of: Field }) => {
  if (of.value === null) return <span class="quiet">{`unknown${of.unknown === null ? "" : `: ${shown(of.unknown)}`}`}</span>
  if (typeof of.value === "object") {
    const text = valueText(of.value)
    return text.length <= 80 ? <span class="mono">{text}</span> : <details><summary class="mono">{shortened(text, 60)}</summary><Raw value={of.value} /></details>
  }
  const text = valueText(of.value)
  return typeof of.value === "string" && text.length > 160
    ? <details><summary class="mono">{shown(text, 80)}</summary><pre tabIndex={0}>{text}</pre></details>
    : <span class={typeof of.value === "string" ? "mono" : "figure"}>{text}</span>
}

const Fields = ({ fields }: { readonly fields: ReadonlyArray<Field> }) => (
  <dl class="facts fields">
    {fields.filter(({ value }) => value !== null || isUnknownShown.value).map((field) => (
      <div key={field.name}><dt title={shown(field.comment)}>{shown(field.name).split("_").map((part, i) => <>{i === 0 ? null : <>_<wbr /></>}{part}</>)}</dt><dd><Value of={field} /></dd></div>
    ))}
  </dl>
)

/** What can be dialled, each with all its fields. */
export const Endpoints = ({ endpoints }: { readonly endpoints: ReadonlyArray<Endpoint> }) => (
  <section>
    <h3>Endpoints and their fields</h3>
    <label class="check"><input type="checkbox" checked={isUnknownShown.value} onChange={() => { isUnknownShown.value = !isUnknownShown.value }} /> with what is not known, and why</label>
    {endpoints.length === 0 ? <p class="quiet">None is kept for this crawl.</p> : null}
    {endpoints.map((endpoint, i) => (
      <details key={endpoint.endpointId} open={i === 0 && endpoints.length < 3}>
        <summary><span class="mono">{`${shortened(endpoint.host, 34)}:${endpoint.port}`}</span> {endpoint.transport} <span class="quiet">{`${answered(endpoint.reachable)}${endpoint.reason === null ? "" : `: ${shown(endpoint.reason)}`}`}</span></summary>
        <p class="quiet">{`Of this server because: ${shown(endpoint.evidence)}.`}</p>
        <Fields fields={endpoint.fields} />
      </details>
    ))}
  </section>
)
