import type { CrawlEvidence, ServerEvidence } from "./evidence.ts"

/** What an indicator found of one server. */
export interface Finding {
  /** What was counted or measured, in the unit that the indicator's definition names; 0 for nothing. */
  readonly value: number
  /** How much of the indicator's weight it earns, 0 to 1. */
  readonly share: number
  /** The raw rows behind it, small; also why something seen earns nothing. */
  readonly detail: Readonly<Record<string, unknown>>
}

/** Nothing was found out, and why: never the same as nothing found. */
export interface Untested {
  readonly untested: string
}

export type Reading = Finding | Untested

/** A pure function over what the store holds of one server, and of the crawl around it. */
export type Indicator = (server: ServerEvidence, crawl: CrawlEvidence) => Reading

export const isUntested = (reading: Reading): reading is Untested => "untested" in reading

/** Most rows that a detail names. */
const maxNamed = 20

/** The first rows of a list: details are kept, and lists of servers can be long. */
export const named = <A>(rows: ReadonlyArray<A>): ReadonlyArray<A> => rows.slice(0, maxNamed)
