import type { Tip } from "../../domain/snapshot.ts"

/** The tips that one server showed in one snapshot. */
export interface TipSighting {
  /** Key of the endpoint. */
  readonly key: string
  readonly before: Tip | null
  readonly after: Tip | null
}

/** What the tips of a snapshot say about it. */
export interface TipVerdict {
  /** The tip that most servers showed before; of equally many the higher one. */
  readonly tip: Tip | null
  /** Servers that went on to a block which is news to the others, with that block, by endpoint key. */
  readonly news: ReadonlyMap<string, Tip>
}

const byText = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

/** No more blocks than these come within a minute: who goes farther ahead tells of none that came. */
const mostBlocks = 6

/** The tip most of them showed before, whatever the order of the sightings. */
const commonTip = (sightings: ReadonlyArray<TipSighting>): Tip | null => {
  const counts = new Map<string, { readonly tip: Tip; count: number }>()
  for (const { before } of sightings) {
    if (before === null) continue
    // By height too: the right header can be shown at a height of one's own.
    const key = `${before.height} ${before.hash}`
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { tip: before, count: 1 })
    else known.count++
  }
  const [first] = [...counts.values()].toSorted((a, b) =>
    b.count - a.count || b.tip.height - a.tip.height || byText(a.tip.hash, b.tip.hash)
  )
  return first?.tip ?? null
}

const sameTip = (a: Tip | null, b: Tip): boolean => a !== null && a.hash === b.hash && a.height === b.height

/**
 * Did a block arrive while servers were asked? It did where one of them was seen
 * to go on to a block above that of most, or to one that nobody had shown before.
 * Who stands, be it ahead or on another branch, is at another tip and no more;
 * who catches up with the others brings no news, nor does who goes farther than
 * blocks can come. `ignored`: endpoints whose news turned out to be nobody else's.
 */
export const judgeTips = (sightings: ReadonlyArray<TipSighting>, ignored: ReadonlySet<string>): TipVerdict => {
  const trusted = sightings.filter(({ key }) => !ignored.has(key))
  const tip = commonTip(trusted)
  const news = new Map<string, Tip>()
  if (tip === null) return { tip, news }
  const shown = new Set(trusted.flatMap(({ before }) => before?.hash ?? []))
  for (const { after, before, key } of trusted) {
    if (after === null || sameTip(before, after) || after.height > tip.height + mostBlocks) continue
    if (after.height > tip.height || !shown.has(after.hash)) news.set(key, after)
  }
  return { tip, news }
}

/**
 * Whose news of the last snapshot nobody else shows in this one, nor has built
 * on: a server that always tells of new blocks must not end every snapshot.
 */
export const lonelyNews = (
  news: ReadonlyMap<string, Tip>,
  sightings: ReadonlyArray<TipSighting>
): ReadonlySet<string> => {
  const lonely = new Set<string>()
  for (const [key, tip] of news) {
    const confirmed = sightings.some((other) =>
      other.key !== key &&
      [other.before, other.after].some((t) =>
        t !== null && ((t.hash === tip.hash && t.height === tip.height) ||
          (t.height > tip.height && t.height <= tip.height + mostBlocks)))
    )
    if (!confirmed) lonely.add(key)
  }
  return lonely
}
