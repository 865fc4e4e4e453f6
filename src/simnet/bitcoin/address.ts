import { base58Alphabet, base58Checksum, bech32Alphabet, bech32Checksum, bech32m, fromBase58 } from "../../domain/address-checksum.ts"
import { outputScript, programLength, readScript, type ScriptForm } from "./script.ts"

/** How a chain writes addresses. */
export interface AddressStyle {
  /** Human-readable part of segwit addresses (BIP 173). */
  readonly hrp: string
  /** Version bytes of base58 addresses. */
  readonly p2pkh: number
  readonly p2sh: number
}

const toBase58 = (payload: Buffer): string => {
  const bytes = Buffer.concat([payload, base58Checksum(payload)])
  let number = BigInt(`0x${bytes.toString("hex")}`)
  let text = ""
  for (; number > 0n; number /= 58n) text = base58Alphabet[Number(number % 58n)]! + text
  const zeros = bytes.findIndex((byte) => byte !== 0)
  return "1".repeat(zeros === -1 ? bytes.length : zeros) + text
}

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
const constantOf = (version: number): number => (version === 0 ? 1 : bech32m)

const toSegwit = (hrp: string, version: number, program: Buffer): string => {
  const data = [version, ...regroup(program, 8, 5, true)!]
  const check = bech32Checksum(hrp, [...data, 0, 0, 0, 0, 0, 0]) ^ constantOf(version)
  const sum = Array.from({ length: 6 }, (_, i) => (check >>> (5 * (5 - i))) & 31)
  return `${hrp}1${[...data, ...sum].map((value) => bech32Alphabet[value]).join("")}`
}

const fromSegwit = (hrp: string, text: string): { readonly version: number; readonly program: Buffer } | undefined => {
  const lower = text.toLowerCase()
  if (!lower.startsWith(`${hrp}1`) || (text !== lower && text !== text.toUpperCase())) return undefined
  const values = Array.from(lower.slice(hrp.length + 1), (character) => bech32Alphabet.indexOf(character))
  if (values.length < 7 || values.includes(-1)) return undefined
  const version = values[0]!
  if (bech32Checksum(hrp, values) !== constantOf(version)) return undefined
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
  // One version byte and a hash of 20 bytes.
  const bytes = fromBase58(address, 21)
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
