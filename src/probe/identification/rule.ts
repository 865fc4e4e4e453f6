import type { Effort } from "../../domain/identification.ts"
import { anyRelease, type Implementation, type ReleaseRange } from "../../domain/implementation.ts"
import type { Behaviour } from "./behaviour.ts"

/** Who shows something, and in which releases. */
export type Fits = Readonly<Partial<Record<Implementation, ReleaseRange>>>

/** What a rule found. */
export interface Finding {
  /** In few words; never a text that a server can choose freely. */
  readonly saw: string
  readonly fits: Fits
}

/** One way to tell implementations apart. To add one, add it to its table; `identify` reads them all. */
export interface Rule {
  readonly name: string
  readonly effort: Effort
  /** Section of the protocol facts. */
  readonly source: string
  /** Null when the behaviour has nothing for this rule. */
  readonly look: (behaviour: Behaviour) => Finding | null
}

/** Any release. */
export const any = anyRelease

/** Releases from one on. */
export const since = (release: string): ReleaseRange => ({ since: release, before: null })

/** Releases before one. */
export const before = (release: string): ReleaseRange => ({ since: null, before: release })

/** Releases from one on and before another. */
export const between = (from: string, to: string): ReleaseRange => ({ since: from, before: to })

/** The three that are written in Rust. */
export const electrsFamily = { "romanz electrs": any, "Blockstream electrs": any, "mempool electrs": any } as const

/** Blockstream's and its fork. */
export const esploraFamily = { "Blockstream electrs": any, "mempool electrs": any } as const
