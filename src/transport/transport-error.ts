import { Schema } from "effect"
import { VisitPhase, VisitReason } from "../domain/reason.ts"

/** The one error of `transport/`: why no connection came about, in the vocabulary that is stored. */
export class TransportError extends Schema.TaggedError<TransportError>()("TransportError", {
  reason: VisitReason,
  phase: VisitPhase,
  /** Raw text: an errno, a resolver's or proxy's code, OpenSSL's words. */
  detail: Schema.String
}) {
  override get message(): string {
    return `${this.reason} (${this.phase}): ${this.detail}`
  }
}

/** Our own rules forbid it; `detail` says which. */
export const policyFailure = (detail: string): TransportError =>
  new TransportError({ reason: "policy", phase: "policy", detail })
