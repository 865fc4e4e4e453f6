import type { ProbeOutcome } from "../domain/reason.ts"

/** Why nothing more can be exchanged. */
export type SessionEnd =
  /** The server closed its side (end of stream). */
  | "closed"
  | "reset"
  /** TLS failed after its handshake, e.g. by an alert. */
  | "tls"
  /** A line, or all of them together, exceeded its bound. */
  | "too large"
  /** Unasked lines exceeded their bound. */
  | "flood"
  /** Garbage where only a reply makes sense. */
  | "garbage"
  /** All visits together held more than they may. */
  | "budget"

/** What becomes of requests that were outstanding when we ended the session. */
export const outcomeAtEnd: Readonly<Record<Exclude<SessionEnd, "closed" | "reset" | "tls">, ProbeOutcome>> = {
  "too large": "closed",
  flood: "malformed",
  garbage: "malformed",
  budget: "too large"
}
