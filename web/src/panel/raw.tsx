import { jsonLines, valueText } from "../text/display.ts"

/** Raw rows as they are stored: a list of names and values where they are flat, else as JSON. */
export const Raw = ({ value }: { readonly value: unknown }) => {
  const isFlat = typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((one) => one === null || typeof one !== "object" || (Array.isArray(one) && one.every((it) => typeof it !== "object")))
  if (!isFlat) return <pre tabIndex={0}>{jsonLines(value)}</pre>
  const entries = Object.entries(value as Readonly<Record<string, unknown>>)
  return entries.length === 0
    ? <p class="quiet">no raw row is stored</p>
    : <dl class="raw">{entries.map(([name, one]) => <div key={name}><dt>{valueText(name)}</dt><dd class="mono">{valueText(one)}</dd></div>)}</dl>
}
