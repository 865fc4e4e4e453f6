import type { SeededRandom } from "../draw/random.ts"

/** What makes one bitcoind-like node differ from others, drawn once. */
export interface NodeCharacter {
  /** For draws about single blocks and transactions. */
  readonly seed: number
  /** e.g. `/Satoshi:28.1.0/`. */
  readonly subversion: string
  /** BTC per 1,000 virtual bytes. */
  readonly relayFee: number
  /** Least and mean milliseconds until it hears of a block. */
  readonly blockDelay: readonly [least: number, mean: number]
  /** Mean milliseconds until it hears of a transaction. */
  readonly delay: number
  /** Share of transactions that it never hears of. */
  readonly missing: number
  /** Virtual bytes of its mempool; what pays least is dropped. */
  readonly capacity: number
  /** Its estimates are this many times those of the average node. */
  readonly bias: number
  /** Conservative estimates are this many times the others. */
  readonly caution: number
  /** Its mempool is nearly empty and its estimates are at the floor. */
  readonly quiet: boolean
  /** It saw too few blocks to estimate fees. */
  readonly fresh: boolean
  /** Sends transactions of its own now and then. */
  readonly sender: boolean
}

const versions = { "26.0.0": 2, "27.1.0": 3, "28.0.0": 2, "28.1.0": 4, "29.0.0": 3, "30.0.0": 2 }

/** The lowest fee rate that Core relays by default fell to a tenth with version 30. */
const relayFeeOf = (version: string, random: SeededRandom): number => {
  if (random.chance(0.06)) return random.integer(2, 50) / 1e6
  return version === "30.0.0" ? 0.000001 : 0.00001
}

/** A node as the seed and its name have it. */
export const drawCharacter = (random: SeededRandom): NodeCharacter => {
  const version = random.weighted(versions)
  // Few operators leave a comment.
  const comment = random.chance(0.04) ? `(node-${random.bytes(3).toString("hex")})` : ""
  // A few nodes are a block behind, as in the field.
  const late = random.chance(0.05)
  return {
    seed: random.bits(),
    subversion: `/Satoshi:${version}${comment}/`,
    relayFee: relayFeeOf(version, random),
    blockDelay: late ? [200_000, 400_000] : [150, random.between(300, 3000)],
    delay: random.between(300, 4000),
    missing: random.between(0.002, 0.03),
    capacity: random.chance(0.1) ? random.integer(800_000, 3_000_000) : Number.POSITIVE_INFINITY,
    bias: Math.exp(random.between(-0.15, 0.15)),
    caution: random.between(1, 1.4),
    quiet: random.chance(0.07),
    fresh: random.chance(0.02),
    sender: random.chance(0.1)
  }
}
