import type { SimulatedChain } from "./chain.ts"
import type { SeededRandom } from "./random.ts"

/** What a bitcoind-like node tells the servers in front of it. */
export interface Backend {
  readonly name: string
  readonly tipHeight: number
  /** BTC per 1,000 virtual bytes. */
  readonly relayFee: number
  /** BTC per 1,000 virtual bytes; confirmation targets are clamped to 1..1008. */
  readonly estimateFee: (target: number, conservative?: boolean) => number
  /** Fee rate (sat per virtual byte) and size (virtual bytes) of the mempool in descending order of rate. */
  readonly mempool: ReadonlyArray<readonly [rate: number, size: number]>
  readonly mempoolMinFee: number
  /** e.g. `/Satoshi:28.1.0/`. */
  readonly subversion: string
}

const satoshi = (btc: number): number => Math.round(btc * 1e8) / 1e8

/** A backend whose numbers depend on the seed and its own name only. */
export const makeBackend = (name: string, chain: SimulatedChain, random: SeededRandom): Backend => {
  const draw = random.fork(`backend/${name}`)
  const level = 1.2 + draw.unit() * 3
  const estimates = [1, 2, 3, 6, 12, 25, 48, 144, 504, 1008].map((target, i, all) => ({
    target,
    fee: satoshi(Math.max(0.00001, level * (1 - (0.6 * i) / all.length) * (1 + 0.15 * draw.unit()) * 1e-5))
  }))
  const mempool: Array<readonly [number, number]> = []
  let rate = level * 30
  for (let i = 0; i < 14; i++) {
    mempool.push([Math.round(rate * 10) / 10, draw.integer(30_000, 400_000)])
    rate *= 0.55 + 0.3 * draw.unit()
    if (rate < 1) break
  }
  return {
    name,
    // A few nodes are a block behind, as in the field.
    tipHeight: Math.min(chain.length - 1, 2150 - (draw.chance(0.05) ? 1 : 0)),
    relayFee: draw.chance(0.3) ? 0.000001 : 0.00001,
    estimateFee: (target, conservative) => {
      const { fee } = estimates.findLast((e) => e.target <= Math.max(1, target))!
      return conservative === true ? satoshi(fee * 1.3) : fee
    },
    mempool,
    mempoolMinFee: 0.00001,
    subversion: `/Satoshi:${draw.pick(["26.0.0", "27.1.0", "28.0.0", "28.1.0", "29.0.0", "30.0.0"])}/`
  }
}
