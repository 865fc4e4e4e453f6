import type { Endpoint } from "../domain/endpoint.ts"
import type { DialFacts } from "../domain/visit.ts"

/** What is known of an endpoint before connecting: which address will be dialled, and through what. */
export interface DialPlan {
  readonly endpoint: Endpoint
  readonly dial: DialFacts
  /** Milliseconds the resolution took; null where none was needed. */
  readonly resolvedMs: number | null
}
