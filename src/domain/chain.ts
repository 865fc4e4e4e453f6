import { Schema } from "effect"
import mainnetSim from "./chains/mainnet-sim.json" with { type: "json" }
import mainnet from "./chains/mainnet.json" with { type: "json" }
import regtest from "./chains/regtest.json" with { type: "json" }
import signet from "./chains/signet.json" with { type: "json" }
import testnetSim from "./chains/testnet-sim.json" with { type: "json" }
import testnet from "./chains/testnet.json" with { type: "json" }
import testnet4 from "./chains/testnet4.json" with { type: "json" }

/** A block hash as people write it: 64 lower-case hex digits, most significant byte first. */
export const BlockHash = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))

/**
 * What a chain asks of the work of its blocks: `constant`, the target of the
 * first block for ever; `retargets`, changed every 2016 blocks, at most to four
 * times the target; `limit only`, where blocks of least work may come at any time
 * or cost anybody little: then only the target of the first block binds.
 */
export const WorkRule = Schema.Literals(["constant", "retargets", "limit only"])
export type WorkRule = typeof WorkRule.Type

/** Blocks between two changes of the target, and the most by which one makes it easier (Bitcoin Core, pow.cpp). */
export const retargetBlocks = 2016
export const mostEasing = 4

/** How often the target changes on the way from one height to a later one. */
export const retargetsBetween = (from: number, to: number): number => Math.floor(to / retargetBlocks) - Math.floor(from / retargetBlocks)

const Port = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65535 }))

/** Each is a request of every visit, which may have forty. */
const mostCheckpoints = 7

/**
 * A chain as data. Adding one needs no code: `--chain FILE`.
 *
 * Genesis alone does not identify a chain (Bitcoin Cash and SV share Bitcoin's,
 * mutinynet shares signet's): `checkpoints` do.
 */
export const Chain = Schema.Struct({
  name: Schema.String.check(Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,39}$/)),
  title: Schema.NonEmptyString,
  /** True: everything shown about a crawl of it says SIMULATED. */
  simulated: Schema.Boolean,
  genesis_hash: BlockHash,
  default_ports: Schema.Struct({ tcp: Port, tls: Port, ws: Port, wss: Port }),
  checkpoints: Schema.Array(Schema.Struct({ height: Schema.Natural, block_hash: BlockHash })).check(
    Schema.isMaxLength(mostCheckpoints)
  ),
  /** Not known where it is missing: then a header's own target is all that its work is held against. */
  work: Schema.optionalKey(WorkRule),
  irc: Schema.NullOr(Schema.Struct({ channel: Schema.NonEmptyString, nick_prefix: Schema.NonEmptyString })),
  source: Schema.NonEmptyString
})
export type Chain = typeof Chain.Type

/** The chains that ship with the package; every one is decoded at start. */
export const shippedChains: ReadonlyArray<Chain> = [
  mainnet,
  testnet,
  testnet4,
  signet,
  regtest,
  mainnetSim,
  testnetSim
].map((json) => Schema.decodeUnknownSync(Chain)(json))

/** The heights whose headers decide the chain of a server, genesis included, ascending. */
export const decidingHeights = (chain: Chain): ReadonlyArray<number> =>
  [0, ...chain.checkpoints.map((c) => c.height)].toSorted((a, b) => a - b)

/** The block hash this chain has at a deciding height, undefined at any other height. */
export const expectedHash = (chain: Chain, height: number): string | undefined =>
  height === 0 ? chain.genesis_hash : chain.checkpoints.find((c) => c.height === height)?.block_hash

/** What a shipped chain asks of the work of its blocks; undefined where it is not known. */
export const chainWorkRule = (name: string): WorkRule | undefined => shippedChains.find((chain) => chain.name === name)?.work
