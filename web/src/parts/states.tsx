import type { ComponentChildren } from "preact"
import type { Loaded } from "../client/resource.ts"
import { shown } from "../text/display.ts"

/** The shape of what comes, while it comes. */
export const Shape = ({ lines = 6 }: { readonly lines?: number }) => (
  <div class="shape" role="status" aria-label="Loading">
    {Array.from({ length: lines }, (_, i) => <i key={i} style={{ width: `${92 - (i * 37) % 50}%` }} />)}
  </div>
)

/** What happened, and what is still true. */
export const Failed = ({ message, still }: { readonly message: string; readonly still?: string }) => (
  <div class="failed" role="alert">
    <p>{shown(message, 1_000)}</p>
    {still === undefined ? null : <p class="quiet">{still}</p>}
  </div>
)

/** Nothing to show, and what to run so that there is. */
export const Empty = ({ children, run }: { readonly children: ComponentChildren; readonly run?: string }) => (
  <div class="empty">
    <p>{children}</p>
    {run === undefined ? null : <p>To fill it: <code>{run}</code></p>}
  </div>
)

/** What is loaded, or its shape, or why it is not there. A failed renewal keeps the old answer and says so. */
export const Loading = <A,>({ children, lines, of }: {
  readonly of: Loaded<A>
  readonly lines?: number
  readonly children: (value: A) => ComponentChildren
}) => {
  const { failure, value } = of
  if (value === null) {
    if (failure === null) return <Shape {...(lines === undefined ? {} : { lines })} />
    const run = failure.tag === "NotAnalysed" ? "observatory analyze" : failure.message.includes("no crawl yet") ? "observatory crawl" : null
    return run === null ? <Failed message={failure.message} /> : <Empty run={run}>{shown(failure.message)}</Empty>
  }
  return (
    <>
      {failure === null ? null : <Failed message={failure.message} still="What is shown below is the last answer, and still true of its time." />}
      {children(value)}
    </>
  )
}
