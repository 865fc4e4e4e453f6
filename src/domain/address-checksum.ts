import { sha256Hex } from "./sha256.ts"

/** The checksums by which addresses of Bitcoin-like chains are told from other text. */

export const base58Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

/** The first four bytes of double SHA-256, which base58 addresses end in. */
export const base58Checksum = (payload: Uint8Array): Buffer =>
  Buffer.from(sha256Hex(Buffer.from(sha256Hex(payload), "hex")).slice(0, 8), "hex")

/** The payload of a base58 text of so many bytes; undefined where the text or its checksum is wrong. */
export const fromBase58 = (text: string, payloadBytes: number): Buffer | undefined => {
  const digits = 2 * (payloadBytes + 4)
  // A digit of 58 is less than six bits.
  if (text.length * 5 > digits * 4) return undefined
  let number = 0n
  for (const character of text) {
    const digit = base58Alphabet.indexOf(character)
    if (digit === -1) return undefined
    number = number * 58n + BigInt(digit)
  }
  const hex = number.toString(16).padStart(digits, "0")
  if (hex.length > digits) return undefined
  const bytes = Buffer.from(hex, "hex")
  const payload = bytes.subarray(0, payloadBytes)
  return base58Checksum(payload).equals(bytes.subarray(payloadBytes)) ? payload : undefined
}

/** Five bits each (BIP 173); checksums of descriptors are written in it too (BIP 380). */
export const bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

/** BIP 173's checksum over a prefix and five-bit groups: with theirs at the end 1, of BIP 350 `bech32m`. */
export const bech32Checksum = (prefix: string, values: Iterable<number>): number => {
  let check = 1
  const add = (value: number): void => {
    const top = check >>> 25
    check = ((check & 0x1ffffff) << 5) ^ value
    for (let i = 0; i < 5; i++) if (((top >>> i) & 1) === 1) check ^= generators[i]!
  }
  for (const character of prefix) add(character.charCodeAt(0) >> 5)
  add(0)
  for (const character of prefix) add(character.charCodeAt(0) & 31)
  for (const value of values) add(value)
  return check >>> 0
}

/** What a checksum comes to since BIP 350: of segwit version 1 and later, of silent payments. */
export const bech32m = 0x2bc830a3
