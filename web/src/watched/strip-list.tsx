import { useMemo, useState } from "preact/hooks"
import type { WatchedPage, WatchedRow } from "../../../src/atlas/shapes/watched.ts"
import { Host } from "../parts/copy-text.tsx"
import { select, selected } from "../state/store.ts"
import { selectedServers } from "../state/selection.ts"
import { counted, time } from "../text/format.ts"
import { shown as displayed } from "../text/display.ts"
import { Stepper } from "./stepper.tsx"
import { StripKey } from "./strip.tsx"
import { partsOf, stripText, uptimeText } from "./strip-model.ts"

/** More are in the list of servers; so many strips are drawn at a time. */
const most = 150

/** Orders of the strips, each by its name. */
export const stripOrders = {
  uptime: ["least uptime first", (a: WatchedRow, b: WatchedRow) => (a.upShare ?? 2) - (b.upShare ?? 2)],
  silent: ["most silences first", (a: WatchedRow, b: WatchedRow) => b.fellSilent - a.fellSilent],
  host: ["by host", (a: WatchedRow, b: WatchedRow) => (a.host < b.host ? -1 : 1)]
} as const
export type StripOrder = keyof typeof stripOrders

const Silences = ({ of: { explained, fellSilent, held, restarted } }: { readonly of: WatchedRow }) => (
  <span class="figure quiet">{`${fellSilent}${explained === 0 ? "" : ` (${explained} explained)`} · ${held ? restarted : "?"}`}</span>
)

/** One strip a server, walked by arrow keys: up and down from server to server, left and right in time. */
export const StripList = ({ order, page, rows }: { readonly page: WatchedPage; readonly rows: ReadonlyArray<WatchedRow>; readonly order: StripOrder }) => {
  const [says, setSays] = useState<string | null>(null)
  const [active, setActive] = useState(0)
  const inOrder = useMemo(() => rows.toSorted(stripOrders[order][1]), [rows, order])
  const shown = inOrder.slice(0, most)
  const open = selectedServers(selected.value)
  const walk = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
    const strips = [...event.currentTarget.querySelectorAll<HTMLElement>(".stepper")]
    const now = strips.indexOf(document.activeElement as HTMLElement)
    if (step === 0 || now < 0) return
    event.preventDefault()
    strips[now + step]?.focus()
  }
  return (
    <>
      <StripKey />
      <p class="stepper-says" aria-hidden="true">{says ?? <span class="quiet">Point at a strip, or walk it by arrow keys, to read its times.</span>}</p>
      <div class="watched-row watched-head" aria-hidden="true">
        <span>Server</span>
        <span class="watched-times"><span>{time(page.from)}</span><span>{time(page.until)}</span></span>
        <span class="figure">Uptime</span>
        <span class="figure">Silences · restarts</span>
      </div>
      <ul class="watched-rows" onKeyDown={walk}>
        {shown.map((row, i) => (
          <li key={row.endpointId} class="watched-row" data-open={open.includes(row.serverId)}>
            <button type="button" class="plain" onClick={() => select({ kind: "server", id: row.serverId })}><Host text={row.host} limit={30} /></button>
            <div onFocusCapture={() => setActive(i)}>
              <Stepper label={`${displayed(row.host, 80)}: ${stripText(row)}. Arrow keys walk through its time`} parts={partsOf(row.strip, page)} tabIndex={i === active ? 0 : -1}
                onSay={(text) => setSays(text === null ? null : `${displayed(row.host, 80)}: ${text}`)} />
            </div>
            <span class="figure">{uptimeText(row.upShare)}</span>
            <Silences of={row} />
          </li>
        ))}
      </ul>
      {inOrder.length > most ? <p class="quiet">{`and ${counted(inOrder.length - most, "more server")}: narrow the list by the filter`}</p> : null}
    </>
  )
}
