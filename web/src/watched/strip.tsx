import type { StripLetter } from "../../../src/atlas/shapes/watched-words.ts"
import { partText, stateWords, type StripPart } from "./strip-model.ts"
import "./watched.css"

/**
 * The strip itself, without words for who cannot see it: those stand with whoever
 * draws it. Marks differ in height and pattern, not in colour only: a thin band is
 * "answered", a whole block "silent", both one above the other, stripes a whole
 * network, dots our own line, few dots below nothing known.
 */
export const StripPicture = ({ marked = -1, parts }: { readonly parts: ReadonlyArray<StripPart>; readonly marked?: number }) => {
  const [begin, end] = [parts[0]?.from ?? 0, parts.at(-1)?.to ?? 1]
  const percent = (ms: number): string => `${(100 * ms / (end - begin || 1)).toFixed(3)}%`
  return (
    <span class="strip" aria-hidden="true">
      {parts.map((part, i) => (
        <i key={i} data-state={part.state} data-marked={i === marked} title={partText(part)} style={{ left: percent(part.from - begin), width: percent(part.to - part.from) }} />
      ))}
    </span>
  )
}

const keyed: ReadonlyArray<readonly [StripLetter, string]> = [
  ["u", stateWords.u], ["m", "both"], ["d", stateWords.d], ["n", "did not, as most of its network or country"], ["o", "our own line was down"], ["-", "not known"]
]

/** What the marks mean. */
export const StripKey = () => (
  <ul class="strip-key" aria-label="What the marks mean">
    {keyed.map(([state, words]) => <li key={state}><span class="strip" aria-hidden="true"><i data-state={state} /></span> {words}</li>)}
  </ul>
)
