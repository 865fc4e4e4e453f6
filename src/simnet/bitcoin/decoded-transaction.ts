import { doubleSha256, shownHash } from "./hash.ts"

/** What a transaction spends, and by which right. */
export interface DecodedInput {
  /** As people write it; 64 zeros in a coinbase. */
  readonly txid: string
  readonly vout: number
  readonly script: Buffer
  readonly sequence: number
  readonly witness: ReadonlyArray<Buffer>
}

/** Whom it pays. */
export interface DecodedOutput {
  /** Satoshi. */
  readonly value: number
  readonly script: Buffer
}

/** A transaction as bitcoind reads it. */
export interface DecodedTransaction {
  readonly txid: string
  /** With witnesses: `wtxid`. */
  readonly hash: string
  readonly version: number
  readonly locktime: number
  readonly inputs: ReadonlyArray<DecodedInput>
  readonly outputs: ReadonlyArray<DecodedOutput>
  /** Bytes. */
  readonly size: number
  readonly weight: number
}

class Reader {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new RangeError("the transaction ends early")
    return this.bytes.subarray(this.at, (this.at += length))
  }

  count(): number {
    const first = this.take(1)[0]!
    if (first < 0xfd) return first
    if (first === 0xfd) return this.take(2).readUInt16LE()
    if (first === 0xfe) return this.take(4).readUInt32LE()
    return Number(this.take(8).readBigUInt64LE())
  }

  text(): Buffer {
    return this.take(this.count())
  }

  /** A list with as many items as its count says, but never more than the bytes left could hold. */
  list<T>(item: () => T): ReadonlyArray<T> {
    const length = this.count()
    if (length > this.bytes.length) throw new RangeError("the transaction ends early")
    return Array.from({ length }, item)
  }
}

const read = (bytes: Buffer): DecodedTransaction => {
  const reader = new Reader(bytes)
  const version = reader.take(4)
  const segwit = bytes[4] === 0 && bytes[5] === 1
  if (segwit) reader.take(2)
  const bodyAt = reader.at
  const inputs = reader.list(() => ({
    txid: shownHash(reader.take(32)),
    vout: reader.take(4).readUInt32LE(),
    script: reader.text(),
    sequence: reader.take(4).readUInt32LE()
  }))
  const outputs = reader.list(() => ({
    value: Number(reader.take(8).readBigUInt64LE()),
    script: reader.text()
  }))
  const body = bytes.subarray(bodyAt, reader.at)
  const witnesses = segwit ? inputs.map(() => reader.list(() => reader.text())) : []
  const locktime = reader.take(4)
  if (reader.at !== bytes.length || inputs.length === 0 || outputs.length === 0) {
    throw new RangeError("not one transaction")
  }
  const base = body.length + 8
  return {
    txid: shownHash(doubleSha256(Buffer.concat([version, body, locktime]))),
    hash: shownHash(doubleSha256(bytes)),
    version: version.readInt32LE(),
    locktime: locktime.readUInt32LE(),
    inputs: inputs.map((input, i) => ({ ...input, witness: witnesses[i] ?? [] })),
    outputs,
    size: bytes.length,
    weight: base * 3 + bytes.length
  }
}

/** Read a transaction in hex, with or without witnesses; undefined when it is none. */
export const decodeTransaction = (hex: string): DecodedTransaction | undefined => {
  if (!/^([0-9a-fA-F]{2})+$/.test(hex)) return undefined
  try {
    return read(Buffer.from(hex, "hex"))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
