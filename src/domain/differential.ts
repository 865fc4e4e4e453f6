import type { ProbeTarget } from "./probe-target.ts"
import type { Visit } from "./visit.ts"

/** A way of asking: how the crawler does it, and how the wallet. Both under our own name. */
export type PersonaName = "crawler" | "wallet"

/** The content of a question that was sent and never answered: silence, or the end of the connection. No other content reads so. */
export const unanswered = "no answer"

/** One connection, asked as one persona. */
export interface Segment {
  readonly persona: PersonaName
  /** What each question was answered, normalised, or `unanswered`; null where that says nothing (throttled, not asked). */
  readonly contents: ReadonlyMap<string, string | null>
}

/** What a comparison of segments came to. */
export interface Comparison {
  /** `differs`: some question is answered one way to one persona and another way, or not at all, to the other. */
  readonly outcome: "same" | "differs" | "not comparable"
  /** Questions that every segment of a persona has an answer to, and every segment of the other too, or none. */
  readonly compared: ReadonlyArray<string>
  /** Those whose answers vary between segments of one persona: not counted. */
  readonly varying: ReadonlyArray<string>
  /** Those that are answered alike within each persona and otherwise to the other one, or always to one and never to the other. */
  readonly differing: ReadonlyArray<string>
}

/** Where a series about a server stands. */
export type DifferentialStage =
  /** Four connections: whether there is anything to look at. */
  | "first"
  /** On another day, many connections in random order, about what differed the first time. */
  | "again"

/** One series of connections to one server. */
export interface Differential {
  readonly target: ProbeTarget
  readonly stage: DifferentialStage
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** In the order asked; one visit each. */
  readonly personas: ReadonlyArray<PersonaName>
  readonly visits: ReadonlyArray<Visit>
  readonly comparison: Comparison
  /** Of a repetition: how far apart the personas are beyond what varies anyhow, and the exact probability of that by chance. */
  readonly statistic: number | null
  readonly pValue: number | null
  /** Not to be repeated before; milliseconds since 1970, null for nothing to repeat. */
  readonly againFrom: number | null
  /** Why it is not comparable. */
  readonly detail: string | null
}

/** What makes answers differ without anybody meaning anything by it. */
export const innocentCauses: ReadonlyArray<string> = [
  "a load balancer or round-robin name with several servers behind it",
  "banners for clients that come through Tor, or for certain client versions",
  "warnings to clients of old versions",
  "limits on how much, how long or how fast one may ask",
  "peer lists drawn at random, fees and tips that change in between",
  "a proxy or firewall that treats long or padded requests differently, or lets none through"
]
