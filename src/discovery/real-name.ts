import type { Advertisement } from "../domain/advertisement.ts"
import { maxRawLength } from "./bounded-text.ts"
import { advertisementOf, type ClaimRules, malformed } from "./claim.ts"
import { type DefaultPorts, readFeatureTokens } from "./feature-tokens.ts"

/**
 * Read a legacy real name, the announcement of Electrum's IRC days that peer
 * parsers still use inside: `<host> v<version> [p<limit>] [s[port]] [t[port]]`,
 * tokens in any order after the host, e.g. `erbium1.sytes.net v1.0 s t`.
 * Total: what is wrong is the `problem` or a note of the result.
 */
export const parseRealName = (text: string, defaults: DefaultPorts, rules: ClaimRules): Advertisement => {
  if (text.length > maxRawLength) return malformed(text, "too long")
  const [host = "", ...tokens] = text.trim().split(/\s+/)
  return advertisementOf({ raw: text, host, address: null, ...readFeatureTokens(tokens, defaults) }, rules)
}
