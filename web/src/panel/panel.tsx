import { select, selected } from "../state/store.ts"
import { selectionText } from "../state/selection.ts"

/** The selected thing, at the right of every page. */
export const Panel = () => {
  const selection = selected.value
  if (selection === null) return null
  return (
    <aside class="panel" aria-label="Selected">
      <header>
        <div><h2>{selectionText(selection)}</h2></div>
        <button type="button" onClick={() => select(null)}>Close</button>
      </header>
      <div class="panel-body" id="panel" tabIndex={-1} />
    </aside>
  )
}
