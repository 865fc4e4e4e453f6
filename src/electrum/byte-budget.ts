import { Context, Layer } from "effect"

/** What all visits together may hold in memory of what servers sent. */
export const budgetBytes = 64_000_000

/** A visit holding more than this counts as large. */
const largeShare = 262_144

/** One visit's part of the budget. */
export interface BytesShare {
  /** State how many bytes this visit holds now. False when that is more than it may: it has to give up. */
  readonly hold: (bytes: number) => boolean
  /** The visit holds nothing any more. May be called repeatedly. */
  readonly release: () => void
}

/**
 * One budget of bytes for all visits. Nobody waits, so nothing can deadlock: a
 * visit that would exceed the budget is told to give up, and says so in its row.
 * Large visits may fill three quarters of it only, so that a few servers that
 * send endlessly cannot take the memory that ordinary visits need.
 */
export class ByteBudget extends Context.Service<ByteBudget, {
  readonly open: () => BytesShare
  /** Bytes held by all visits now. */
  readonly held: () => number
}>()("electrum-observatory/ByteBudget") {
  static readonly layerOf = (limit: number): Layer.Layer<ByteBudget> =>
    Layer.sync(ByteBudget, () => {
      const limitForLarge = limit * 0.75
      let total = 0
      const open = (): BytesShare => {
        let own = 0
        return {
          hold: (bytes) => {
            const more = bytes - own
            if (more > 0 && total + more > (bytes > largeShare ? limitForLarge : limit)) return false
            total += more
            own = bytes
            return true
          },
          release: () => {
            total -= own
            own = 0
          }
        }
      }
      return ByteBudget.of({ open, held: () => total })
    })

  static readonly layer: Layer.Layer<ByteBudget> = ByteBudget.layerOf(budgetBytes)
}
