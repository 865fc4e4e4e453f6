import type { ProbeTarget } from "./probe-target.ts"
import type { ProbeOutcome } from "./reason.ts"
import { satoshiOf } from "./satoshi.ts"
import type { Visit } from "./visit.ts"

/** A block as a tip: what a server takes for the newest. */
export interface Tip {
  readonly height: number
  readonly hash: string
}

/** A value of a server, as received and as understood. */
export interface ValueReading<A> {
  readonly outcome: ProbeOutcome
  /** As written in the reply, e.g. `1e-05`; null without a result, or where the reply was too long to keep. */
  readonly text: string | null
  readonly value: A | null
}

/** What a server estimates for a number of blocks, in BTC per 1,000 vB; -1: its node has no estimate. */
export interface FeeReading extends ValueReading<number> {
  readonly target: number
}

/** A mempool by fee rates: satoshi per vB, and vB that pay about so much. */
export type FeeHistogram = ReadonlyArray<readonly [rate: number, size: number]>

/** `mempool.get_info`, BTC per 1,000 vB; null for members that are missing. */
export interface MempoolInfo {
  readonly mempoolMinFee: number | null
  readonly minRelayFee: number | null
  readonly incrementalRelayFee: number | null
  readonly unbroadcastCount: number | null
}

/** What a server answered to one round of questions. */
export interface SnapshotValues {
  /** Before and after all else. */
  readonly tipBefore: Tip | null
  readonly tipAfter: Tip | null
  readonly fees: ReadonlyArray<FeeReading>
  readonly histogram: ValueReading<FeeHistogram>
  /** Not asked before protocol 1.6. Nothing is asked whose kind was answered with an error, or that there was no room for. */
  readonly mempoolInfo: ValueReading<MempoolInfo>
  /** Not asked since protocol 1.6. */
  readonly relayFee: ValueReading<number>
}

/** What a reading is worth. */
export type ReadingState =
  /** Asked and answered within the window, its tip the same before and after. */
  | "compared"
  /** Its tip changed while it was asked. */
  | "moved"
  /** Its answers, or its connection, came after the window. */
  | "late"
  /** No connection, no handshake, or no tip. */
  | "failed"
  /** Our own rules: excluded, ledger, back-off. */
  | "not asked"

/** One server in one snapshot. */
export interface SnapshotReading {
  readonly target: ProbeTarget
  readonly state: ReadingState
  readonly detail: string | null
  /** The visit in which it was asked, among those of the run; null when there was none. */
  readonly visit: Visit | null
  /** Milliseconds from the start of the window by one steady clock: first question sent, last answer received. */
  readonly sentMs: number | null
  readonly receivedMs: number | null
  readonly values: SnapshotValues | null
}

/**
 * All servers of a network asked at one time. Only what one kept snapshot holds
 * may be compared between servers, and only at one tip.
 */
export interface Snapshot {
  /** Milliseconds since 1970 by the wall clock: the start of the window. */
  readonly startedAt: number
  /** Milliseconds within which all answers had to come. */
  readonly windowMs: number
  /** 1 for a run's first; a discarded one is taken again. */
  readonly attempt: number
  /** The tip that most servers showed before; null when none did. */
  readonly tip: Tip | null
  readonly state: "kept" | "discarded"
  /** Why it was discarded. */
  readonly reason: string | null
  readonly readings: ReadonlyArray<SnapshotReading>
}

/** What may be compared between servers: of a kept snapshot, what was read at its tip. Nothing of a discarded one. */
export const comparableReadings = ({ readings, state, tip }: Snapshot): ReadonlyArray<SnapshotReading> =>
  state === "discarded" || tip === null
    ? []
    : readings.filter((reading) => reading.state === "compared" && reading.values?.tipBefore?.hash === tip.hash)

/** Satoshi per 1,000 vB: nearer to the floor there are few numbers, and strangers give the same. */
const clearlyAbove = 100
/** Bitcoin Core's usual relay fee, satoshi per 1,000 vB. */
const usualFloor = 1000
const leastTellingFees = 4

/** Readings with enough fee estimates clearly above the floor to tell one node from another; where they are few, it was a quiet moment. */
export const tellingReadings = (readings: ReadonlyArray<SnapshotReading>): ReadonlyArray<SnapshotReading> =>
  readings.filter(({ values }) => {
    if (values === null) return false
    const satoshi = (fee: number | null | undefined): number => satoshiOf(fee ?? 0)
    const floor = Math.max(usualFloor, satoshi(values.mempoolInfo.value?.minRelayFee ?? values.relayFee.value))
    return values.fees.filter(({ value }) => satoshi(value) >= floor + clearlyAbove).length >= leastTellingFees
  })
