import type { FeeHistogram } from "../../domain/snapshot.ts"
import type { SnapshotTraits } from "./server-traits.ts"

/** A reading of a kept snapshot that may be compared, before it is held against those of the other servers. */
export interface ComparedReading extends Omit<SnapshotTraits, "tellingTargets" | "histogramCommon"> {
  readonly serverId: number
  readonly implementation: string | null
  /** The least fee of its node's mempool, BTC per 1,000 vB; null when not told. */
  readonly mempoolMinFee: number | null
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

const estimatesOf = (readings: ReadonlyArray<ComparedReading>): ReadonlyArray<string> =>
  readings.flatMap((reading) => [...reading.fees].map(([target, fee]) => `${target} ${satoshi(fee)}`))

/**
 * Readings of one snapshot and one tip, with what tells their nodes apart: an
 * estimate at its node's floor is what a quiet mempool gives everybody, and what
 * most servers show is the network's, not a node's.
 */
const tellingOf = (readings: ReadonlyArray<ComparedReading>): ReadonlyArray<readonly [number, SnapshotTraits]> => {
  const estimates = countBy(estimatesOf(readings), (estimate) => estimate)
  const asked = countBy(readings.flatMap((reading) => [...reading.fees.keys()]), String)
  const shown = readings.filter((reading) => reading.histogramText !== null)
  const histograms = countBy(shown, (reading) => `${reading.implementation} ${reading.histogramText}`)
  const showing = countBy(shown, (reading) => `${reading.implementation}`)
  const isCommon = (count: number, of: number): boolean => of >= leastServers && count > of / 2
  return readings.map(({ implementation, mempoolMinFee, serverId, ...reading }) => {
    const floor = satoshi(Math.max(reading.relayFee ?? usualFloor, mempoolMinFee ?? 0))
    const telling = [...reading.fees].filter(([target, fee]) =>
      satoshi(fee) > floor && !isCommon(estimates.get(`${target} ${satoshi(fee)}`)!, asked.get(String(target))!))
    return [serverId, {
      ...reading,
      tellingTargets: new Set(telling.map(([target]) => target)),
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
