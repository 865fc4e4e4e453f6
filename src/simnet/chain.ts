import { createHash } from "node:crypto"

/**
 * A simulated chain: headers that connect and carry real, if easy, work.
 *
 * Header `h` of chain `N`: version 0x20000000, the previous hash, the merkle root
 * sha256d("N block h"), time 1735689600 + 600 h, bits 0x207fffff, the smallest
 * nonce whose hash meets the target.
 */
export interface SimulatedChain {
  readonly name: string
  /** Headers that exist; the tips of servers are at or below the last one. */
  readonly length: number
  /** 160 hex digits; undefined above the last header. */
  readonly header: (height: number) => string | undefined
  /** Block hash as people write it. */
  readonly hash: (height: number) => string | undefined
}

interface ChainDefinition {
  /** Shares all headers below `height` with `parent`. */
  readonly fork: { readonly parent: SimulatedChainName; readonly height: number } | null
}

export type SimulatedChainName = "mainnet-sim" | "testnet-sim" | "cash-sim"

const definitions: Readonly<Record<SimulatedChainName, ChainDefinition>> = {
  "mainnet-sim": { fork: null },
  "testnet-sim": { fork: null },
  // Like Bitcoin Cash: same genesis and ports as mainnet-sim, other headers at the checkpoint.
  "cash-sim": { fork: { parent: "mainnet-sim", height: 500 } }
}

const headers = 2200

const doubleSha256 = (bytes: Uint8Array): Buffer =>
  createHash("sha256").update(createHash("sha256").update(bytes).digest()).digest()

// The target of 0x207fffff is 7fffff followed by 29 zero bytes, most significant byte first.
const meetsTarget = (digest: Buffer): boolean =>
  digest[31]! < 0x7f || (digest[31] === 0x7f && (digest[30]! < 0xff || digest[29]! < 0xff))

const mine = (
  previous: Buffer,
  merkleText: string,
  time: number
): { readonly bytes: Buffer; readonly digest: Buffer } => {
  const bytes = Buffer.alloc(80)
  bytes.writeUInt32LE(0x20000000, 0)
  previous.copy(bytes, 4)
  doubleSha256(Buffer.from(merkleText, "ascii")).copy(bytes, 36)
  bytes.writeUInt32LE(time, 68)
  bytes.writeUInt32LE(0x207fffff, 72)
  for (let nonce = 0; ; nonce++) {
    bytes.writeUInt32LE(nonce, 76)
    const digest = doubleSha256(bytes)
    if (meetsTarget(digest)) return { bytes, digest }
  }
}

const generate = (name: SimulatedChainName): SimulatedChain => {
  const fork = definitions[name].fork
  const parent = fork === null ? null : simulatedChain(fork.parent)
  const hex: Array<string> = []
  const hashes: Array<string> = []
  let previous: Buffer = Buffer.alloc(32)
  for (let height = 0; height < headers; height++) {
    if (fork !== null && height < fork.height) {
      hex.push(parent!.header(height)!)
      hashes.push(parent!.hash(height)!)
      previous = Buffer.from(Buffer.from(hashes[height]!, "hex").toReversed())
      continue
    }
    const { bytes, digest } = mine(previous, `${name} block ${height}`, 1735689600 + 600 * height)
    hex.push(bytes.toString("hex"))
    hashes.push(Buffer.from(digest.toReversed()).toString("hex"))
    previous = digest
  }
  return { name, length: headers, header: (height) => hex[height], hash: (height) => hashes[height] }
}

const generated = new Map<SimulatedChainName, SimulatedChain>()

/** The chain of that name, generated on first use (some ten milliseconds). */
export const simulatedChain = (name: SimulatedChainName): SimulatedChain => {
  const known = generated.get(name)
  if (known !== undefined) return known
  const chain = generate(name)
  generated.set(name, chain)
  return chain
}
