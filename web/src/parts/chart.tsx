import type { ComponentChildren } from "preact"
import { pageHash } from "../state/store.ts"

/** A picture or table with its one line: what it shows, at which level it counts, its caveat, the query that gives it. */
export const Chart = ({ caveat, children, level, query, shows, title }: {
  readonly title: string
  readonly shows: string
  readonly level: string
  readonly caveat?: string | undefined
  readonly query?: string | null | undefined
  readonly children: ComponentChildren
}) => (
  <figure class="chart">
    <figcaption>
      <h2>{title}</h2>
    </figcaption>
    {children}
    <p class="says-who">
      {`${shows} Level: ${level}.${caveat === undefined || caveat === "" ? "" : ` ${caveat}`}`}
      {query === null || query === undefined ? null : <>{" "}<a href={pageHash("sql", { own: { query } })}>{query}</a></>}
    </p>
  </figure>
)
