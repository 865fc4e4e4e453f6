import { satoshiOf } from "../../domain/satoshi.ts"
import type { ServerTraits, SnapshotTraits } from "../traits/server-traits.ts"
import { once } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"
import { worthTogether } from "./worth-together.ts"

/** Fewer telling estimates than this are a quiet mempool: chance makes them equal. */
const leastEstimates = 4

/** A snapshot with its estimates side by side: those of all pairs that share some are compared. */
interface Epoch extends SnapshotTraits {
  readonly targets: ReadonlyArray<number>
  /** By place of the target, in satoshi. */
  readonly satoshi: ReadonlyArray<number>
}

const epochOf = (snapshot: SnapshotTraits): Epoch =>
  ({ ...snapshot, targets: [...snapshot.fees.keys()], satoshi: Array.from(snapshot.fees.values(), satoshiOf) })

/** Epochs, one snapshot at one tip each, with enough telling estimates. */
const epochsOf = once((server: ServerTraits): ReadonlyMap<string, Epoch> =>
  new Map(server.snapshots
    .filter(({ tellingTargets }) => tellingTargets.size >= leastEstimates)
    .map((snapshot) => [`${snapshot.snapshotId} ${snapshot.tipHash}`, epochOf(snapshot)])))

/** Telling estimates of an epoch, in satoshi, each as `target:estimate`. */
const tellingOf = ({ fees, tellingTargets }: SnapshotTraits): ReadonlyArray<string> =>
  [...tellingTargets.keys()].toSorted((a, b) => a - b).map((target) => `${target}:${satoshiOf(fees.get(target)!)}`)

/** Both gave the same estimates wherever both gave any, at enough targets that tell. */
const isEqual = (a: Epoch, b: Epoch): boolean => {
  for (let i = 0; i < a.targets.length; i++) {
    // Mostly the same targets were asked for in the same order.
    const place = a.targets[i] === b.targets[i] ? i : b.targets.indexOf(a.targets[i]!)
    if (place >= 0 && a.satoshi[i] !== b.satoshi[place]) return false
  }
  let telling = 0
  for (const target of a.tellingTargets.keys()) if (b.tellingTargets.has(target)) telling++
  return telling >= leastEstimates
}

/** Fewer snapshots in common refute nothing: an estimate may be of the block before. */
const leastRefuting = 2

/**
 * Whether estimates speak against one node, telling or not: in at least two
 * snapshots, and more than half of those that both answered at one tip, they were not
 * the same where both gave any.
 */
export const estimatesDiffer = (a: ServerTraits, b: ServerTraits): boolean => {
  let [compared, differing] = [0, 0]
  for (const mine of a.snapshots) {
    const yours = b.snapshots.find(({ snapshotId, tipHash }) => snapshotId === mine.snapshotId && tipHash === mine.tipHash)
    if (yours === undefined || !mine.fees.keys().some((target) => yours.fees.has(target))) continue
    compared++
    if (mine.fees.entries().some(([target, fee]) => yours.fees.has(target) && satoshiOf(yours.fees.get(target)!) !== satoshiOf(fee))) differing++
  }
  return differing >= leastRefuting && 2 * differing > compared
}

/**
 * The numbers of an equal epoch, in satoshi, with what each is worth in bits by
 * its own chance. A number that stands at several targets is one number.
 */
const numbersOf = (a: SnapshotTraits, b: SnapshotTraits): ReadonlyMap<number, number> => {
  const bits = new Map<number, number>()
  for (const [target, chance] of a.tellingTargets) {
    const other = b.tellingTargets.get(target)
    if (other === undefined) continue
    const number = satoshiOf(a.fees.get(target)!)
    bits.set(number, Math.min(bits.get(number) ?? Infinity, -Math.log2(Math.max(chance, other))))
  }
  return bits
}

/**
 * The most that equal epochs are worth by chance, in bits, and how many of them
 * had anything new. A number counts at the first time: what comes again is a
 * setting. Nodes that agree in one estimate of an epoch saw much of the same, see
 * `worthTogether`.
 */
const worthOf = (epochs: ReadonlyArray<ReadonlyMap<number, number>>): { readonly bits: number; readonly news: number } => {
  const known = new Set<number>()
  let [bits, news] = [0, 0]
  for (const numbers of epochs) {
    const own: Array<number> = []
    for (const [number, worth] of numbers) {
      if (known.has(number)) continue
      known.add(number)
      own.push(worth)
    }
    if (own.length === 0) continue
    news++
    bits += worthTogether(own)
  }
  return { bits, news }
}

/** Of an agreement that chance brings about this often or less, by level. */
const rarities = [1e-5, 1e-3] as const

/** Estimates of both were equal at several times. */
export const feeVectors: Comparison = {
  name: "fee estimates",
  definition: "In at least two snapshots, and half of those compared, both gave equal estimates at all targets that tell nodes apart; quiet snapshots are not compared, and numbers that come again count once.",
  question: "shared infrastructure",
  forgeability: "backend",
  bundle: "backend",
  /**
   * u is what the levels are made of: how often estimates of other nodes were
   * equal in the same snapshots. However rare that makes an agreement, it does not
   * go below one in 100,000, since whatever makes two nodes alike once (a copied
   * data directory) does so again.
   */
  levels: [
    { name: "by chance in one of 100,000 pairs or fewer", m: 0.6, u: rarities[0], measured: false },
    { name: "by chance in one of 1,000 pairs or fewer", m: 0.2, u: rarities[1], measured: false }
  ],
  innocent: ["a node that is rented out or shared by friends", "one server that relays the other", "nodes that were started together from one copy"],
  // Of seven targets at the most, who agree in four agree in one of their first four.
  keys: once((server) => [...epochsOf(server)].flatMap(([epoch, snapshot]) => tellingOf(snapshot).slice(0, leastEstimates).map((estimate) => `${epoch} ${estimate}`))),
  compare: (a, b) => {
    const [ofA, ofB] = [epochsOf(a), epochsOf(b)]
    if (ofA.size < 2 || ofB.size < 2) return undefined
    const compared: Array<string> = []
    for (const epoch of ofA.keys()) if (ofB.has(epoch)) compared.push(epoch)
    if (compared.length < 2) return undefined
    const equal = compared.filter((epoch) => isEqual(ofA.get(epoch)!, ofB.get(epoch)!)).sort()
    if (equal.length < 2 || equal.length * 2 < compared.length) return undefined
    const { bits, news } = worthOf(equal.map((epoch) => numbersOf(ofA.get(epoch)!, ofB.get(epoch)!)))
    const level = rarities.findIndex((rarity) => bits >= -Math.log2(rarity))
    if (news < 2 || level === -1) return undefined
    return {
      level,
      detail: () => ({
        compared: compared.length,
        equal: equal.length,
        bits_by_chance: Math.round(bits),
        snapshot: ofA.get(equal[0]!)!.snapshotId,
        estimates: tellingOf(ofA.get(equal[0]!)!).join(" ")
      })
    }
  }
}
