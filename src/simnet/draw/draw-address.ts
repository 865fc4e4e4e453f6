import { createHash } from "node:crypto"
import ipaddr from "ipaddr.js"
import type { SeededRandom } from "./random.ts"

const join = (network: ReadonlyArray<number>, host: ReadonlyArray<number>, bits: number): Array<number> =>
  network.map((byte, i) => {
    const kept = Math.min(8, Math.max(0, bits - 8 * i))
    const mask = (0xff << (8 - kept)) & 0xff
    return (byte & mask) | (host[i]! & ~mask & 0xff)
  })

/** A random address of a block, or a smaller block's first one; not the first or last of its /24 or /64. */
export const drawAddress = (block: string, random: SeededRandom): string => {
  const [network, bits] = ipaddr.parseCIDR(block)
  const bytes = network.toByteArray()
  const host = [...random.bytes(bytes.length)]
  if (bytes.length === 16) {
    // People number their machines: most have a small last part, others look automatic.
    if (random.chance(0.6)) host.fill(0, 8, 15)
  }
  host[bytes.length - 1] = random.integer(2, 253)
  return ipaddr.fromByteArray(join(bytes, host, bits)).toString()
}

/** How many addresses of a block `drawAddress` can draw. */
export const roomOf = (block: string): number => {
  const [network, bits] = ipaddr.parseCIDR(block)
  const free = network.toByteArray().length * 8 - bits
  return free < 8 ? 2 ** free : 252 * 2 ** (free - 8)
}

/** Every address of a block that `drawAddress` can draw, in order. */
export const addressesIn = function*(block: string): Generator<string> {
  const [network, bits] = ipaddr.parseCIDR(block)
  const bytes = join(network.toByteArray(), network.toByteArray().map(() => 0), bits)
  const free = bytes.length * 8 - bits
  const start = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  for (let i = 0n; i < 1n << BigInt(free); i++) {
    const last = Number(i & 255n)
    if (free >= 8 && (last < 2 || last > 253)) continue
    const value = start + i
    yield ipaddr.fromByteArray(bytes.map((_, at) => Number((value >> BigInt(8 * (bytes.length - 1 - at))) & 255n))).toString()
  }
}

/** A random smaller block of a block: `drawBlock("240.7.0.0/16", 24)` may be `240.7.93.0/24`. */
export const drawBlock = (block: string, bits: number, random: SeededRandom): string => {
  const [network, own] = ipaddr.parseCIDR(block)
  if (own >= bits) return block
  const bytes = network.toByteArray()
  const inside = join(join(bytes, [...random.bytes(bytes.length)], own), bytes.map(() => 0), bits)
  return `${ipaddr.fromByteArray(inside).toString()}/${bits}`
}

/** Whether a block in CIDR form is one of IPv4. */
export const isIpv4Block = (block: string): boolean => !block.includes(":")

const base32 = (bytes: Uint8Array): string => {
  let bits = 0
  let held = 0
  let text = ""
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += "abcdefghijklmnopqrstuvwxyz234567"[(held >>> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return text
}

/** A version 3 onion name with a right checksum (Tor's rend-spec-v3, section 6) and a key nobody has. */
export const drawOnion = (random: SeededRandom): string => {
  const key = random.bytes(32)
  const version = Buffer.from([3])
  const checksum = createHash("sha3-256").update(".onion checksum").update(key).update(version).digest().subarray(0, 2)
  return `${base32(Buffer.concat([key, checksum, version]))}.onion`
}

/** Whether a host has the form of a version 3 onion service. */
export const isOnion = (host: string): boolean => /^[a-z2-7]{56}\.onion$/.test(host)
