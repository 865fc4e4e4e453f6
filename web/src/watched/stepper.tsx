import { useState } from "preact/hooks"
import { StripPicture } from "./strip.tsx"
import { partAt, partText, type StripPart } from "./strip-model.ts"

/** Where the keys lead from one part of a strip. */
const stepped = (key: string, at: number, parts: number): number | null => {
  const to = ({ ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: parts - 1 } as Readonly<Record<string, number>>)[key]
  return to === undefined ? null : Math.max(0, Math.min(parts - 1, to))
}

/**
 * A strip that is walked part by part: by arrow keys, or by pointing at it. What a
 * part says is its value for screen readers, and told to whoever shows it.
 */
export const Stepper = ({ label, onSay, parts, tabIndex = 0 }: {
  readonly label: string
  readonly parts: ReadonlyArray<StripPart>
  readonly tabIndex?: number
  readonly onSay: (text: string | null) => void
}) => {
  const [at, setAt] = useState(-1)
  const go = (to: number): void => {
    setAt(to)
    onSay(parts[to] === undefined ? null : partText(parts[to]))
  }
  const now = parts[Math.max(0, at)]
  return (
    <div class="stepper" role="slider" tabIndex={tabIndex} aria-label={label} aria-valuemin={1} aria-valuemax={Math.max(1, parts.length)}
      aria-valuenow={Math.max(0, at) + 1} aria-valuetext={now === undefined ? "nothing is known" : partText(now)}
      onFocus={() => go(Math.max(0, at))} onBlur={() => { setAt(-1); onSay(null) }}
      onKeyDown={(event) => {
        const to = stepped(event.key, at, parts.length)
        if (to === null || event.ctrlKey || event.metaKey || event.altKey) return
        event.preventDefault()
        event.stopPropagation()
        go(to)
      }}
      onPointerMove={({ clientX, currentTarget }) => {
        const { left, width } = currentTarget.getBoundingClientRect()
        const to = partAt(parts, (clientX - left) / (width || 1))
        if (to !== at) go(to)
      }}
      onPointerLeave={({ currentTarget }) => { if (document.activeElement !== currentTarget) { setAt(-1); onSay(null) } }}>
      <StripPicture parts={parts} marked={at} />
    </div>
  )
}
