import { doubleSha256 } from "./hash.ts"
import { outputScript, programLength, readScript, type ScriptForm } from "./script.ts"

/** How a chain writes addresses. */
export interface AddressStyle {
  /** Human-readable part of segwit addresses (BIP 173). */
  readonly hrp: string
  /** Version bytes of base58 addresses. */
  readonly p2pkh: number
  readonly p2sh: number
}

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

const toBase58 = (payload: Buffer): string => {
  const bytes = Buffer.concat([payload, doubleSha256(payload).subarray(0, 4)])
  let number = BigInt(`0x${bytes.toString("hex")}`)
  let text = ""
  for (; number > 0n; number /= 58n) text = base58[Number(number % 58n)]! + text
  const zeros = bytes.findIndex((byte) => byte !== 0)
  return "1".repeat(zeros === -1 ? bytes.length : zeros) + text
}

const fromBase58 = (text: string): Buffer | undefined => {
  let number = 0n
  for (const character of text) {
    const digit = base58.indexOf(character)
    if (digit === -1) return undefined
    number = number * 58n + BigInt(digit)
  }
  // One version byte, a hash of 20 bytes, a checksum of four.
  const hex = number.toString(16).padStart(50, "0")
  if (hex.length > 50) return undefined
  const bytes = Buffer.from(hex, "hex")
  return doubleSha256(bytes.subarray(0, 21)).subarray(0, 4).equals(bytes.subarray(21))
    ? bytes.subarray(0, 21)
    : undefined
}

/** Five bits each (BIP 173); checksums of descriptors are written in it too (BIP 380). */
export const bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

/** BIP 173's checksum over five-bit groups. */
const polymod = (values: ReadonlyArray<number>): number => {
  let check = 1
  for (const value of values) {
    const top = check >>> 25
    check = ((check & 0x1ffffff) << 5) ^ value
    for (const [i, generator] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries())
      if (((top >>> i) & 1) === 1) check ^= generator
  }
  return check >>> 0
}

const expanded = (hrp: string): ReadonlyArray<number> => [
  ...Array.from(hrp, (c) => c.charCodeAt(0) >> 5),
  0,
  ...Array.from(hrp, (c) => c.charCodeAt(0) & 31)
]

/** Regroup bits; undefined when leftover bits are not padding. */
const regroup = (values: Iterable<number>, from: number, to: number, pad: boolean): Array<number> | undefined => {
  const out: Array<number> = []
  let bits = 0
  let held = 0
  for (const value of values) {
    held = (held << from) | value
    bits += from
    for (; bits >= to; bits -= to) out.push((held >>> (bits - to)) & ((1 << to) - 1))
    held &= (1 << bits) - 1
  }
  if (pad) return bits > 0 ? [...out, (held << (to - bits)) & ((1 << to) - 1)] : out
  return bits < from && held === 0 ? out : undefined
}

/** BIP 350: version 0 and later versions end in different constants. */
const constantOf = (version: number): number => (version === 0 ? 1 : 0x2bc830a3)

const toSegwit = (hrp: string, version: number, program: Buffer): string => {
  const data = [version, ...regroup(program, 8, 5, true)!]
  const check = polymod([...expanded(hrp), ...data, 0, 0, 0, 0, 0, 0]) ^ constantOf(version)
  const sum = Array.from({ length: 6 }, (_, i) => (check >>> (5 * (5 - i))) & 31)
  return `${hrp}1${[...data, ...sum].map((value) => bech32Alphabet[value]).join("")}`
}

const fromSegwit = (hrp: string, text: string): { readonly version: number; readonly program: Buffer } | undefined => {
  const lower = text.toLowerCase()
  if (!lower.startsWith(`${hrp}1`) || (text !== lower && text !== text.toUpperCase())) return undefined
  const values = Array.from(lower.slice(hrp.length + 1), (character) => bech32Alphabet.indexOf(character))
  if (values.length < 7 || values.includes(-1)) return undefined
  const version = values[0]!
  if (polymod([...expanded(hrp), ...values]) !== constantOf(version)) return undefined
  const program = regroup(values.slice(1, -6), 5, 8, false)
  return program === undefined ? undefined : { version, program: Buffer.from(program) }
}

const segwitForms: ReadonlyArray<readonly [ScriptForm, version: number]> = [
  ["P2WPKH", 0],
  ["P2WSH", 0],
  ["P2TR", 1]
]

/** The output script of an address, in hex; undefined when it is no address of the chain. */
export const scriptOfAddress = (address: string, style: AddressStyle): string | undefined => {
  const segwit = fromSegwit(style.hrp, address)
  if (segwit !== undefined) {
    const form = segwitForms.find(
      ([form, version]) => version === segwit.version && programLength(form) === segwit.program.length
    )
    return form === undefined ? undefined : outputScript(form[0], segwit.program)
  }
  const bytes = fromBase58(address)
  if (bytes === undefined) return undefined
  if (bytes[0] === style.p2pkh) return outputScript("P2PKH", bytes.subarray(1))
  return bytes[0] === style.p2sh ? outputScript("P2SH", bytes.subarray(1)) : undefined
}

/** The address of an output script; undefined when it has none. */
export const addressOfScript = (script: string, style: AddressStyle): string | undefined => {
  const read = readScript(script)
  if (read === undefined) return undefined
  const { form, program } = read
  if (form === "P2PKH") return toBase58(Buffer.concat([Buffer.of(style.p2pkh), program]))
  if (form === "P2SH") return toBase58(Buffer.concat([Buffer.of(style.p2sh), program]))
  return toSegwit(style.hrp, segwitForms.find(([name]) => name === form)![1], program)
}
