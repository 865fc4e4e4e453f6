import type { SeededRandom } from "./random.ts"

const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

const polymod = (values: ReadonlyArray<number>): number => {
  let sum = 1
  for (const value of values) {
    const top = sum >>> 25
    sum = ((sum & 0x1ffffff) << 5) ^ value
    for (const [i, generator] of generators.entries()) if ((top >>> i) & 1) sum ^= generator
  }
  return sum
}

/** A pay-to-witness-key-hash address (BIP 173) of a key nobody has. */
export const donationAddress = (random: SeededRandom): string => {
  // Version 0, then 160 bits as 32 groups of five.
  const data = [0, ...Array.from({ length: 32 }, () => random.integer(0, 31))]
  const prefix = [3, 3, 0, 2, 3]
  const check = polymod([...prefix, ...data, 0, 0, 0, 0, 0, 0]) ^ 1
  const checksum = Array.from({ length: 6 }, (_, i) => (check >>> (5 * (5 - i))) & 31)
  return `bc1${[...data, ...checksum].map((five) => alphabet[five]).join("")}`
}
