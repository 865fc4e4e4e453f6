import { isOnion } from "../../domain/host.ts"
import { torOutage } from "../../domain/watch.ts"
import type { StripLetter } from "../shapes/watched-words.ts"
import type { EventRow, OutageOfMany } from "./read-happened.ts"
import type { RunRow } from "./read-runs.ts"

/** A part of a window. Times in milliseconds since 1970. */
export interface Part {
  readonly from: number
  readonly to: number
}

/** A stretch that a watch tells one thing about. */
export interface ToldPart extends Part {
  readonly state: StripLetter
  /** Share of it in which it was up; null: not known. */
  readonly up: number | null
  readonly cause: string | null
}

const hour = 3_600_000
const day = 24 * hour

/** Lengths of a step that times are read well by. */
const roundSteps = [15 * 60_000, 30 * 60_000, hour, 2 * hour, 4 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day, 30 * day]

/** Letters of a strip at the most. */
export const mostSteps = 180

/** Milliseconds of one step so that a window has `mostSteps` at the most. */
export const stepOf = ({ from, to }: Part): number =>
  roundSteps.find((step) => Math.ceil((to - from) / step) <= mostSteps) ?? Math.ceil((to - from) / mostSteps)

/**
 * When one server was silent as a whole network was: from a silence that has a cause
 * until it came back. The cause is the outage's, of which the server was a member.
 */
const explainedParts = (events: ReadonlyArray<EventRow>): ReadonlyArray<Part & { readonly cause: string }> => {
  const parts: Array<Part & { readonly cause: string }> = []
  let open: { readonly from: number; readonly cause: string | null } | null = null as { readonly from: number; readonly cause: string | null } | null
  const close = (to: number): void => {
    if (open?.cause != null) parts.push({ from: open.from, to, cause: open.cause })
    open = null
  }
  for (const { cause, earliest, kind, latest } of events) {
    if (kind === "went silent") {
      close(earliest)
      open = { from: earliest, cause }
    } else if (kind === "came back") {
      // Of a silence that began before the window only its end is told, with the same cause.
      if (open === null) open = { from: Number.NEGATIVE_INFINITY, cause }
      close(latest)
    } else if (kind === "restarted" && cause !== null) parts.push({ from: earliest, to: latest, cause })
  }
  close(Number.POSITIVE_INFINITY)
  return parts
}

const overlap = (a: Part, b: Part): number => Math.min(a.to, b.to) - Math.max(a.from, b.from)

/** A part cut where others begin and end, so that each piece is within or without each of them. */
const pieces = (part: Part, others: ReadonlyArray<Part>): ReadonlyArray<Part> => {
  const cuts = [part.from, ...others.flatMap(({ from, to }) => [from, to]).filter((at) => at > part.from && at < part.to), part.to]
  const ends = [...new Set(cuts)].toSorted((a, b) => a - b)
  return ends.slice(1).map((to, i) => ({ from: ends[i]!, to }))
}

const ourCause = ({ kind, where }: OutageOfMany): string => where === null ? kind : `${kind} of ${where}`

/** Two parts that follow each other and are told alike. */
const joined = (a: ToldPart, b: ToldPart): ToldPart => {
  const [first, second] = [a.to - a.from, b.to - b.from]
  return { ...a, to: b.to, up: a.up === null || b.up === null ? null : (first * a.up + second * b.up) / (first + second) }
}

const upOf = { up: 1, down: 0, changed: 0.5, unknown: null } as const
const letterOf = { up: "u", down: "d", changed: "m", unknown: "-" } as const

/**
 * What is told of one endpoint's time, gaps before the first look and after the last
 * included: its stretches, cut where an outage of many begins or ends.
 */
export const toldParts = (
  runs: ReadonlyArray<RunRow>,
  window: Part,
  events: ReadonlyArray<EventRow>,
  outages: ReadonlyArray<OutageOfMany>
): ReadonlyArray<ToldPart> => {
  const ofOnion = runs[0] !== undefined && isOnion(runs[0].host)
  const ours = outages.filter(({ kind, where }) => kind === "vantage outage" || ofOnion && where === torOutage)
  const explained = explainedParts(events)
  const parts: Array<ToldPart> = []
  const add = (from: number, to: number, state: RunRow["state"]): void => {
    const clipped = { from: Math.max(from, window.from), to: Math.min(to, window.to) }
    if (clipped.to <= clipped.from) return
    const others = state === "unknown" ? ours : state === "up" ? [] : explained
    for (const piece of pieces(clipped, others)) {
      const one = others.find((other) => overlap(piece, other) > 0)
      const cause = one === undefined ? null : "kind" in one ? ourCause(one) : one.cause
      const letter = cause === null ? letterOf[state] : state === "unknown" ? "o" : "n"
      const part: ToldPart = { ...piece, state: letter, up: upOf[state], cause }
      const last = parts.at(-1)
      if (last !== undefined && last.state === letter && last.cause === cause && last.to === piece.from) parts[parts.length - 1] = joined(last, part)
      else parts.push(part)
    }
  }
  let at = window.from
  for (const { from, state, to } of runs) {
    if (from > at) add(at, from, "unknown")
    add(Math.max(from, at), to, state)
    at = Math.max(at, to)
  }
  add(at, window.to, "unknown")
  return parts
}

/** Hours of a strip that are known and not, and the share of the known ones in which it was up. */
export const uptimeOf = (parts: ReadonlyArray<ToldPart>): { readonly upShare: number | null; readonly observedHours: number; readonly unknownHours: number } => {
  let [up, known, all] = [0, 0, 0]
  for (const part of parts) {
    const length = part.to - part.from
    all += length
    if (part.up === null) continue
    known += length
    up += part.up * length
  }
  return { upShare: known === 0 ? null : up / known, observedHours: known / hour, unknownHours: (all - known) / hour }
}

/** The letter of one step, by what its parts say: silence is never hidden by the more of the time in which it answered. */
const letterOfStep = (ms: ReadonlyMap<StripLetter, number>): StripLetter => {
  const has = (letter: StripLetter): boolean => (ms.get(letter) ?? 0) > 0
  if (has("u") || has("m")) return has("d") || has("m") ? "m" : has("n") ? "n" : "u"
  if (has("d") || has("n")) return (ms.get("n") ?? 0) >= (ms.get("d") ?? 0) ? "n" : "d"
  return (ms.get("o") ?? 0) > (ms.get("-") ?? 0) ? "o" : "-"
}

/** A letter for each step of a window. */
export const stripOf = (parts: ReadonlyArray<ToldPart>, window: Part, stepMs: number): string => {
  const steps = Math.max(1, Math.ceil((window.to - window.from) / stepMs))
  const sums = Array.from({ length: steps }, () => new Map<StripLetter, number>())
  for (const part of parts) {
    const last = Math.min(steps - 1, Math.floor((part.to - 1 - window.from) / stepMs))
    for (let i = Math.max(0, Math.floor((part.from - window.from) / stepMs)); i <= last; i++) {
      const begin = window.from + i * stepMs
      const length = overlap(part, { from: begin, to: begin + stepMs })
      if (length > 0) sums[i]!.set(part.state, (sums[i]!.get(part.state) ?? 0) + length)
    }
  }
  return sums.map(letterOfStep).join("")
}
