import type { Endpoint } from "./endpoint.ts"
import type { Implementation, ReleaseRange } from "./implementation.ts"

/** Where a visit of another kind stands: `due` from its time on, `done`, or `dropped`, when it will not be made. */
export type ProbeDueState = "due" | "done" | "dropped"

/** A deep visit that is to be made, with what its maker has to know. */
export interface DueProbe {
  readonly endpoint: Endpoint
  /** Milliseconds since 1970: not before. */
  readonly dueAt: number
  /** The crawl whose regular visit it follows. */
  readonly crawlId: number
  /** That crawl went through a proxy: this visit must too. */
  readonly throughProxy: boolean
  /** When it was last sent invalid JSON, on request; null for never. */
  readonly invalidJsonAt: number | null
  /** What the regular visit behaved like; null when that is not known. */
  readonly behavesLike: {
    readonly implementation: Implementation
    readonly range: ReleaseRange
    /** As it called itself. */
    readonly software: string | null
  } | null
  /** The regular visit had an answer to `server.features`: some close the connection on it. */
  readonly hasFeatures: boolean
}

/** One endpoint of a crawl, as the decision about its server's deep visit looks at it. */
export interface DueCandidate {
  readonly endpoint: Endpoint
  /** When its regular visit ended, if it was answered on the crawled chain; else null. */
  readonly answeredAt: number | null
  /** When a deep visit of it was done last; null for never. */
  readonly doneAt: number | null
  /** When one is due already; null for none. */
  readonly dueAt: number | null
}
