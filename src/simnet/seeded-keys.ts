import { checkPrimeSync, createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto"
import { integer, sequence } from "./der.ts"
import type { SeededRandom } from "./random.ts"

/** A key out of the seed, so that a server keeps it when the simulation runs again. Protects nothing. */
export interface SeededKey {
  readonly key: KeyObject
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer
  readonly type: "p256" | "rsa"
  /** With SHA-256; the same for the same data, so that certificates come out equal. */
  readonly sign: (data: Buffer) => Buffer
}

// The order of P-256 (FIPS 186-4, D.1.2.3): private keys are below it.
const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")

const big = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`)

const bytesOf = (value: bigint, length: number): Buffer => Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex")

const unsigned = (value: bigint): Buffer => {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex")
}

/** a^-1 mod m (extended Euclid). */
const inverse = (a: bigint, m: bigint): bigint => {
  let [r0, r1, s0, s1] = [m, ((a % m) + m) % m, 0n, 1n]
  while (r1 !== 0n) {
    const quotient = r0 / r1
    ;[r0, r1, s0, s1] = [r1, r0 - quotient * r1, s1, s0 - quotient * s1]
  }
  return ((s0 % m) + m) % m
}

const publicPoint = (scalar: bigint): Buffer => {
  const ecdh = createECDH("prime256v1")
  ecdh.setPrivateKey(bytesOf(scalar, 32))
  return ecdh.getPublicKey()
}

const scalarFrom = (bytes: Uint8Array): bigint => (big(bytes) % (order - 1n)) + 1n

/** ECDSA whose nonce comes from key and data (the idea of RFC 6979); OpenSSL's would differ at every run. */
const signP256 = (scalar: bigint, data: Buffer): Buffer => {
  const nonce = scalarFrom(createHash("sha512").update(bytesOf(scalar, 32)).update(data).digest())
  const r = big(publicPoint(nonce).subarray(1, 33)) % order
  const digest = big(createHash("sha256").update(data).digest())
  const s = (inverse(nonce, order) * (digest + r * scalar)) % order
  return sequence(integer(unsigned(r)), integer(unsigned(s)))
}

const keyOf = (key: KeyObject, type: "p256" | "rsa", signData: (data: Buffer) => Buffer): SeededKey => ({
  key,
  spki: createPublicKey(key).export({ format: "der", type: "spki" }),
  type,
  sign: signData
})

const p256Key = (random: SeededRandom): SeededKey => {
  const scalar = scalarFrom(random.bytes(40))
  const point = publicPoint(scalar)
  const coordinate = (from: number): string => point.subarray(from, from + 32).toString("base64url")
  const key = createPrivateKey({
    format: "jwk",
    key: { kty: "EC", crv: "P-256", d: bytesOf(scalar, 32).toString("base64url"), x: coordinate(1), y: coordinate(33) }
  })
  return keyOf(key, "p256", (data) => signP256(scalar, data))
}

const smallPrimes = Array.from({ length: 1000 }, (_, i) => 2 * i + 3).filter((n) => {
  for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false
  return true
})

const publicExponent = 65537n

/** The first prime at or after a seeded number of 1024 bits. */
const seededPrime = (random: SeededRandom): bigint => {
  const bytes = random.bytes(128)
  bytes[0] = bytes[0]! | 0xc0
  bytes[127] = bytes[127]! | 1
  const start = big(bytes)
  const residues = smallPrimes.map((prime) => Number(start % BigInt(prime)))
  for (let step = 0; ; step += 2) {
    if (smallPrimes.some((prime, i) => (residues[i]! + step) % prime === 0)) continue
    const candidate = start + BigInt(step)
    if (candidate % publicExponent !== 1n && checkPrimeSync(candidate, { checks: 5 })) return candidate
  }
}

/** 2048 bits; takes a tenth of a second. */
const rsaKey = (random: SeededRandom): SeededKey => {
  const primes = [seededPrime(random.fork("p")), seededPrime(random.fork("q"))]
  const [p, q] = (primes[0]! > primes[1]! ? primes : primes.toReversed()) as [bigint, bigint]
  const d = inverse(publicExponent, (p - 1n) * (q - 1n))
  const text = (value: bigint): string => unsigned(value).toString("base64url")
  const key = createPrivateKey({
    format: "jwk",
    key: {
      kty: "RSA",
      n: text(p * q),
      e: text(publicExponent),
      d: text(d),
      p: text(p),
      q: text(q),
      dp: text(d % (p - 1n)),
      dq: text(d % (q - 1n)),
      qi: text(inverse(q, p))
    }
  })
  return keyOf(key, "rsa", (data) => sign("sha256", data, key))
}

/** The key that belongs to a stream of the seed. */
export const seededKey = (type: "p256" | "rsa", random: SeededRandom): SeededKey =>
  type === "p256" ? p256Key(random) : rsaKey(random)
