import type { FeeHistogram } from "../../domain/snapshot.ts"
import type { SnapshotTraits } from "./server-traits.ts"

/** A reading of a kept snapshot that may be compared, before it is held against those of the other servers. */
export interface ComparedReading extends Omit<SnapshotTraits, "tellingTargets" | "histogramCommon"> {
  readonly serverId: number
  readonly implementation: string | null
  readonly histogram: FeeHistogram | null
}

/** Bitcoin Core's relay fee up to release 29, BTC per 1,000 vB: the floor where a server does not tell its own. */
const usualFloor = 0.00001

/** Of fewer servers most are few: nothing is called common then. */
const leastServers = 6

const satoshi = (fee: number): number => Math.round(fee * 1e8)

const countBy = <A>(items: Iterable<A>, keyOf: (item: A) => string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const item of items) {
    const key = keyOf(item)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** Estimates of one tip, by target: those of another block are others'. */
const estimatesOf = ({ fees, tipHash }: Pick<ComparedReading, "fees" | "tipHash">): ReadonlyArray<string> =>
  [...fees].map(([target, fee]) => `${target} ${satoshi(fee)} ${tipHash}`)

/** What estimates are above: Bitcoin Core's usual relay fee, or what the node relays. */
const floorOf = ({ relayFee }: Pick<ComparedReading, "relayFee">): number => satoshi(relayFee ?? usualFloor)

/**
 * The least chance that two nodes estimate the same: nodes differ by some tenth
 * of what an estimate is above the floor, so near it there are few numbers.
 */
const leastChance = (fee: number, floor: number): number => {
  const above = fee - Math.max(floor, fee > satoshi(usualFloor) ? satoshi(usualFloor) : 0)
  return 1 / (1 + 0.1 * above)
}

/**
 * How likely another node gives the same estimate for a target, to the satoshi,
 * as far as one snapshot shows. Readings that are equal throughout count once, as
 * if they were one node's: no fleet makes its own estimates common. The chance is
 * how often two nodes at one tip agree at that target, half a pair added
 * (Jeffreys), and no less than the share that shows this very value, where more
 * than one does. So it grows by itself where mempools are quiet, or where software
 * gives estimates in steps. Nodes that are alone at their tip, be it a late one,
 * have the chance that those at other tips show.
 */
const chances = (readings: ReadonlyArray<ComparedReading>): (reading: ComparedReading, target: number, fee: number) => number => {
  const nodes = [...new Map(readings.map((reading) => [estimatesOf(reading).toSorted().join(), reading])).values()]
  const showing = countBy(nodes.flatMap(estimatesOf), (estimate) => estimate)
  const estimating = countBy(nodes.flatMap(({ fees, tipHash }) => [...fees.keys()].map((target) => `${target} ${tipHash}`)), (key) => key)
  const pairsBy = (counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> => {
    const pairs = new Map<string, number>()
    for (const [key, count] of counts) {
      const target = key.slice(0, key.indexOf(" "))
      pairs.set(target, (pairs.get(target) ?? 0) + count * (count - 1) / 2)
    }
    return pairs
  }
  const [equal, compared] = [pairsBy(showing), pairsBy(estimating)]
  return (reading, target, fee) => {
    const ofAny = (equal.get(String(target))! + 0.5) / (compared.get(String(target))! + 1)
    const having = showing.get(`${target} ${satoshi(fee)} ${reading.tipHash}`)!
    const ofThis = having > 1 ? (having - 0.5) / estimating.get(`${target} ${reading.tipHash}`)! : 0
    return Math.max(ofAny, ofThis, leastChance(satoshi(fee), floorOf(reading)))
  }
}

/**
 * Readings of one snapshot, with what tells their nodes apart: an estimate at
 * what its node relays is what a quiet mempool gives everybody, and what most
 * servers show is the network's, not a node's. The least fee of a full mempool is
 * its node's own, and tells.
 */
const tellingOf = (readings: ReadonlyArray<ComparedReading>): ReadonlyArray<readonly [number, SnapshotTraits]> => {
  const estimates = countBy(readings.flatMap(estimatesOf), (estimate) => estimate)
  const chanceOf = chances(readings)
  const asked = countBy(readings.flatMap((reading) => [...reading.fees.keys()]), String)
  const shown = readings.filter((reading) => reading.histogramText !== null)
  const histogramOf = ({ histogramText, implementation, tipHash }: ComparedReading): string => `${implementation} ${tipHash} ${histogramText}`
  const histograms = countBy(shown, histogramOf)
  const showing = countBy(shown, (reading) => `${reading.implementation}`)
  const isCommon = (count: number, of: number): boolean => of >= leastServers && count > of / 2
  return readings.map((reading) => {
    const { implementation, serverId, ...rest } = reading
    const telling = [...reading.fees].filter(([target, fee]) =>
      satoshi(fee) > floorOf(reading) &&
      !isCommon(estimates.get(`${target} ${satoshi(fee)} ${reading.tipHash}`)!, asked.get(String(target))!))
    return [serverId, {
      ...rest,
      tellingTargets: new Map(telling.map(([target, fee]) => [target, chanceOf(reading, target, fee)])),
      histogramCommon: reading.histogramText !== null && isCommon(histograms.get(histogramOf(reading))!, showing.get(`${implementation}`)!)
    }]
  })
}

/** Readings by server, ascending by snapshot. */
export const snapshotsByServer = (readings: Iterable<ComparedReading>): ReadonlyMap<number, ReadonlyArray<SnapshotTraits>> => {
  const told = [...Map.groupBy(readings, ({ snapshotId }) => snapshotId).values()]
    .flatMap(tellingOf)
    .toSorted(([, a], [, b]) => a.snapshotId - b.snapshotId)
  return new Map([...Map.groupBy(told, ([serverId]) => serverId)].map(([serverId, all]) => [serverId, all.map(([, traits]) => traits)]))
}
