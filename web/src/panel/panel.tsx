import { lazy } from "../parts/lazy.tsx"
import { selected } from "../state/store.ts"
import type { Selection } from "../state/selection.ts"

const PanelContent = lazy<{ readonly selection: Selection }>(() => import("./panel-content.tsx"))

/** The selected thing, at the right of every page. */
export const Panel = () => {
  const selection = selected.value
  return selection === null ? null : <aside class="panel" aria-label="Selected"><PanelContent selection={selection} /></aside>
}
