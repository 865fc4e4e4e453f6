import { useEffect, useRef } from "preact/hooks"
import { isHelpOpen } from "./keyboard.ts"
import { pages } from "./pages.ts"

const keys: ReadonlyArray<readonly [string, string]> = [
  ["/", "search servers"],
  ["f", "open or close the filters"],
  ["↑ ↓", "move in a list; Home, End, Page up and Page down too"],
  ["Enter", "open the marked thing in the panel"],
  ["x", "mark a server for comparison, in lists"],
  ["p", "go to the panel"],
  ["Esc", "back: close what is open, then the panel"],
  ["?", "this help"]
]

/** The keys. A real dialog, so the focus stays in it and comes back. */
export const Help = () => {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isHelpOpen.value) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isHelpOpen.value])
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={() => { isHelpOpen.value = false }}
      onClick={(event) => { if (event.target === dialog.current) isHelpOpen.value = false }}>
      <div class="help-body">
        <h2 id="help-title">Keys</h2>
        <dl class="keys">
          {keys.map(([key, meaning]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{meaning}</dd></div>)}
        </dl>
        <h3>Pages: <kbd>g</kbd>, then</h3>
        <dl class="keys columns">
          {pages.map(({ letter, path, title }) => <div key={path}><dt><kbd>{letter}</kbd></dt><dd>{title}</dd></div>)}
        </dl>
        <p class="quiet">Tab reaches every action. The address says all that is chosen: copy it to share the view.</p>
        <button type="button" onClick={() => { isHelpOpen.value = false }}>Close</button>
      </div>
    </dialog>
  )
}
