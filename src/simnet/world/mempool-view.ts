import { drawn, drawnWait } from "../draw/mix.ts"
import type { MempoolStep } from "./backend.ts"
import type { BlockTree, Grown } from "./block-tree.ts"
import type { NodeCharacter } from "./node-character.ts"
import type { Pending } from "./traffic.ts"

/** A node's mempool at one moment. */
export interface MempoolView {
  /** Rates strictly falling. */
  readonly bins: ReadonlyArray<MempoolStep>
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

/** A crowd's transactions have this many virtual bytes each. */
const usualSize = 220

/** How an item of so many virtual bytes is made: a crowd has as many witnesses as usual. */
const madeOf = (
  { transaction }: Pending,
  size: number
): readonly [segwit: number, rounded: number, bytes: number] => {
  if (transaction !== null) {
    const { hex, weight } = transaction
    const bytes = hex.length / 2
    return [weight < 4 * bytes ? 1 : 0, weight % 4 === 0 ? 0 : 1, bytes]
  }
  const segwit = Math.round((0.85 * size) / usualSize)
  return [segwit, Math.round(0.75 * segwit), Math.round(1.5 * size)]
}

/** What a node whose best block is `tip` has in its mempool. */
export const mempoolView = (tree: BlockTree, tip: Grown, node: NodeCharacter, now: number): MempoolView => {
  const floor = rateOf(node.relayFee)
  const bins: Array<[number, number, number, number, number]> = []
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
    const [segwit, rounded, bytes] = madeOf(item, size)
    const last = bins.at(-1)
    if (last !== undefined && last[0] === rate) {
      last[1] += size
      last[2] += segwit
      last[3] += rounded
      last[4] += bytes
    } else bins.push([rate, size, segwit, rounded, bytes])
  }
  // What was dropped would have to pay a step more to come back.
  return { bins, minFee: dropped === undefined ? node.relayFee : Math.round(dropped * 1e3 + 1000 * floor) / 1e8 }
}
