import type { Identification } from "../../domain/identification.ts"
import type { Behaviour } from "./behaviour.ts"
import { compareClaims } from "./claims.ts"
import { deepRules } from "./deep-rules.ts"
import { closingRule, errorReadings } from "./error-rules.ts"
import { featuresRules } from "./features-rules.ts"
import { fingerprintOf, fingerprintRecipe } from "./fingerprint.ts"
import { handshakeRules } from "./handshake-rules.ts"
import { proxySigns } from "./proxy.ts"
import { resultRules } from "./result-rules.ts"
import type { Rule } from "./rule.ts"
import { type Found, weigh } from "./weigh.ts"
import { wireRules } from "./wire-rules.ts"

/** All rules but those about the sentences of errors, which are found by their sentence. */
export const rules: ReadonlyArray<Rule> = [...wireRules, ...handshakeRules, ...featuresRules, ...resultRules, ...deepRules, closingRule]

/**
 * Which software a server behaves like, which releases of it, and what does not
 * go together. What it calls itself takes no part in the decision, it is only
 * compared with it. Null when nothing was answered.
 */
export const identify = (behaviour: Behaviour): Identification | null => {
  if (!behaviour.replies.some(({ raw }) => raw !== null)) return null
  const found: Array<Found> = errorReadings(behaviour).map(([rule, finding]) => ({ ...finding, rule }))
  for (const rule of rules) {
    const finding = rule.look(behaviour)
    if (finding !== null) found.push({ ...finding, rule })
  }
  const { candidates, confidence, contradictions, implementation, likely, range, readings } = weigh(found)
  const compared = compareClaims(behaviour, { implementations: likely, named: implementation, range })
  return {
    implementation,
    range,
    confidence,
    contradictions: [...contradictions, ...compared.contradictions],
    proxy: proxySigns(behaviour, likely),
    remarks: compared.remarks,
    readings,
    candidates,
    fingerprintHash: fingerprintOf(behaviour),
    fingerprintRecipe
  }
}
