import type { ComponentChildren } from "preact"

/** Room for a table that may be wider than the page: it scrolls, by keyboard too, and says so. */
export const WideTable = ({ children }: { readonly children: ComponentChildren }) => (
  <div class="table-scroll" role="group" aria-label="Table, which scrolls sideways" tabIndex={0}>{children}</div>
)
