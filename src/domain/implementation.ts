import { remembering } from "./remembering.ts"

/** Families of server software that can be told apart by how they behave. */
export const implementations = [
  "ElectrumX",
  "Fulcrum",
  "romanz electrs",
  "Blockstream electrs",
  "mempool electrs"
] as const
export type Implementation = (typeof implementations)[number]

/** A release as numbers, e.g. `2.0b1` is [2, 0], `0.10.9` is [0, 10, 9]. */
type Release = ReadonlyArray<number>

/** Of the releases that rules name, and those that servers claim. */
const releaseOf = remembering(500, (text): Release => text.split(".").map((part) => Number.parseInt(part, 10) || 0))

/** Negative, zero or positive as release `a` comes before, is, or comes after `b`; missing parts are zero. */
export const compareReleases = (a: string, b: string): number => {
  if (a === b) return 0
  const x = releaseOf(a)
  const y = releaseOf(b)
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/**
 * Releases from `since` on and before `before`; null is no bound. A build from
 * between two releases behaves like the later one and calls itself the earlier.
 */
export interface ReleaseRange {
  readonly since: string | null
  readonly before: string | null
}

export const anyRelease: ReleaseRange = { since: null, before: null }

export const isInRange = (release: string, { before, since }: ReleaseRange): boolean =>
  (since === null || compareReleases(release, since) >= 0) && (before === null || compareReleases(release, before) < 0)

/** What is in both; undefined for nothing. */
export const intersectRanges = (a: ReleaseRange, b: ReleaseRange): ReleaseRange | undefined => {
  const since = a.since === null || (b.since !== null && compareReleases(b.since, a.since) > 0) ? b.since : a.since
  const before = a.before === null || (b.before !== null && compareReleases(b.before, a.before) < 0) ? b.before : a.before
  return since !== null && before !== null && compareReleases(since, before) >= 0 ? undefined : { since, before }
}

/** e.g. `>=1.18 <1.19`, `any`. */
export const rangeText = ({ before, since }: ReleaseRange): string =>
  [since === null ? [] : [`>=${since}`], before === null ? [] : [`<${before}`]].flat().join(" ") || "any"
