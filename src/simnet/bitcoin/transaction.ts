import { doubleSha256, hashBytes, sha256, shownHash } from "./hash.ts"
import { push, readScript } from "./script.ts"

/** An output that can be spent. */
export interface Coin {
  readonly txid: string
  readonly position: number
  /** Output script in hex. */
  readonly script: string
  /** Satoshi. */
  readonly value: number
  /** What a P2WSH script commits to, in hex, where known. */
  readonly witnessScript?: string
}

/** What a transaction pays to a script. */
export interface Output {
  /** In hex. */
  readonly script: string
  /** Satoshi. */
  readonly value: number
}

/** A transaction, with what it spends. */
export interface Transaction {
  readonly txid: string
  /** Hash over everything, witnesses included, as it stands in Merkle trees. */
  readonly witnessHash: Buffer
  /** As on the wire, BIP 144 form if it has witnesses. */
  readonly hex: string
  /** Quarters of virtual bytes. */
  readonly weight: number
  /** Virtual bytes, rounded up. */
  readonly size: number
  /** None for a coinbase. */
  readonly spends: ReadonlyArray<Coin>
  readonly outputs: ReadonlyArray<Output>
  /** Satoshi. */
  readonly fee: number
}

interface Input {
  /** In hex, as all parts of it. */
  readonly previous: string
  readonly position: number
  readonly scriptSig: string
  readonly witness: ReadonlyArray<string>
}

/** Least significant byte first. */
const littleEndian = (value: number, bytes: number): string => {
  let hex = ""
  for (let i = 0, left = value; i < bytes; i++, left = Math.floor(left / 256))
    hex += (left % 256).toString(16).padStart(2, "0")
  return hex
}

/** For lengths below 65,536. */
const compactSize = (value: number): string =>
  value < 0xfd ? littleEndian(value, 1) : `fd${littleEndian(value, 2)}`

const withLength = (hex: string): string => compactSize(hex.length / 2) + hex

const version = "02000000"
const sequence = "ffffffff"
const lockTime = "00000000"

/** Text is quicker to put together than buffers, and a chain has thousands of these. */
const assemble = (
  inputs: ReadonlyArray<Input>,
  outputs: ReadonlyArray<Output>
): Pick<Transaction, "txid" | "witnessHash" | "hex" | "weight" | "size"> => {
  let body = compactSize(inputs.length)
  for (const { previous, position, scriptSig } of inputs)
    body += previous + littleEndian(position, 4) + withLength(scriptSig) + sequence
  body += compactSize(outputs.length)
  for (const { value, script } of outputs) body += littleEndian(value, 8) + withLength(script)
  const plain = version + body + lockTime
  const txid = doubleSha256(Buffer.from(plain, "hex"))
  if (inputs.every((input) => input.witness.length === 0)) {
    return { txid: shownHash(txid), witnessHash: txid, hex: plain, weight: plain.length * 2, size: plain.length / 2 }
  }
  const witnesses = inputs.map(({ witness }) => compactSize(witness.length) + witness.map(withLength).join(""))
  const hex = `${version}0001${body}${witnesses.join("")}${lockTime}`
  const weight = (3 * plain.length + hex.length) / 2
  return {
    txid: shownHash(txid),
    witnessHash: doubleSha256(Buffer.from(hex, "hex")),
    hex,
    weight,
    size: Math.ceil(weight / 4)
  }
}

/** The first transaction of a block; `data` in hex, 2 to 100 bytes, begins with the height. */
export const coinbase = (data: string, outputs: ReadonlyArray<Output>, witness: ReadonlyArray<string>): Transaction => ({
  ...assemble([{ previous: "00".repeat(32), position: 0xffffffff, scriptSig: data, witness }], outputs),
  spends: [],
  outputs,
  fee: 0
})

/** In hex, with the shape of a key and of signatures; nobody here checks them. */
const fillers = (coin: Coin): { readonly key: string; readonly signature: string; readonly schnorr: string } => {
  const number = (name: string): string => {
    const bytes = sha256(Buffer.from(`${name} ${coin.txid} ${coin.position}`))
    // Positive, and of full length, in DER.
    bytes[0] = (bytes[0]! & 0x3f) | 0x40
    return bytes.toString("hex")
  }
  const [r, s] = [number("r"), number("s")]
  return { key: `02${number("key")}`, signature: `30440220${r}0220${s}01`, schnorr: r + s }
}

const unlock = (coin: Coin): Pick<Input, "scriptSig" | "witness"> => {
  const { key, signature, schnorr } = fillers(coin)
  switch (readScript(coin.script)?.form) {
    case "P2PKH":
      return { scriptSig: push(signature) + push(key), witness: [] }
    case "P2SH":
      return { scriptSig: push(`0014${key.slice(0, 40)}`), witness: [signature, key] }
    case "P2WPKH":
      return { scriptSig: "", witness: [signature, key] }
    case "P2WSH":
      return {
        scriptSig: "",
        witness: coin.witnessScript === undefined ? [signature, `${push(key)}ac`] : [coin.witnessScript]
      }
    case "P2TR":
      return { scriptSig: "", witness: [schnorr] }
    case undefined:
      return { scriptSig: "", witness: [] }
  }
}

/**
 * Spend coins: `pay` first, what is left after a fee of `rate` satoshi per
 * virtual byte to `change`. Signatures are fillers of the right shape. Undefined
 * when the coins do not suffice.
 */
export const spend = (
  coins: ReadonlyArray<Coin>,
  pay: ReadonlyArray<Output>,
  change: string,
  rate: number
): Transaction | undefined => {
  const inputs = coins.map((coin) => ({ previous: hashBytes(coin.txid).toString("hex"), position: coin.position, ...unlock(coin) }))
  const sum = coins.reduce((total, coin) => total + coin.value, 0)
  const paid = pay.reduce((total, output) => total + output.value, 0)
  // The size does not depend on the values.
  const { size } = assemble(inputs, [...pay, { script: change, value: 0 }])
  const fee = Math.ceil(size * rate)
  const rest = sum - paid - fee
  if (rest < 0) return undefined
  const outputs = [...pay, { script: change, value: rest }]
  return { ...assemble(inputs, outputs), spends: coins, outputs, fee }
}
