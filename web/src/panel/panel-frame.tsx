import type { ComponentChildren } from "preact"
import { select } from "../state/store.ts"

/** Head and scrolling body of the panel, for whatever is in it. */
export const PanelFrame = ({ children, kind, title }: {
  readonly kind: string
  readonly title: ComponentChildren
  readonly children: ComponentChildren
}) => (
  <>
    <header>
      <div>
        <p class="kind">{kind}</p>
        <h2>{title}</h2>
      </div>
      <button type="button" onClick={() => select(null)}>Close</button>
    </header>
    <div class="panel-body" id="panel" tabIndex={0} role="region" aria-label={kind}>{children}</div>
  </>
)
