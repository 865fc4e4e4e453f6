import { strokes } from "./focus-layer.ts"

const words = { mutual: "name each other", names: "it names", "named by": "it is named by" } as const

/** What the lines of a server in question mean. */
export const LineKey = () => (
  <ul class="line-key" aria-label="Lines of the server in question">
    {strokes.toReversed().map(({ dash, direction, strength, width }) => (
      <li key={direction}>
        <svg width="28" height="8" aria-hidden="true"><line x1="0" y1="4" x2="28" y2="4" stroke-width={width + 0.4} stroke-dasharray={dash.join(" ")} style={{ stroke: `color-mix(in srgb, var(--accent) ${strength * 100}%, var(--surface))` }} /></svg>
        <span>{words[direction]}</span>
      </li>
    ))}
  </ul>
)
