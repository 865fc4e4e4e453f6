import type { ServerTraits } from "../traits/server-traits.ts"
import { fleetKits, plantFleet } from "./planted-fleet.ts"

/** What a linkage says of two servers. */
export interface LinkedPair {
  readonly a: number
  readonly b: number
  readonly operator: number
  readonly infrastructure: number
}

/** What is tried of a kind of fleet. */
export interface FleetReach {
  readonly kit: string
  readonly question: "operator" | "infrastructure"
  /** Share of a fleet's pairs that were found, by its size, mean over the draws; sizes for which there were servers. */
  readonly found: ReadonlyArray<{ readonly size: number; readonly share: number }>
  /** The smallest size from which on at least half of the pairs are found at every size tried; null: none. */
  readonly smallest: number | null
  /** Servers that were strangers and were said to be the fleet's, most over all draws. */
  readonly drawnIn: number
}

export interface PowerOptions {
  readonly sizes: ReadonlyArray<number>
  /** Fleets drawn for each size. */
  readonly draws: number
  readonly threshold: number
}

export const defaultPowerOptions: PowerOptions = { sizes: [2, 3, 5, 10], draws: 2, threshold: 0.95 }

/**
 * The smallest fleets that this crawl could have shown: servers of which nothing
 * is said are made alike, and the linkage is run again. What is never found is
 * said too: "no fleet" is worth no more than this.
 *
 * @param link the same linkage that was run on the crawl
 * @param strangers servers in no group, of which fleets are made
 */
export const fleetPower = (
  traits: ReadonlyArray<ServerTraits>,
  strangers: ReadonlySet<number>,
  link: (traits: ReadonlyArray<ServerTraits>) => ReadonlyArray<LinkedPair>,
  { draws, sizes, threshold }: PowerOptions = defaultPowerOptions
): ReadonlyArray<FleetReach> =>
  fleetKits.map((kit) => {
    let drawnIn = 0
    const found = sizes.flatMap((size) => {
      const shares = Array.from({ length: draws }, (_, draw) => {
        const planted = plantFleet(traits, strangers, kit, size, 1 + draw)
        if (planted === undefined) return []
        const members = new Set(planted.members)
        const said = link(planted.traits).filter((pair) => pair[kit.question] >= threshold)
        const inside = said.filter(({ a, b }) => members.has(a) && members.has(b)).length
        const touched = said.filter(({ a, b }) => members.has(a) !== members.has(b))
        drawnIn = Math.max(drawnIn, new Set(touched.map(({ a, b }) => members.has(a) ? b : a)).size)
        return [inside / (size * (size - 1) / 2)]
      }).flat()
      return shares.length === 0 ? [] : [{ size, share: shares.reduce((sum, share) => sum + share, 0) / shares.length }]
    })
    const lastMiss = found.findLastIndex(({ share }) => share < 0.5)
    return { kit: kit.name, question: kit.question, found, smallest: found[lastMiss + 1]?.size ?? null, drawnIn }
  })
