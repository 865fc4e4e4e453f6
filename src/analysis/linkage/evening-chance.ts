import { compareReleases } from "../../domain/implementation.ts"
import { eveningMs } from "../comparisons/watched.ts"
import type { ServerTraits } from "../traits/server-traits.ts"

const hour = 3_600_000

/** So long before and after an evening others say how usual changes are just then. */
const aroundMs = [hour, 3 * hour]

/** Fewer others say nothing of how usual it is. */
const fewestElsewhere = 10

/** Fewer changes of one implementation are no wave. */
const fewestOfWave = 3

/** The release in a text of `server.version`, e.g. `1.20.0` of `ElectrumX 1.20.0`; null where there is none. */
export const releaseIn = (text: string): string | null => /[0-9]+(?:\.[0-9]+)+/.exec(text)?.[0] ?? null

/** Of two texts of one software, one perhaps missing, that of the later release. */
export const later = (a: string | null, b: string | null): string | null => {
  const [x, y] = [a === null ? null : releaseIn(a), b === null ? null : releaseIn(b)]
  return y === null || (x !== null && compareReleases(x, y) >= 0) ? a : b
}

/** Whether a text says at least the release of another. */
export const isAtLeast = (text: string, other: string): boolean => {
  const [x, y] = [releaseIn(text), releaseIn(other)]
  return x !== null && y !== null && compareReleases(x, y) >= 0
}

/** What it called itself at that time, as far as it was seen by then; null where it was not. */
export const softwareAt = ({ watch }: ServerTraits, at: number): string | null =>
  watch?.software.findLast(({ first }) => first <= at)?.text ?? null

/** The latest release of each implementation that anybody had shown by then. */
export const newestAt = (servers: ReadonlyArray<ServerTraits>, at: number): ReadonlyMap<string, string> => {
  const newest = new Map<string, string>()
  for (const { implementation, watch } of servers) {
    if (implementation === null || watch === null) continue
    for (const { first, text } of watch.software) {
      if (first > at) continue
      const latest = later(newest.get(implementation) ?? null, text)
      if (latest !== null) newest.set(implementation, latest)
    }
  }
  return newest
}

/** How usual it was elsewhere to change software around an evening. */
export interface Elsewhere {
  /** Servers that were watched all the time around it and could have changed, not being at the latest release. */
  readonly servers: number
  /** Of them, those that did within three hours of it. */
  readonly changed: number
  /** The same as a share of those of one implementation, of the one that changed most; of fewer than three changes 0. */
  readonly wave: number
  /** Probability that one of them changes within an evening, by all of the time or the hours around where that is more; 1 where too few were there. */
  readonly rate: number
}

/**
 * @param others positions of servers that are not at the node
 * @param begin when the evening began, in milliseconds since 1970
 * @param newest the latest releases then, see `newestAt`
 */
export const elsewhereAt = (
  servers: ReadonlyArray<ServerTraits>,
  others: ReadonlyArray<number>,
  begin: number,
  newest: ReadonlyMap<string, string>
): Elsewhere => {
  const able = others.flatMap((other) => {
    const { implementation, watch } = servers[other]!
    if (watch === null || implementation === null || watch.from > begin || watch.to < begin + eveningMs) return []
    const text = softwareAt(servers[other]!, begin - aroundMs.at(-1)!) ?? watch.software[0]?.text ?? null
    return text === null || isAtLeast(text, newest.get(implementation)!) ? [] : [{ ...watch, implementation }]
  })
  const within = (ms: number, some = able): number =>
    some.filter(({ changes }) => changes.some(({ at }) => at >= begin - ms && at <= begin + eveningMs + ms)).length
  const changed = within(aroundMs.at(-1)!)
  const wave = Math.max(0, ...Map.groupBy(able, ({ implementation }) => implementation).values().map((alike) => {
    const those = within(aroundMs.at(-1)!, alike)
    return those < fewestOfWave ? 0 : those / alike.length
  }))
  if (able.length < fewestElsewhere) return { servers: able.length, changed, wave, rate: 1 }
  const watchedMs = able.reduce((sum, { from, to }) => sum + to - from, 0)
  const ofAll = able.reduce((sum, { changes }) => sum + changes.length, 0)
  // Half a one added (Jeffreys): nobody changed so far, and yet somebody may.
  const rates = [
    (ofAll + 0.5) / watchedMs,
    ...aroundMs.map((ms) => (within(ms) + 0.5) / (able.length * (2 * ms + eveningMs)))
  ]
  return { servers: able.length, changed, wave, rate: Math.min(1, Math.max(...rates) * eveningMs) }
}

/** Probability that of `of` so many or more do what each does with probability `p`. */
const atLeast = (count: number, of: number, p: number): number => {
  let [term, below] = [(1 - p) ** of, 0]
  for (let k = 0; k < count; k++) {
    below += term
    term *= ((of - k) / (k + 1)) * (p / (1 - p))
  }
  return p >= 1 ? 1 : Math.max(0, 1 - below)
}

/** Probability that within an evening of any one of so many servers so many change that know nothing of each other. */
export const chanceOfEvening = (changed: number, all: number, { rate }: Elsewhere): number =>
  Math.min(1, all * atLeast(changed - 1, all - 1, rate))
