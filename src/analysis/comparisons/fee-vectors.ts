import type { ServerTraits, SnapshotTraits } from "../traits/server-traits.ts"
import { once } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"

/** Fewer telling estimates than this are a quiet mempool: chance makes them equal. */
const leastEstimates = 4

/** All telling estimates of an epoch as one feature, in satoshi; undefined in a quiet one. */
const vectorOf = ({ fees, tellingTargets }: SnapshotTraits): string | undefined =>
  tellingTargets.size < leastEstimates
    ? undefined
    : [...tellingTargets].toSorted((a, b) => a - b).map((target) => `${target}:${Math.round((fees.get(target) ?? 0) * 1e8)}`).join(" ")

/** By snapshot and tip: what its node estimated. */
const vectorsOf = once((server: ServerTraits): ReadonlyMap<string, string> =>
  new Map(server.snapshots.flatMap((snapshot) => {
    const vector = vectorOf(snapshot)
    return vector === undefined ? [] : [[`${snapshot.snapshotId} ${snapshot.tipHash}`, vector] as const]
  })))

/** Estimates of both were equal at several times. */
export const feeVectors: Comparison = {
  name: "fee estimates",
  definition: "In at least two snapshots, and half of those compared, both gave equal estimates at all targets that tell nodes apart; quiet snapshots are not compared.",
  question: "shared infrastructure",
  forgeability: "backend",
  bundle: "backend",
  /**
   * u: a node estimates from what it saw of thousands of transactions, in steps of
   * five in a hundred; four equal estimates of two nodes happen, at two or three
   * blocks hardly. Different times are one feature each, and dependent ones.
   */
  levels: [
    { name: "in all of three or more snapshots", m: 0.6, u: 1e-4, measured: false },
    { name: "in half of them or more", m: 0.3, u: 1e-3, measured: false }
  ],
  innocent: ["a node that is rented out or shared by friends", "one server that relays the other", "nodes that were started together from one copy"],
  keys: once((server) => [...vectorsOf(server)].map(([epoch, vector]) => `${epoch} ${vector}`)),
  compare: (a, b) => {
    const [ofA, ofB] = [vectorsOf(a), vectorsOf(b)]
    const epochs = [...ofA.keys()].filter((epoch) => ofB.has(epoch)).toSorted()
    const equal = epochs.filter((epoch) => ofA.get(epoch) === ofB.get(epoch))
    if (equal.length < 2 || equal.length * 2 < epochs.length) return undefined
    return {
      level: equal.length === epochs.length && equal.length > 2 ? 0 : 1,
      detail: { compared: epochs.length, equal: equal.length, snapshot: Number(equal[0]!.split(" ", 1)[0]), estimates: ofA.get(equal[0]!)! }
    }
  }
}
