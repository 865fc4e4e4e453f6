import { hash } from "node:crypto"

/** Whom a transaction pays. */
export interface RawOutput {
  /** Satoshi. */
  readonly value: number
  /** Output script, lower-case hex. */
  readonly script: string
}

/** What the bytes of a transaction say of themselves. */
export interface RawTransaction {
  /** Double SHA-256 of it without witnesses, as people write it. */
  readonly txid: string
  readonly outputs: ReadonlyArray<RawOutput>
}

/** Reads forwards; throws `RangeError` beyond the end. */
class Reader {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  take(length: number): Buffer {
    if (length > this.bytes.length - this.at) throw new RangeError("the transaction ends early")
    return this.bytes.subarray(this.at, this.at += length)
  }

  /** A "compact size". */
  size(): number {
    const first = this.take(1)[0]!
    if (first < 0xfd) return first
    if (first === 0xfd) return this.take(2).readUInt16LE()
    return first === 0xfe ? this.take(4).readUInt32LE() : Number(this.take(8).readBigUInt64LE())
  }

  /** As often as its own count says; each item takes a byte at least, so that a false count ends early. */
  times<A>(item: () => A): ReadonlyArray<A> {
    const count = this.size()
    const items: Array<A> = []
    while (items.length < count) items.push(item())
    return items
  }
}

const doubleSha256 = (bytes: Uint8Array): Buffer => hash("sha256", hash("sha256", bytes, "buffer"), "buffer")

/** As people write a hash: backwards. */
const shown = (digest: Uint8Array): string => Buffer.from(digest.toReversed()).toString("hex")

const bytesOf = (shownHash: string): Uint8Array => Buffer.from(shownHash, "hex").toReversed()

const read = (bytes: Buffer): RawTransaction | undefined => {
  const reader = new Reader(bytes)
  const version = reader.take(4)
  // Zero inputs mark the form with witnesses (BIP 144).
  const hasWitness = bytes[4] === 0 && bytes[5] === 1
  if (hasWitness) reader.take(2)
  const begin = reader.at
  const inputs = reader.times(() => {
    reader.take(36)
    reader.take(reader.size())
    return reader.take(4)
  })
  const outputs = reader.times((): RawOutput => {
    const value = Number(reader.take(8).readBigInt64LE())
    return { value, script: reader.take(reader.size()).toString("hex") }
  })
  const end = reader.at
  if (hasWitness) for (const _ of inputs) reader.times(() => reader.take(reader.size()))
  const locktime = reader.take(4)
  if (reader.at !== bytes.length) return undefined
  const bare = Buffer.concat([version, bytes.subarray(begin, end), locktime])
  return { txid: shown(doubleSha256(bare)), outputs }
}

/**
 * Read a transaction from its hex, with or without witnesses (Bitcoin developer
 * reference, "Raw Transaction Format"; BIP 144); undefined where it is none, or
 * where something follows it.
 */
export const readRawTransaction = (hex: string): RawTransaction | undefined => {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]+$/.test(hex)) return undefined
  try {
    return read(Buffer.from(hex, "hex"))
  } catch {
    return undefined
  }
}

/** No block has more transactions than a branch of so many hashes reaches. */
export const longestBranch = 32

/** The merkle root that a branch leads to from a transaction at a place in its block; hashes as people write them. */
export const merkleRootOf = (txid: string, branch: ReadonlyArray<string>, position: number): string => {
  let place = position
  let node = bytesOf(txid)
  for (const sibling of branch) {
    const other = bytesOf(sibling)
    node = doubleSha256(Buffer.concat(place % 2 === 0 ? [node, other] : [other, node]))
    place = Math.floor(place / 2)
  }
  return shown(node)
}
