import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto"
import type { SeededRandom } from "../draw/random.ts"
import { integer, sequence } from "./der.ts"
import primes from "./rsa-primes.json" with { type: "json" }

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

const publicExponent = 65537n

const pool = primes.map((text) => big(Buffer.from(text, "base64url")))

/** Different keys that two primes of the pool make. */
export const rsaKeys = (pool.length * (pool.length - 1)) / 2

/**
 * The RSA key of that number, 2048 bits. Its primes come from a pool that was
 * drawn once, since finding new ones takes a tenth of a second in which all
 * servers stand still.
 */
const rsaKey = (number: number): SeededKey => {
  // Pairs of the pool in order: (1, 0), (2, 0), (2, 1), (3, 0) and so on.
  const first = Math.floor((1 + Math.sqrt(1 + 8 * number)) / 2)
  const chosen = [pool[first]!, pool[number - (first * (first - 1)) / 2]!]
  const [p, q] = (chosen[0]! > chosen[1]! ? chosen : chosen.toReversed()) as [bigint, bigint]
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

/** The key that belongs to a stream of the seed; of RSA keys the one of a number, if it is given. */
export const seededKey = (type: "p256" | "rsa", random: SeededRandom, number?: number): SeededKey =>
  type === "p256" ? p256Key(random) : rsaKey(number ?? random.fork("primes").integer(0, rsaKeys - 1))
