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

const estimatesOf = ({ fees }: Pick<ComparedReading, "fees">): ReadonlyArray<string> =>
  [...fees].map(([target, fee]) => `${target} ${satoshi(fee)}`)

/**
 * How likely another node gives the same estimate for a target, to the satoshi,
 * as far as one snapshot at one tip shows. Readings that are equal throughout
 * count once, as if they were one node's: no fleet makes its own estimates
 * common. The chance is how often two of the rest agree at that target, half a
 * pair added (Jeffreys), and no less than the share that shows this very value,
 * where more than one does. So it grows by itself where mempools are quiet, or
 * where software gives estimates in steps.
 */
const chances = (readings: ReadonlyArray<ComparedReading>): (target: number, fee: number) => number => {
  const nodes = [...new Map(readings.map((reading) => [estimatesOf(reading).toSorted().join(), reading])).values()]
  const showing = countBy(nodes.flatMap(estimatesOf), (estimate) => estimate)
  const estimating = countBy(nodes.flatMap(({ fees }) => [...fees.keys()]), String)
  const equalPairs = new Map<string, number>()
  for (const [estimate, count] of showing) {
    const target = estimate.slice(0, estimate.indexOf(" "))
    equalPairs.set(target, (equalPairs.get(target) ?? 0) + count * (count - 1) / 2)
  }
  return (target, fee) => {
    const all = estimating.get(String(target))!
    const having = showing.get(`${target} ${satoshi(fee)}`)!
    const ofAny = (equalPairs.get(String(target))! + 0.5) / (all * (all - 1) / 2 + 1)
    return Math.max(ofAny, having > 1 ? (having - 0.5) / all : 0)
  }
}

/**
 * Readings of one snapshot and one tip, with what tells their nodes apart: an
 * estimate at what its node relays is what a quiet mempool gives everybody, and
 * what most servers show is the network's, not a node's. The least fee of a full
 * mempool is its node's own, and tells.
 */
const tellingOf = (readings: ReadonlyArray<ComparedReading>): ReadonlyArray<readonly [number, SnapshotTraits]> => {
  const estimates = countBy(readings.flatMap(estimatesOf), (estimate) => estimate)
  const chanceOf = chances(readings)
  const asked = countBy(readings.flatMap((reading) => [...reading.fees.keys()]), String)
  const shown = readings.filter((reading) => reading.histogramText !== null)
  const histograms = countBy(shown, (reading) => `${reading.implementation} ${reading.histogramText}`)
  const showing = countBy(shown, (reading) => `${reading.implementation}`)
  const isCommon = (count: number, of: number): boolean => of >= leastServers && count > of / 2
  return readings.map(({ implementation, serverId, ...reading }) => {
    const floor = satoshi(reading.relayFee ?? usualFloor)
    const telling = [...reading.fees].filter(([target, fee]) =>
      satoshi(fee) > floor && !isCommon(estimates.get(`${target} ${satoshi(fee)}`)!, asked.get(String(target))!))
    return [serverId, {
      ...reading,
      tellingTargets: new Map(telling.map(([target, fee]) => [target, chanceOf(target, fee)])),
      histogramCommon: reading.histogramText !== null &&
        isCommon(histograms.get(`${implementation} ${reading.histogramText}`)!, showing.get(`${implementation}`)!)
    }]
  })
}

/** Readings by server, ascending by snapshot. */
export const snapshotsByServer = (readings: Iterable<ComparedReading>): ReadonlyMap<number, ReadonlyArray<SnapshotTraits>> => {
  const epochs = Map.groupBy(readings, (reading) => `${reading.snapshotId} ${reading.tipHash}`)
  const told = [...epochs.values()].flatMap(tellingOf).toSorted(([, a], [, b]) => a.snapshotId - b.snapshotId)
  return new Map([...Map.groupBy(told, ([serverId]) => serverId)].map(([serverId, all]) => [serverId, all.map(([, traits]) => traits)]))
}
