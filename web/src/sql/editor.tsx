import { useLayoutEffect, useRef } from "preact/hooks"
import type { Place } from "./place.ts"

/** A text field for SQL that shows where a mistake is. The text behind the field is the same, with the mistake marked. */
export const Editor = ({ mistake, onChange, onRun, text }: {
  readonly text: string
  readonly mistake: Place | null
  readonly onChange: (text: string) => void
  readonly onRun: () => void
}) => {
  const field = useRef<HTMLTextAreaElement>(null)
  const behind = useRef<HTMLPreElement>(null)
  const follow = (): void => {
    if (field.current === null || behind.current === null) return
    behind.current.scrollTop = field.current.scrollTop
    behind.current.scrollLeft = field.current.scrollLeft
  }
  useLayoutEffect(follow, [text, mistake])
  return (
    <div class="editor">
      <pre ref={behind} aria-hidden="true">
        {mistake === null ? text : <>{text.slice(0, mistake.from)}<mark>{text.slice(mistake.from, mistake.to)}</mark>{text.slice(mistake.to)}</>}{"\n"}
      </pre>
      <textarea ref={field} value={text} rows={8} spellcheck={false} autocomplete="off" aria-label="SQL" aria-invalid={mistake !== null} aria-describedby="sql-mistake" wrap="off"
        onInput={({ currentTarget }) => onChange(currentTarget.value)} onScroll={follow}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault()
            onRun()
          }
        }} />
    </div>
  )
}
