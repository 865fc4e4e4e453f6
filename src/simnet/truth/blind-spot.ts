import type { PlannedServer } from "../plan/plan.ts"
import { unseenBecause } from "../plan/unseen-lie.ts"
import { deceivesOrAttacks } from "./hostility.ts"

/** Traits that show in answers only to what nobody asks who harms nobody, and why. */
const unaskedTraits: ReadonlyMap<string, string> = new Map([
  ["phishing-broadcast", "in answer to a broadcast, and nothing is ever broadcast"]
])

/**
 * Why none of a server's deceit or attack can be seen by whoever asks harmlessly
 * and says who he is: a blind spot of every such observer, whatever he asks. Null
 * where some of it can be seen, though perhaps not by everybody, and for servers
 * that mean no harm.
 */
export const blindSpotOf = ({ conduct, lies, model, traits }: Pick<PlannedServer, "conduct" | "lies" | "model" | "traits">): string | null => {
  if (conduct.some((text) => /^(?:relays|copies) /.test(text))) return null
  const reasons = [
    ...lies.filter((lie) => !("innocent" in lie)).map((lie) => unseenBecause(lie, model.chain.name)),
    ...traits.filter(deceivesOrAttacks).map((trait) => unaskedTraits.get(trait))
  ]
  const told = reasons.flatMap((reason) => reason ?? [])
  return reasons.length === 0 || told.length < reasons.length ? null : [...new Set(told)].join("; ")
}

/** Names in the list above, for a test. */
export const unaskedTraitNames: ReadonlyArray<string> = [...unaskedTraits.keys()]
