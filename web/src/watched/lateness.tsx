import type { LatenessPage, LatenessRow } from "../../../src/atlas/shapes/watched.ts"
import { Choice } from "../parts/choice.tsx"
import { Host } from "../parts/copy-text.tsx"
import { Empty } from "../parts/states.tsx"
import { own, select, selected, setOwn } from "../state/store.ts"
import { selectedServers } from "../state/selection.ts"
import { counted } from "../text/format.ts"
import { shown } from "../text/display.ts"
import { lateText, placeOf } from "./lateness-model.ts"
import "./watched.css"

/** What it means and what it does not, wherever it is shown. */
export const latenessCaveat = "Seen from one vantage, so the way there and back to each server is in it, and how far its node is from miners. Late and early together may be one node, or two that are near each other. It does not say that a server holds blocks back."

const percent = (value: number): string => `${value.toFixed(2)}%`

/** From the tenth to the ninetieth part of its blocks as a line, half of them as a box, the median as a stroke; the thin line is the median of the others. */
const Box = ({ limitMs, row }: { readonly row: LatenessRow; readonly limitMs: number }) => {
  const at = (ms: number): string => percent(placeOf(ms, limitMs))
  return (
    <svg width="100%" height="22" aria-hidden="true">
      <title>{`A tenth of its blocks came before ${lateText(row.p10)}, a quarter before ${lateText(row.p25)}, half before ${lateText(row.median)}, three quarters before ${lateText(row.p75)}, nine tenths before ${lateText(row.p90)}`}</title>
      <line class="lateness-line" x1="50%" x2="50%" y1="0" y2="22" />
      <line class="lateness-range" x1={at(row.p10)} x2={at(row.p90)} y1="11" y2="11" />
      <rect class="lateness-half" x={at(row.p25)} width={percent(Math.max(0.4, placeOf(row.p75, limitMs) - placeOf(row.p25, limitMs)))} y="6" height="10" />
      <line class="lateness-median" x1={at(row.median)} x2={at(row.median)} y1="3" y2="19" />
    </svg>
  )
}

/** Blocks of one server by how late they came. */
export const LatenessBars = ({ limitMs, row }: { readonly row: LatenessRow; readonly limitMs: number }) => {
  const highest = Math.max(1, ...row.bins)
  const width = 100 / row.bins.length
  return (
    <>
      <svg class="lateness-bars" width="100%" height="64" role="img"
        aria-label={`${counted(row.blocks, "block")} by lateness: half of them between ${lateText(row.p25)} and ${lateText(row.p75)}, median ${lateText(row.median)}`}>
        {row.bins.map((n, i) => <rect key={i} x={percent(i * width + 0.15)} width={percent(width - 0.3)} y={62 - 60 * n / highest} height={60 * n / highest} />)}
        <line class="lateness-line" x1="50%" x2="50%" y1="0" y2="62" />
        <line class="lateness-line" x1="0" x2="100%" y1="62.5" y2="62.5" />
      </svg>
      <div class="watched-times quiet" aria-hidden="true"><span>{`${lateText(-limitMs)}, earlier`}</span><span>median</span><span>{`${lateText(limitMs)}, later`}</span></div>
    </>
  )
}

/** Servers of one implementation side by side. */
export const LatenessComparison = ({ left, page }: { readonly page: LatenessPage; readonly left: ReadonlySet<number> | null }) => {
  const groups = [...Map.groupBy(page.rows, ({ implementation }) => implementation)].toSorted((a, b) => b[1].length - a[1].length)
  const chosen = groups.find(([name]) => name === own("of")) ?? groups[0]
  if (chosen === undefined) {
    return <Empty run="observatory watch --sentinels 100">No tips to compare: they show over held connections only, and three servers of one implementation are needed.</Empty>
  }
  const rows = chosen[1].filter(({ serverId }) => left === null || left.has(serverId))
  const open = selectedServers(selected.value)
  return (
    <>
      <div class="watched-tools">
        <Choice label="Implementation" value={chosen[0]} options={groups.map(([name, all]) => [name, `${shown(name, 60)}, ${counted(all.length, "server")}`] as const)} onChoose={(value) => setOwn({ of: value })} />
        {page.alone === 0 ? null : <span class="quiet">{`${counted(page.alone, "server")} with tips ${page.alone === 1 ? "is" : "are"} compared with nobody: fewer than three are known to be alike.`}</span>}
      </div>
      <div class="lateness-row quiet" aria-hidden="true">
        <span>Server</span><span class="watched-times"><span>{lateText(-page.limitMs)}</span><span>0</span><span>{lateText(page.limitMs)}</span></span><span class="figure">Median</span><span class="figure">Blocks</span>
      </div>
      {rows.length === 0 ? <p class="quiet">No server of it passes the filter.</p> : (
        <ul class="links">
          {rows.map((row) => (
            <li key={row.serverId} class="lateness-row" data-open={open.includes(row.serverId)}>
              <button type="button" class="plain" onClick={() => select({ kind: "server", id: row.serverId })}><Host text={row.host} limit={30} /></button>
              <Box row={row} limitMs={page.limitMs} />
              <span class="figure">{lateText(row.median)}</span>
              <span class="figure quiet">{row.blocks}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
