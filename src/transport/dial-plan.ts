import type { Endpoint } from "../domain/endpoint.ts"
import type { DialFacts } from "../domain/visit.ts"

/** What is known of an endpoint before connecting: which address will be dialled, and through what. */
export interface DialPlan {
  readonly endpoint: Endpoint
  readonly dial: DialFacts
  /**
   * Further addresses of the name, in the order in which they are dialled where those before them do
   * not answer: whoever connects occupies and books all of them. Left out where there are none.
   */
  readonly others?: ReadonlyArray<string>
  /** Milliseconds the resolution took; null where none was needed. */
  readonly resolvedMs: number | null
}
