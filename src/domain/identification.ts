import type { Implementation, ReleaseRange } from "./implementation.ts"

/**
 * How costly it is to show something else: a text is a line of configuration, a
 * form needs a program in between that knows the methods, the wire one that
 * writes every line anew.
 */
export type Effort = "text" | "form" | "wire"

/** One thing a server showed, and who shows it. */
export interface Reading {
  /** Name of the rule. */
  readonly rule: string
  readonly saw: string
  /** What shows this, with the releases that do; nothing for what no known software shows. */
  readonly fits: Readonly<Partial<Record<Implementation, string>>>
  readonly effort: Effort
  /** Section of the protocol facts it rests on. */
  readonly source: string
}

/**
 * Is a contradiction one between two things that a server states of itself? The
 * others are between a statement, or one way of behaving, and the rest of how it
 * behaves: forks, patched builds and proxies make those by the dozen.
 */
export const isOfStatements = (contradiction: string): boolean =>
  /^server\.features claims another software|^protocol .* was agreed on, not /.test(contradiction)

/** What the behaviour of one visit says about the software behind it, whatever that calls itself. */
export interface Identification {
  /** Null when nothing known fits well enough, or two fit alike. ElectrumX includes its forks. */
  readonly implementation: Implementation | null
  /** Releases that fit what was seen; null without implementation. */
  readonly range: ReleaseRange | null
  /** Probability of the likeliest implementation, 0 to 1: all known ones equally likely beforehand, and an unknown one. */
  readonly confidence: number
  /**
   * Claims and traits that do not go together. A proxy, a fork, a patched build or
   * an old banner make them too: no verdict.
   */
  readonly contradictions: ReadonlyArray<string>
  /**
   * What shows that something in front of the software speaks TLS for it, so that
   * certificate and handshake are not the software's. Empty: nothing does, which
   * is not that there is none. Never a contradiction.
   */
  readonly proxy: ReadonlyArray<string>
  /** What is odd and innocent. */
  readonly remarks: ReadonlyArray<string>
  readonly readings: ReadonlyArray<Reading>
  /** Probability by implementation, those above 1 in 1,000; what is missing to 1 is unknown software. */
  readonly candidates: Readonly<Partial<Record<Implementation, number>>>
  /** Hash of the normalised behaviour, lower-case hex; null when a probe it needs has no definite result. */
  readonly fingerprintHash: string | null
  /** Version of the recipe of that hash; hashes of different recipes cannot be compared. */
  readonly fingerprintRecipe: number
}
