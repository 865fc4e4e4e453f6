import { seededRandom } from "../seeded-random.ts"
import type { CandidateServer, Route, WalletNetwork } from "./candidate.ts"
import type { SelectionPolicy } from "./selection-policy.ts"
import { Sightings } from "./sightings.ts"
import { type LifeNetwork, type WalletHabits, walletLives } from "./wallet-life.ts"

/** Places and numbers instead of words; `usable` is null where it has to be drawn for each life. */
interface Prepared {
  readonly fixed: Omit<LifeNetwork, "usable" | "groupSize">
  readonly usable: ReadonlyArray<boolean | null>
  /** Probability that a server of which it is not known is usable. */
  readonly chance: ReadonlyArray<number>
}

const numbered = (words: ReadonlyArray<string | null>): Int32Array => {
  const numbers = new Map<string, number>()
  return Int32Array.from(words, (word) => {
    if (word === null) return -1
    const known = numbers.get(word)
    if (known !== undefined) return known
    numbers.set(word, numbers.size)
    return numbers.size - 1
  })
}

/**
 * The share of servers that are usable, among those of one kind of which it is
 * known; onions borrow from the rest where none is known.
 */
export const usableShare = (candidates: ReadonlyArray<CandidateServer>, onion: boolean): number => {
  const kind = candidates.filter((candidate) => candidate.onion === onion && candidate.usable !== null)
  const known = kind.length > 0 ? kind : candidates.filter(({ usable }) => usable !== null)
  return (known.filter(({ usable }) => usable).length + 1) / (known.length + 2)
}

/** Whether a wallet that goes this way can use a candidate; null: to be drawn. */
export const usableBy = (candidate: CandidateServer, route: Route): boolean | null =>
  candidate.onion && route === "clearnet" ? false : candidate.usable

const prepare = ({ candidates, peers }: WalletNetwork, policy: SelectionPolicy, route: Route): Prepared => {
  const shares = [usableShare(candidates, false), usableShare(candidates, true)] as const
  const { groupOf } = policy
  return {
    fixed: {
      defaults: Int32Array.from(candidates.flatMap((candidate, i) => candidate.isDefault && !policy.excludes(candidate) ? [i] : [])),
      isDefault: Uint8Array.from(candidates, ({ isDefault }) => isDefault ? 1 : 0),
      bucket: numbered(candidates.map(({ bucket }) => bucket)),
      onion: Uint8Array.from(candidates, ({ onion }) => onion ? 1 : 0),
      group: groupOf === null ? null : numbered(candidates.map(groupOf)),
      peers
    },
    usable: candidates.map((candidate) => policy.excludes(candidate) ? false : usableBy(candidate, route)),
    chance: candidates.map(({ onion }) => shares[onion ? 1 : 0])
  }
}

/**
 * Simulates so many lives of a wallet that chooses servers by a policy. What is
 * not known of a server (whether it can be used) is drawn for each life. The
 * result depends on the seed and on the order of candidates only.
 */
export const simulateWallets = (
  network: WalletNetwork,
  policy: SelectionPolicy,
  habits: WalletHabits,
  { lives, randomSeed }: { readonly lives: number; readonly randomSeed: number }
): Sightings => {
  const { chance, fixed, usable } = prepare(network, policy, habits.route)
  const random = seededRandom(randomSeed)
  const sightings = new Sightings(policy.mains)
  const drawn = Uint8Array.from(usable, (is) => is === true ? 1 : 0)
  const unknown = usable.flatMap((is, i) => is === null ? [i] : [])
  const groupSize = new Int32Array(usable.length)
  const live = walletLives({ ...fixed, usable: drawn, groupSize }, policy, habits, random, sightings)
  for (let life = 0; life < lives; life++) {
    for (const i of unknown) drawn[i] = random() < chance[i]! ? 1 : 0
    if (fixed.group !== null && (life === 0 || unknown.length > 0)) {
      groupSize.fill(0)
      fixed.group.forEach((group, i) => (groupSize[group]! += drawn[i]!))
    }
    live()
  }
  return sightings
}
