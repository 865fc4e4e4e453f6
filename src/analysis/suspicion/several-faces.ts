import type { AnsweredVisit } from "./evidence.ts"

const minute = 60_000

/** Blocks by which a later tip may lie below an earlier one: a branch that lost. */
const mostBack = 1
/** Blocks that hardly ever come within two minutes. */
const mostAhead = { blocks: 3, withinMs: 2 * minute }
/** By how much estimates of one node move within ten minutes at the most, and how many must have moved more. */
const mostMoved = { factor: 4, withinMs: 10 * minute, targets: 2 }

/** How one server shows itself differently under two of its hosts, in a sentence. */
export interface Faces {
  readonly hosts: readonly [string, string]
  readonly because: string
}

const tipsApart = (earlier: AnsweredVisit, later: AnsweredVisit): boolean => {
  if (earlier.tipHeight === null || later.tipHeight === null) return false
  const ahead = later.tipHeight - earlier.tipHeight
  return ahead < -mostBack || (ahead >= mostAhead.blocks && later.visitedAt - earlier.visitedAt <= mostAhead.withinMs)
}

const feesApart = (earlier: AnsweredVisit, later: AnsweredVisit): boolean => {
  if (later.visitedAt - earlier.visitedAt > mostMoved.withinMs) return false
  const ratios = [...earlier.fees].flatMap(([target, fee]) => {
    const other = later.fees.get(target)
    return other === undefined ? [] : [Math.max(fee / other, other / fee)]
  })
  return ratios.filter((ratio) => ratio >= mostMoved.factor).length >= mostMoved.targets
}

/**
 * What one server says otherwise under another of its hosts, as far as time
 * cannot explain it: its tip, its fees. Two nodes behind one server do that too.
 */
export const facesOf = (visits: ReadonlyArray<AnsweredVisit>): ReadonlyArray<Faces> => {
  const ordered = visits.filter(({ chainVerdict }) => chainVerdict === "same").toSorted((a, b) => a.visitedAt - b.visitedAt || a.visitId - b.visitId)
  return ordered.flatMap((earlier, i) =>
    ordered.slice(i + 1).filter(({ host }) => host !== earlier.host).flatMap((later): ReadonlyArray<Faces> => {
      const hosts = [earlier.host, later.host] as const
      return [
        ...(tipsApart(earlier, later) ? [{ hosts, because: `tip ${earlier.tipHeight} first, ${later.tipHeight} later` }] : []),
        ...(feesApart(earlier, later) ? [{ hosts, because: `fee estimates that differ by more than a factor of ${mostMoved.factor}` }] : [])
      ]
    })
  )
}
