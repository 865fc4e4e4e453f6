import { hash } from "node:crypto"

/** The fields of an 80-byte block header (Bitcoin developer reference, "Block Headers"). */
export interface BlockHeader {
  readonly version: number
  /** Hash of the previous block, as people write it. */
  readonly previousHash: string
  readonly merkleRoot: string
  /** Seconds since 1970, as the miner claims. */
  readonly time: number
  /** The target in compact form. */
  readonly bits: number
  readonly nonce: number
  /** Double SHA-256 of the 80 bytes, as people write it. */
  readonly hash: string
  /** The hash does not exceed the target that the header itself states. */
  readonly meetsOwnTarget: boolean
}

const doubleSha256 = (bytes: Uint8Array): Buffer =>
  hash("sha256", hash("sha256", bytes, "buffer"), "buffer")

const reversedHex = (bytes: Uint8Array): string => Buffer.from(bytes.toReversed()).toString("hex")

/** A compact target as people write it: 8 hex digits. */
export const bitsText = (bits: number): string => bits.toString(16).padStart(8, "0")

/** The target of a compact `bits` value; 0 for negative and overflowing encodings, which no hash can meet. */
export const targetOfBits = (bits: number): bigint => {
  const exponent = bits >>> 24
  const mantissa = BigInt(bits & 0x007fffff)
  if ((bits & 0x00800000) !== 0 || exponent > 34) return 0n
  return exponent <= 3 ? mantissa >> BigInt(8 * (3 - exponent)) : mantissa << BigInt(8 * (exponent - 3))
}

/**
 * Decode the hex of one block header. Longer input (AuxPoW chains append data)
 * is decoded from its first 80 bytes; undefined when it is not hex or too short.
 */
export const decodeBlockHeader = (hex: string): BlockHeader | undefined => {
  if (hex.length < 160 || !/^[0-9a-fA-F]{160}/.test(hex)) return undefined
  const bytes = Buffer.from(hex.slice(0, 160), "hex")
  const digest = doubleSha256(bytes)
  const bits = bytes.readUInt32LE(72)
  const hash = reversedHex(digest)
  return {
    version: bytes.readInt32LE(0),
    previousHash: reversedHex(bytes.subarray(4, 36)),
    merkleRoot: reversedHex(bytes.subarray(36, 68)),
    time: bytes.readUInt32LE(68),
    bits,
    nonce: bytes.readUInt32LE(76),
    hash,
    meetsOwnTarget: BigInt(`0x${hash}`) <= targetOfBits(bits)
  }
}
