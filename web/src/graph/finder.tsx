import { useId, useState } from "preact/hooks"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { matcher } from "../../../src/atlas/shapes/server-filter.ts"
import { shortened, shown } from "../text/display.ts"

const most = 8

/** Finds a server among those drawn, and goes to it. */
export const Finder = ({ onFound, rows }: { readonly rows: ReadonlyArray<ServerRow>; readonly onFound: (row: ServerRow) => void }) => {
  const [text, setText] = useState("")
  const [marked, setMarked] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const found = text === "" ? [] : rows.filter(matcher({ search: text })).slice(0, most)
  const take = (row: ServerRow | undefined): void => {
    if (row === undefined) return
    setText("")
    setOpen(false)
    onFound(row)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") take(found[marked])
    else if (event.key === "ArrowDown") setMarked(Math.min(marked + 1, found.length - 1))
    else if (event.key === "ArrowUp") setMarked(Math.max(marked - 1, 0))
    else if (event.key === "Escape" && isOpen && text !== "") {
      setText("")
      setOpen(false)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const isShown = isOpen && text !== ""
  return (
    <div class="finder">
      <input type="text" role="combobox" aria-label="Go to a server" placeholder="Go to a server" autocomplete="off" spellcheck={false} aria-autocomplete="list"
        aria-expanded={isShown} aria-controls={id} aria-activedescendant={isShown && found.length > 0 ? `${id}-${marked}` : undefined} value={text}
        onInput={({ currentTarget }) => { setText(currentTarget.value); setMarked(0); setOpen(true) }}
        onFocus={() => setOpen(true)} onBlur={() => setOpen(false)} onKeyDown={onKeyDown} />
      <ul id={id} role="listbox" aria-label="Servers found" hidden={!isShown}>
        {found.map((row, i) => (
          <li key={row.serverId} id={`${id}-${i}`} role="option" aria-selected={i === marked} title={shown(row.host)}
            onPointerDown={(event) => { event.preventDefault(); take(row) }}>{shortened(row.host, 44)}</li>
        ))}
        {found.length === 0 ? <li class="quiet" role="option" aria-selected={false} aria-disabled="true">none of those drawn</li> : null}
      </ul>
    </div>
  )
}
