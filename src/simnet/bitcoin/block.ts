import { doubleSha256, hashBytes, sha256, shownHash } from "./hash.ts"
import { merkleRoot } from "./merkle.ts"
import { outputScript, push, pushNumber } from "./script.ts"
import { type Coin, coinbase, type Output, type Transaction } from "./transaction.ts"

/** A block as it is in a chain. */
export interface Block {
  readonly height: number
  /** As people write it. */
  readonly hash: string
  /** 160 hex digits. */
  readonly header: string
  /** Null for a genesis block. */
  readonly previous: Block | null
  /** Expected hashes spent on it and everything below. */
  readonly work: number
  readonly transactions: ReadonlyArray<Transaction>
}

/** The target of a compact `bits`, for the easy targets of simulated chains only. */
const targetOf = (bits: number): Buffer => {
  const target = Buffer.alloc(32)
  target.writeUIntBE(bits & 0xffffff, 32 - (bits >>> 24), 3)
  return target
}

/** Expected number of hashes until one meets the target. */
export const workOf = (bits: number): number => 2 ** 256 / (Number(BigInt(`0x${targetOf(bits).toString("hex")}`)) + 1)

/** Anyone can spend what a miner earned: a script that drops the height and is true. In hex. */
export const minersWitnessScript = (height: number): string => `${pushNumber(height)}7551`

/** Where the miner of that height is paid, in hex. */
export const minersScript = (height: number): string =>
  outputScript("P2WSH", sha256(Buffer.from(minersWitnessScript(height), "hex")))

/** What the miner of a block earned, for spending. */
export const minersCoin = (block: Block): Coin => {
  const { txid, outputs } = block.transactions[0]!
  return { txid, position: 0, ...outputs[0]!, witnessScript: minersWitnessScript(block.height) }
}

/** What a miner decides about a block. */
export interface BlockPlan {
  readonly previous: Block | null
  /** Seconds since 1970. */
  readonly time: number
  readonly bits: number
  /** Blocks between halvings of the subsidy. */
  readonly halving: number
  /** Up to 70 bytes in the coinbase that make the block differ from its rivals. */
  readonly tag: string
  /** Everything but the coinbase. */
  readonly transactions: ReadonlyArray<Transaction>
}

/** BIP 141: a commitment to the witnesses, and the witness that goes with it. */
const witnessCommitment = (
  transactions: ReadonlyArray<Transaction>
): { readonly outputs: ReadonlyArray<Output>; readonly witness: ReadonlyArray<string> } => {
  if (transactions.length === 0) return { outputs: [], witness: [] }
  const reserved = Buffer.alloc(32)
  const root = merkleRoot([Buffer.alloc(32), ...transactions.map((transaction) => transaction.witnessHash)])
  const commitment = doubleSha256(Buffer.concat([root, reserved]))
  return { outputs: [{ script: `6a24aa21a9ed${commitment.toString("hex")}`, value: 0 }], witness: [reserved.toString("hex")] }
}

const meets = (digest: Buffer, target: Buffer): boolean => {
  for (let i = 0; i < 32; i++) {
    const difference = digest[31 - i]! - target[i]!
    if (difference !== 0) return difference < 0
  }
  return true
}

/** Fill in the smallest nonce whose hash meets the target. */
const search = (header: Buffer, bits: number): Buffer => {
  const target = targetOf(bits)
  for (let nonce = 0; ; nonce++) {
    header.writeUInt32LE(nonce, 76)
    const digest = doubleSha256(header)
    if (meets(digest, target)) return digest
  }
}

/** Build a block and spend the work that its header states. */
export const mineBlock = (plan: BlockPlan): Block => {
  const { previous, bits, transactions } = plan
  const height = previous === null ? 0 : previous.height + 1
  const fees = transactions.reduce((sum, transaction) => sum + transaction.fee, 0)
  const subsidy = Math.floor(50e8 / 2 ** Math.floor(height / plan.halving))
  const { outputs, witness } = witnessCommitment(transactions)
  const all = [
    coinbase(
      pushNumber(height) + push(Buffer.from(plan.tag, "utf8").toString("hex")),
      [{ script: minersScript(height), value: subsidy + fees }, ...outputs],
      witness
    ),
    ...transactions
  ]
  const header = Buffer.alloc(80)
  header.writeUInt32LE(0x20000000, 0)
  if (previous !== null) hashBytes(previous.hash).copy(header, 4)
  merkleRoot(all.map((transaction) => hashBytes(transaction.txid))).copy(header, 36)
  header.writeUInt32LE(plan.time, 68)
  header.writeUInt32LE(bits, 72)
  const digest = search(header, bits)
  return {
    height,
    hash: shownHash(digest),
    header: header.toString("hex"),
    previous,
    work: (previous?.work ?? 0) + workOf(bits),
    transactions: all
  }
}
