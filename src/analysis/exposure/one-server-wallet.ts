import type { Route, WalletNetwork } from "./candidate.ts"
import { computedOf } from "./interval.ts"
import { chancesInWorlds, type OwnerExposure, type Ownership } from "./owners.ts"
import { usableBy, usableShare } from "./simulate-wallets.ts"
import type { World } from "./worlds.ts"

/**
 * Wallets that know one public server at a time, as mobile and companion apps
 * usually do: any usable one of the list, each as likely, drawn once (`fixed`)
 * or anew at every start. That server sees all addresses, and the IP address.
 * Computed, not simulated; servers of which it is not known whether they are
 * usable count by the chance that they are.
 */
export const oneServerExposure = (
  { candidates }: WalletNetwork,
  ownership: Ownership,
  worlds: ReadonlyArray<World>,
  { fixed, route, starts }: { readonly route: Route; readonly fixed: boolean; readonly starts: number }
): ReadonlyArray<OwnerExposure> => {
  const chances = [usableShare(candidates, false), usableShare(candidates, true)] as const
  const weights = candidates.map((candidate) => {
    const usable = candidate.isDefault ? usableBy(candidate, route) : false
    return usable === null ? chances[candidate.onion ? 1 : 0] : usable ? 1 : 0
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const probability = (weight: number): number => {
    if (total === 0) return 0
    const share = Math.min(1, weight / total)
    return fixed ? share : 1 - (1 - share) ** starts
  }
  return chancesInWorlds(weights, ownership, worlds, probability).map((chances, i) => {
    const main = computedOf(chances)
    return { owner: ownership.owners[i]!, starts, main, connected: main, scripts: main }
  })
}
