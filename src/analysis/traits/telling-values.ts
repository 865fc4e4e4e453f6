import { satoshiOf } from "../../domain/satoshi.ts"
import type { FeeHistogram } from "../../domain/snapshot.ts"
import { estimateStep } from "./estimate-steps.ts"
import { histogramChances, isCommon } from "./histogram-chances.ts"
import type { SnapshotTraits } from "./server-traits.ts"

/** A reading of a kept snapshot that may be compared, before it is held against those of the other servers. */
export interface ComparedReading extends Omit<SnapshotTraits, "tellingTargets" | "histogramChance"> {
  readonly serverId: number
  readonly implementation: string | null
  readonly histogram: FeeHistogram | null
}

/** Bitcoin Core's relay fee up to release 29, BTC per 1,000 vB: the floor where a server does not tell its own. */
const usualFloor = 0.00001

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
  [...fees].map(([target, fee]) => `${target} ${satoshiOf(fee)} ${tipHash}`)

/** What estimates are above: Bitcoin Core's usual relay fee, or what the node relays. */
const floorOf = ({ relayFee }: Pick<ComparedReading, "relayFee">): number => satoshiOf(relayFee ?? usualFloor)

/** How far the numbers next to an estimate are that its server can answer with, in satoshi: 1 or more. */
type StepOf = (serverId: number, fee: number) => number

/** Learnt of all that each server estimated above its floor, over all snapshots. */
const stepsOf = (readings: ReadonlyArray<ComparedReading>): StepOf => {
  const steps = new Map([...Map.groupBy(readings, ({ serverId }) => serverId)].map(([serverId, own]) => [
    serverId,
    estimateStep(own.flatMap((reading) => [...reading.fees.values()].map(satoshiOf).filter((fee) => fee > floorOf(reading))))
  ]))
  return (serverId, fee) => steps.get(serverId)?.(fee) ?? 1
}

/**
 * The least chance that two nodes estimate the same: nodes differ by some tenth
 * of what an estimate is above the floor, so near it there are few numbers, and
 * fewer where estimators round.
 */
const leastChance = (fee: number, floor: number, step: number): number => {
  const above = fee - Math.max(floor, fee > satoshiOf(usualFloor) ? satoshiOf(usualFloor) : 0)
  return 1 / (1 + 0.1 * above / step)
}

/**
 * How likely another node gives the same estimate for a target, to the satoshi,
 * as far as one snapshot shows. Readings that are equal throughout count once, as
 * if they were one node's: no fleet makes its own estimates common. The chance is
 * how often two nodes at one tip agree at that target, half a pair added
 * (Jeffreys), and no less than the share that shows this very value, where more
 * than one does. So it grows by itself where mempools are quiet, or where software
 * gives estimates in steps. Where this server rounds, all nodes within a step of
 * its number would give the same if they rounded as well. Nodes that are alone at
 * their tip, be it a late one, have the chance that those at other tips show.
 */
const chances = (readings: ReadonlyArray<ComparedReading>, stepOf: StepOf): (reading: ComparedReading, target: number, fee: number) => number => {
  const nodes = [...new Map(readings.map((reading) => [estimatesOf(reading).toSorted().join(), reading])).values()]
  const showing = countBy(nodes.flatMap(estimatesOf), (estimate) => estimate)
  /** By target and tip, of nodes that gave any. */
  const estimatesAt = Map.groupBy(
    nodes.flatMap(({ fees, tipHash }) => [...fees].map(([target, fee]) => ({ at: `${target} ${tipHash}`, estimate: satoshiOf(fee) }))),
    ({ at }) => at
  )
  const pairsBy = (counts: Iterable<readonly [string, number]>): ReadonlyMap<string, number> => {
    const pairs = new Map<string, number>()
    for (const [key, count] of counts) {
      const target = key.slice(0, key.indexOf(" "))
      pairs.set(target, (pairs.get(target) ?? 0) + count * (count - 1) / 2)
    }
    return pairs
  }
  const [equal, compared] = [pairsBy(showing), pairsBy(estimatesAt.entries().map(([at, { length }]) => [at, length]))]
  const known = new Map<string, number>()
  /** Share of nodes within a step of an estimate; one of them is its own. */
  const near = (at: string, fee: number, step: number): number => {
    const key = `${at} ${fee} ${step}`
    const all = estimatesAt.get(at)!
    const share = known.get(key) ?? (all.filter(({ estimate }) => Math.abs(estimate - fee) < step).length - 0.5) / all.length
    known.set(key, share)
    return share
  }
  return (reading, target, fee) => {
    const ofAny = (equal.get(String(target))! + 0.5) / (compared.get(String(target))! + 1)
    const at = `${target} ${reading.tipHash}`
    const having = showing.get(`${target} ${satoshiOf(fee)} ${reading.tipHash}`)!
    const ofThis = having > 1 ? (having - 0.5) / estimatesAt.get(at)!.length : 0
    const step = stepOf(reading.serverId, satoshiOf(fee))
    const ofNear = step > 1 ? near(at, satoshiOf(fee), step) : 0
    return Math.max(ofAny, ofThis, ofNear, leastChance(satoshiOf(fee), floorOf(reading), step))
  }
}

/**
 * Readings of one snapshot, with what tells their nodes apart: an estimate at
 * what its node relays is what a quiet mempool gives everybody, and what most
 * servers show is the network's, not a node's. The least fee of a full mempool is
 * its node's own, and tells.
 */
const tellingOf = (readings: ReadonlyArray<ComparedReading>, stepOf: StepOf): ReadonlyArray<readonly [number, SnapshotTraits]> => {
  const estimates = countBy(readings.flatMap(estimatesOf), (estimate) => estimate)
  const chanceOf = chances(readings, stepOf)
  const histogramChance = histogramChances(readings)
  const asked = countBy(readings.flatMap((reading) => [...reading.fees.keys()]), String)
  return readings.map((reading) => {
    const { implementation: _, serverId, ...rest } = reading
    const telling = [...reading.fees].filter(([target, fee]) =>
      satoshiOf(fee) > floorOf(reading) &&
      !isCommon(estimates.get(`${target} ${satoshiOf(fee)} ${reading.tipHash}`)!, asked.get(String(target))!))
    return [serverId, {
      ...rest,
      tellingTargets: new Map(telling.map(([target, fee]) => [target, chanceOf(reading, target, fee)])),
      histogramChance: histogramChance(reading)
    }]
  })
}

/** Readings by server, ascending by snapshot. */
export const snapshotsByServer = (readings: Iterable<ComparedReading>): ReadonlyMap<number, ReadonlyArray<SnapshotTraits>> => {
  const all = [...readings]
  const stepOf = stepsOf(all)
  const told = [...Map.groupBy(all, ({ snapshotId }) => snapshotId).values()]
    .flatMap((ofOne) => tellingOf(ofOne, stepOf))
    .toSorted(([, a], [, b]) => a.snapshotId - b.snapshotId)
  return new Map([...Map.groupBy(told, ([serverId]) => serverId)].map(([serverId, all]) => [serverId, all.map(([, traits]) => traits)]))
}
