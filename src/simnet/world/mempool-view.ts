import { drawn, drawnWait } from "../draw/mix.ts"
import type { BlockTree, Grown } from "./block-tree.ts"
import type { NodeCharacter } from "./node-character.ts"
import type { Pending } from "./traffic.ts"

/** A node's mempool at one moment. */
export interface MempoolView {
  /** Satoshi per virtual byte and virtual bytes, rates strictly falling. */
  readonly bins: ReadonlyArray<readonly [rate: number, size: number]>
  /** BTC per 1,000 virtual bytes. */
  readonly minFee: number
}

/** Satoshi per virtual byte, from BTC per 1,000. */
const rateOf = (fee: number): number => Math.round(fee * 1e8) / 1e3

/**
 * When a node has a transaction in its mempool, in milliseconds since 1970;
 * never what pays less than it relays, and some that others have.
 */
export const heardOf = (item: Pending, node: NodeCharacter): number => {
  const missed = item.transaction === null && drawn(node.seed, item.key, 0) < (node.quiet ? 0.9 : node.missing)
  return missed || item.rate < rateOf(node.relayFee)
    ? Number.POSITIVE_INFINITY
    : item.arrival + node.delay * drawnWait(node.seed, item.key, 1)
}

/** How much of a crowd a node knows, in virtual bytes: no two nodes know exactly the same. */
const seenOf = (item: Pending, node: NodeCharacter): number =>
  item.transaction === null ? Math.round(item.size * (1 - node.missing * drawn(node.seed, item.key, 2))) : item.size

/** What a node whose best block is `tip` has in its mempool. */
export const mempoolView = (tree: BlockTree, tip: Grown, node: NodeCharacter, now: number): MempoolView => {
  const floor = rateOf(node.relayFee)
  const bins: Array<[number, number]> = []
  let total = 0
  let dropped: number | undefined
  for (const item of tree.waitingSoon(tip, now)) {
    const rate = Math.floor(item.rate * 10) / 10
    if (rate < floor) break
    if (heardOf(item, node) > now) continue
    if (total + item.size > node.capacity && item.transaction === null) {
      dropped = rate
      break
    }
    const size = seenOf(item, node)
    total += size
    const last = bins.at(-1)
    if (last !== undefined && last[0] === rate) last[1] += size
    else bins.push([rate, size])
  }
  // What was dropped would have to pay a step more to come back.
  return { bins, minFee: dropped === undefined ? node.relayFee : Math.round(dropped * 1e3 + 1000 * floor) / 1e8 }
}
