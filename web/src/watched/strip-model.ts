import type { Stretch, WatchedPage, WatchedRow } from "../../../src/atlas/shapes/watched.ts"
import type { StripLetter } from "../../../src/atlas/shapes/watched-words.ts"
import { counted, share, time, unknown } from "../text/format.ts"

/** A part of a strip that says one thing. Times in milliseconds since 1970. */
export interface StripPart {
  readonly state: StripLetter
  readonly from: number
  readonly to: number
  readonly cause: string | null
}

/** What each letter says of a server. */
export const stateWords: Readonly<Record<StripLetter, string>> = {
  u: "answered",
  d: "did not answer us",
  m: "answered some of the time",
  n: "did not answer us, as most of its network or country did not",
  o: "not known: our own line was down",
  "-": "not known: nobody looked, or the failure may be ours"
}

/** Steps of one letter in a row as one part. */
export const partsOf = (strip: string, { from, stepMs, until }: Pick<WatchedPage, "from" | "stepMs" | "until">): ReadonlyArray<StripPart> => {
  const begin = Date.parse(from ?? "")
  const end = Date.parse(until ?? "")
  const parts: Array<StripPart> = []
  for (const run of strip.matchAll(/(.)\1*/gu)) {
    const first = begin + run.index * stepMs
    parts.push({ state: run[1] as StripLetter, from: first, to: Math.min(end, first + run[0].length * stepMs), cause: null })
  }
  return parts
}

/** Stretches of the panel's strip, which know more than letters do. */
export const partsOfStretches = (stretches: ReadonlyArray<Stretch>): ReadonlyArray<StripPart> =>
  stretches.map(({ cause, from, state, to }) => ({ state, cause, from: Date.parse(from), to: Date.parse(to) }))

/** "5 min", "3.5 h", "2 days". */
export const lengthText = (ms: number): string => {
  const minutes = ms / 60_000
  if (minutes < 1) return "less than a minute"
  if (minutes < 90) return `${Math.round(minutes)} min`
  const hours = minutes / 60
  return hours < 48 ? `${hours < 10 ? Number(hours.toFixed(1)) : Math.round(hours)} h` : `${Math.round(hours / 24)} days`
}

/** A part in words, for who points at it, steps to it or has it read. */
export const partText = ({ cause, from, state, to }: StripPart): string =>
  `${time(new Date(from).toISOString())} to ${time(new Date(to).toISOString())} (${lengthText(to - from)}): ${stateWords[state]}${cause === null || cause === "vantage outage" ? "" : ` (${cause})`}`

/** A whole strip in a sentence. */
export const stripText = ({ explained, fellSilent, held, observedHours, restarted, upShare }: WatchedRow): string =>
  `${upShare === null ? "not observed" : `answered ${share(upShare)} of ${lengthText(observedHours * 3_600_000)} observed`}, fell silent ${counted(fellSilent, "time")}` +
  `${explained === 0 ? "" : ` (${explained} with its network)`}${held ? `, restarted ${counted(restarted, "time")}` : ""}`

/** Share with the digits that tell good from very good. */
export const uptimeText = (value: number | null): string =>
  value === null ? unknown : value === 1 ? share(1) : value >= 0.995 ? `${(Math.floor(value * 10_000) / 100).toFixed(2)}\u202f%` : share(value)

/** Which part lies under a place of the strip, 0 to 1. */
export const partAt = (parts: ReadonlyArray<StripPart>, place: number): number => {
  const [first, last] = [parts[0], parts.at(-1)]
  if (first === undefined || last === undefined) return -1
  const at = first.from + place * (last.to - first.from)
  return Math.max(0, parts.findIndex(({ to }) => at < to))
}
