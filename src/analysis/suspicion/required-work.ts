import { bitsText, targetOfBits } from "../../domain/block-header.ts"
import { mostEasing, retargetBlocks, retargetsBetween, type WorkRule } from "../../domain/chain.ts"
import type { ShownHeader } from "./evidence.ts"

/** Seconds that a block is to take. */
const blockSeconds = 600

/** Blocks came faster than that now and then, never for long twenty times as fast. */
const mostHaste = 20

/** Seconds. Simulated worlds and our own clock may be off, not by that much. */
const mostAhead = 365 * 86_400

/** Seconds that nodes let a block be ahead of their own clock. */
const mostEarly = 2 * 3600

/** A header below this target took 2^70 hashes, which nobody spends on a lie about the time. */
const costlyTarget = 1n << 186n

/** What is wrong with a header, in a word and in a sentence. */
export interface WorkFault {
  readonly rule: "own target" | "target too easy" | "height out of reach" | "time out of reach"
  readonly because: string
}

/** Target that a header at a height may not exceed, given headers that are pinned; undefined where nothing is known. */
const easiestTarget = (
  rule: WorkRule | undefined,
  pinned: ReadonlyArray<ShownHeader>,
  height: number
): { readonly target: bigint; readonly because: string } | undefined => {
  const genesis = pinned.find((pin) => pin.height === 0)
  const below = pinned.filter((pin) => pin.height <= height).toSorted((a, b) => b.height - a.height)[0]
  if (rule === undefined || genesis === undefined || below === undefined) return undefined
  const limit = { target: targetOfBits(genesis.header.bits), because: `easier than the chain allows at all (${bitsText(genesis.header.bits)})` }
  if (rule === "limit only") return limit
  if (rule === "constant") return { target: limit.target, because: `the chain's target never changes from ${bitsText(genesis.header.bits)}` }
  const changes = retargetsBetween(below.height, height)
  // Beyond thirty changes anything below the limit is allowed; numbers stay small.
  const target = targetOfBits(below.header.bits) * BigInt(mostEasing) ** BigInt(Math.min(changes, 30))
  return target >= limit.target
    ? limit
    : { target, because: `easier than ${changes} changes of the target allow after block ${below.height} (${bitsText(below.header.bits)})` }
}

/** It took the work of a real block: at least a quarter of that of the last pinned one. */
const isCostly = ({ bits, meetsOwnTarget }: ShownHeader["header"], last: ShownHeader | undefined): boolean => {
  const target = targetOfBits(bits)
  return meetsOwnTarget && target <= costlyTarget && last !== undefined && target <= targetOfBits(last.header.bits) * BigInt(mostEasing)
}

/**
 * The time at which a header was shown, in seconds; null where it is not known. A block that the
 * chain is known to have cannot be shown before it was made, nor one that took so much work: our own
 * clock is wrong then (a board without a battery starts in 1970, or where it stopped), which is held against nobody.
 */
const shownAt = ({ header, visitedAt }: ShownHeader, last: ShownHeader | undefined): number | null => {
  const now = visitedAt / 1000
  if (isCostly(header, last)) return Math.max(now, header.time)
  return last !== undefined && last.header.time > now + mostEarly ? null : now
}

/**
 * What is wrong with the work of a header by itself and by headers that are
 * pinned, nobody else's word counting: the hash must meet the header's own
 * target, that target must be one which the chain's rule allows at the height,
 * and the height one that could be reached since the last pinned block. A tip
 * that is old, or lags, has no fault; nor does our own clock make one, see `shownAt`.
 *
 * @param pinned headers at deciding heights with the hashes the chain has there, genesis among them
 */
export const workFaults = (
  rule: WorkRule | undefined,
  pinned: ReadonlyArray<ShownHeader>,
  shown: ShownHeader
): ReadonlyArray<WorkFault> => {
  const { header, height } = shown
  const faults: Array<WorkFault> = []
  if (!header.meetsOwnTarget) faults.push({ rule: "own target", because: `its hash does not meet the target it states (${bitsText(header.bits)})` })
  const easiest = easiestTarget(rule, pinned, height)
  if (easiest !== undefined && targetOfBits(header.bits) > easiest.target) {
    faults.push({ rule: "target too easy", because: `its target (${bitsText(header.bits)}) is ${easiest.because}` })
  }
  const last = pinned.reduce<ShownHeader | undefined>((best, pin) => best === undefined || pin.height > best.height ? pin : best, undefined)
  const now = shownAt(shown, last)
  if (now !== null && header.time > now + mostAhead) {
    faults.push({ rule: "time out of reach", because: "it says that it was made more than a year after it was shown" })
  }
  if (last !== undefined && (rule === "retargets" || rule === "constant")) {
    const elapsed = Math.max(0, Math.min(header.time, now ?? header.time) - last.header.time)
    if (height > last.height + retargetBlocks + (elapsed / blockSeconds) * mostHaste) {
      faults.push({ rule: "height out of reach", because: `not so many blocks can have come since block ${last.height}` })
    }
  }
  return faults
}
