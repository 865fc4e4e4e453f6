import { bech32Alphabet } from "../../domain/address-checksum.ts"
import { addressOfScript, type AddressStyle } from "./address.ts"
import { readScript, type ScriptForm } from "./script.ts"

/** What bitcoind says about the script of an output. */
export interface ScriptDescription {
  readonly asm: string
  readonly desc: string
  readonly hex: string
  readonly address: string | null
  readonly type: string
}

// BIP 380: the characters of a descriptor in groups of 32, and its checksum.
const descriptorCharacters =
  "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "

const descriptorPolymod = (sum: bigint, value: number): bigint => {
  const top = sum >> 35n
  let next = ((sum & 0x7ffffffffn) << 5n) ^ BigInt(value)
  for (const [i, factor] of [0xf5dee51989n, 0xa9fdca3312n, 0x1bab10e32dn, 0x3706b1677an, 0x644d626ffdn].entries()) {
    if ((top >> BigInt(i)) & 1n) next ^= factor
  }
  return next
}

const withChecksum = (descriptor: string): string => {
  let sum = 1n
  let group = 0
  let members = 0
  for (const character of descriptor) {
    const place = descriptorCharacters.indexOf(character)
    sum = descriptorPolymod(sum, place & 31)
    group = group * 3 + (place >> 5)
    if (++members === 3) {
      sum = descriptorPolymod(sum, group)
      group = 0
      members = 0
    }
  }
  if (members > 0) sum = descriptorPolymod(sum, group)
  for (let i = 0; i < 8; i++) sum = descriptorPolymod(sum, 0)
  sum ^= 1n
  const check = Array.from({ length: 8 }, (_, i) => bech32Alphabet[Number((sum >> BigInt(5 * (7 - i))) & 31n)])
  return `${descriptor}#${check.join("")}`
}

const operations: ReadonlyMap<number, string> = new Map([
  [0x4f, "-1"],
  [0x6a, "OP_RETURN"],
  [0x76, "OP_DUP"],
  [0x87, "OP_EQUAL"],
  [0x88, "OP_EQUALVERIFY"],
  [0xa9, "OP_HASH160"],
  [0xac, "OP_CHECKSIG"],
  [0xae, "OP_CHECKMULTISIG"]
])

/** A number that a script pushes in at most four bytes, least significant first, the highest bit its sign. */
const scriptNumber = (push: Buffer): string => {
  if (push.length === 0) return "0"
  const magnitude = push.reduce((sum, byte, i) => sum + (i === push.length - 1 ? byte & 0x7f : byte) * 256 ** i, 0)
  return String((push.at(-1)! & 0x80) === 0 ? magnitude : -magnitude)
}

/**
 * A script in words, as bitcoind prints it: pushes in hex, those of up to four
 * bytes as numbers; in an input's script a signature over everything ends in
 * `[ALL]`. Operations that no script of a simulated chain has are
 * written as `OP_` and their number in hex.
 */
export const scriptText = (script: Buffer, signatures = false): string => {
  const words: Array<string> = []
  for (let at = 0; at < script.length; ) {
    const code = script[at++]!
    if (code <= 0x4e && code !== 0) {
      const [width, length] =
        code < 0x4c
          ? [0, code]
          : code === 0x4c
            ? [1, script[at] ?? 0]
            : code === 0x4d
              ? [2, (script[at] ?? 0) + 256 * (script[at + 1] ?? 0)]
              : [4, script.length]
      const push = script.subarray(at + width, at + width + length)
      if (push.length < length) return [...words, "[error]"].join(" ")
      const hex = push.toString("hex")
      const signature = signatures && /^30[0-9a-f]{120,142}01$/.test(hex)
      words.push(push.length <= 4 ? scriptNumber(push) : signature ? `${hex.slice(0, -2)}[ALL]` : hex)
      at += width + length
    } else if (code === 0 || (code >= 0x51 && code <= 0x60)) {
      words.push(String(code === 0 ? 0 : code - 0x50))
    } else {
      words.push(operations.get(code) ?? `OP_${code.toString(16)}`)
    }
  }
  return words.join(" ")
}

const types: Readonly<Record<ScriptForm, string>> = {
  P2PKH: "pubkeyhash",
  P2SH: "scripthash",
  P2WPKH: "witness_v0_keyhash",
  P2WSH: "witness_v0_scripthash",
  P2TR: "witness_v1_taproot"
}

const typeOf = (hex: string): string => {
  const form = readScript(hex)?.form
  if (form !== undefined) return types[form]
  if (hex.startsWith("6a")) return "nulldata"
  return /^(21[0-9a-f]{66}|41[0-9a-f]{130})ac$/.test(hex) ? "pubkey" : "nonstandard"
}

/** Describe an output's script as bitcoind does. */
export const describeScript = (script: Buffer, style: AddressStyle): ScriptDescription => {
  const hex = script.toString("hex")
  const address = addressOfScript(hex, style) ?? null
  const type = typeOf(hex)
  const descriptor =
    type === "witness_v1_taproot" ? `rawtr(${hex.slice(4)})` : address === null ? `raw(${hex})` : `addr(${address})`
  return { asm: scriptText(script), desc: withChecksum(descriptor), hex, address, type }
}
