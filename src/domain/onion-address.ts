import { createHash } from "node:crypto"

const alphabet = "abcdefghijklmnopqrstuvwxyz234567"

const fromBase32 = (text: string): Buffer => {
  const bytes: Array<number> = []
  let [bits, size] = [0, 0]
  for (const letter of text) {
    bits = ((bits << 5) | alphabet.indexOf(letter)) & 0xfff
    size += 5
    if (size < 8) continue
    size -= 8
    bytes.push((bits >> size) & 0xff)
  }
  return Buffer.from(bytes)
}

/**
 * Whether somebody can have a version 3 onion: its last bytes are a check of the
 * key in it (Tor, rend-spec-v3, section 6). Lower case; false for anything else.
 */
export const isPossibleOnion = (host: string): boolean => {
  const name = /^(?:[a-z0-9-]+\.)*([a-z2-7]{56})\.onion$/.exec(host)?.[1]
  if (name === undefined) return false
  const bytes = fromBase32(name)
  const [key, check, version] = [bytes.subarray(0, 32), bytes.subarray(32, 34), bytes.subarray(34)]
  return version[0] === 3 && createHash("sha3-256").update(".onion checksum").update(key).update(version).digest().subarray(0, 2).equals(check)
}
