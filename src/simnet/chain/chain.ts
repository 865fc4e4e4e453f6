import { type Block, mineBlock, workOf } from "../bitcoin/block.ts"
import { doubleSha256, shownHash } from "../bitcoin/hash.ts"
import { chainDefinitions, type ChainDefinition, type SimulatedChainName } from "./chain-definitions.ts"
import { type Payment, PaymentBook, type Unconfirmed } from "./payments.ts"
import { publicScripts } from "./public-scripts.ts"

export type { SimulatedChainName } from "./chain-definitions.ts"

/** A simulated chain as it is when the world begins: blocks that connect, carry real, if easy, work and hold what they say. */
export interface SimulatedChain {
  readonly name: SimulatedChainName
  readonly definition: ChainDefinition
  /** From genesis to the block that the world begins with. */
  readonly blocks: ReadonlyArray<Block>
  /** Planted transactions that none of its blocks has. */
  readonly unconfirmed: ReadonlyArray<Unconfirmed>
  /** Number of blocks. */
  readonly length: number
  /** 160 hex digits; undefined above the last block. */
  readonly header: (height: number) => string | undefined
  /** Block hash as people write it. */
  readonly hash: (height: number) => string | undefined
}

/** What scenarios plant, by chain. */
export type Planted = ReadonlyMap<SimulatedChainName, ReadonlyArray<Payment>>

/** Seconds since 1970 in the headers of most chains. */
export const settledTime = (height: number): number => 1735689600 + 600 * height

/** Regtest's first block, with the coinbase that all of Bitcoin's chains begin with (Bitcoin Core, chainparams). */
const regtestGenesis = (): Block => {
  const header =
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000"
  const output = {
    script:
      "4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac",
    value: 50e8
  }
  const hex = `01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a0100000043${output.script}00000000`
  const txid = doubleSha256(Buffer.from(hex, "hex"))
  return {
    height: 0,
    hash: shownHash(doubleSha256(Buffer.from(header, "hex"))),
    header,
    previous: null,
    work: workOf(0x207fffff),
    transactions: [
      {
        txid: shownHash(txid),
        witnessHash: txid,
        hex,
        weight: hex.length * 2,
        size: hex.length / 2,
        spends: [],
        outputs: [output],
        fee: 0
      }
    ]
  }
}

/** The blocks that a chain shares with another one. */
const sharedBlocks = (name: SimulatedChainName, planted: Planted, own: ReadonlyArray<Payment>): ReadonlyArray<Block> => {
  const { fork, genesis } = chainDefinitions[name]
  // Up to the first planted payment it is the chain as it is without.
  if (own.length > 0) {
    const first = Math.min(...own.map((payment) => payment.height ?? Number.POSITIVE_INFINITY))
    return settle(name, new Map([...planted].filter(([chain]) => chain !== name))).blocks.slice(0, first)
  }
  if (fork !== null) return settle(fork.parent, planted).blocks.slice(0, fork.height)
  return genesis === "regtest" ? [regtestGenesis()] : []
}

const generate = (name: SimulatedChainName, planted: Planted): SimulatedChain => {
  const definition = chainDefinitions[name]
  const own = planted.get(name) ?? []
  const book = new PaymentBook([...publicScripts(name).flatMap((script) => script.payments), ...own])
  const blocks = [...sharedBlocks(name, planted, own)]
  for (const block of blocks) {
    book.transactionsAt(block.height)
    book.follow(block)
  }
  const begin = Math.max(0, (definition.fork?.height ?? 0) - 1)
  while (blocks.length <= definition.tip) {
    const height = blocks.length
    const block = mineBlock({
      previous: blocks.at(-1) ?? null,
      time: settledTime(begin) + definition.settledGap * (height - begin),
      bits: definition.bits,
      halving: definition.halving,
      tag: name,
      transactions: book.transactionsAt(height)
    })
    blocks.push(block)
    book.follow(block)
  }
  return {
    name,
    definition,
    blocks,
    unconfirmed: book.unconfirmed(definition.tip),
    length: blocks.length,
    header: (height) => blocks[height]?.header,
    hash: (height) => blocks[height]?.hash
  }
}

const nothing: Planted = new Map()

/** Chains on which nothing is planted: they are always the same. */
const generated = new Map<SimulatedChainName, SimulatedChain>()

/** The chain of that name with what is planted on it and on those it forked from. */
export const settle = (name: SimulatedChainName, planted: Planted): SimulatedChain => {
  const { fork } = chainDefinitions[name]
  const plantedOnIt = (planted.get(name) ?? []).length > 0
  const parent = fork === null ? undefined : settle(fork.parent, planted)
  if (plantedOnIt || (parent !== undefined && parent !== generated.get(parent.name))) return generate(name, planted)
  const known = generated.get(name)
  if (known !== undefined) return known
  const chain = generate(name, nothing)
  generated.set(name, chain)
  return chain
}

/** The chain of that name with nothing planted, generated on first use (some ten milliseconds). */
export const simulatedChain = (name: SimulatedChainName): SimulatedChain => settle(name, nothing)
