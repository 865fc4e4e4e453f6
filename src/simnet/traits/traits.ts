import type { Trait } from "../server/trait.ts"
import { connectionTraits } from "./connection-traits.ts"
import { contentTraits } from "./content-traits.ts"
import { headerTraits } from "./header-traits.ts"
import { historyTraits } from "./history-traits.ts"
import { peerTraits } from "./peer-traits.ts"
import { sessionTraits } from "./session-traits.ts"
import { wireTraits } from "./wire-traits.ts"

/** Every way to misbehave by its name in scenarios. */
export const traits: Readonly<Record<string, Trait>> = {
  ...connectionTraits,
  ...wireTraits,
  ...sessionTraits,
  ...contentTraits,
  ...headerTraits,
  ...historyTraits,
  ...peerTraits
}
