import { createECDH, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto"
import { bitString, explicit, integer, objectIdentifier, sequence, set, time, utf8String } from "./der.ts"
import type { SeededRandom } from "./random.ts"

/** What a server shows in its TLS handshake. */
export interface TlsIdentity {
  /** PEM, leaf first. */
  readonly certificate: string
  /** PEM, PKCS #8. */
  readonly key: string
}

const day = 86_400_000
// The order of P-256 (FIPS 186-4, D.1.2.3): private keys are below it.
const curveOrder = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")

type Name = ReadonlyArray<readonly ["C" | "ST" | "L" | "O" | "CN", string]>

const attributes = { C: "2.5.4.6", ST: "2.5.4.8", L: "2.5.4.7", O: "2.5.4.10", CN: "2.5.4.3" } as const

/** What people answer to `openssl req`: the template says nothing about who runs the server. */
const subjects: ReadonlyArray<(host: string) => Name> = [
  (host) => [["CN", host]],
  () => [
    ["C", "AU"],
    ["ST", "Some-State"],
    ["O", "Internet Widgits Pty Ltd"]
  ],
  () => [["CN", "localhost"]],
  (host) => [
    ["C", "XX"],
    ["L", "Default City"],
    ["O", "Default Company Ltd"],
    ["CN", host]
  ]
]

const lifetimes = [365, 730, 1825, 3650]

/** A P-256 key out of the seed, so that a server keeps its key when the simulation runs again. Protects nothing. */
const seededKey = (random: SeededRandom): KeyObject => {
  const scalar = (BigInt(`0x${random.bytes(40).toString("hex")}`) % (curveOrder - 1n)) + 1n
  const d = Buffer.from(scalar.toString(16).padStart(64, "0"), "hex")
  const ecdh = createECDH("prime256v1")
  ecdh.setPrivateKey(d)
  const point = ecdh.getPublicKey()
  const coordinate = (from: number): string => point.subarray(from, from + 32).toString("base64url")
  return createPrivateKey({
    format: "jwk",
    key: { kty: "EC", crv: "P-256", d: d.toString("base64url"), x: coordinate(1), y: coordinate(33) }
  })
}

const distinguishedName = (name: Name): Buffer =>
  sequence(...name.map(([kind, text]) => set(sequence(objectIdentifier(attributes[kind]), utf8String(text)))))

const pem = (bytes: Buffer): string =>
  [
    "-----BEGIN CERTIFICATE-----",
    bytes.toString("base64").replace(/.{64}/g, "$&\n").trimEnd(),
    "-----END CERTIFICATE-----\n"
  ].join("\n")

const ecdsaWithSha256 = sequence(objectIdentifier("1.2.840.10045.4.3.2"))

/**
 * A self-signed P-256 certificate. Key, serial, dates and template are drawn
 * from `random`, which depends on the seed and the label of the key alone, so
 * that they tell nothing about operators or the order of servers.
 *
 * @param now milliseconds since 1970; the certificate is valid then
 */
export const makeTlsIdentity = (hosts: ReadonlyArray<string>, random: SeededRandom, now: number): TlsIdentity => {
  const key = seededKey(random)
  // Common names hold 64 characters (RFC 5280, appendix A); an onion's 62 fit.
  const subject = distinguishedName(random.pick(subjects)(hosts[0]!.slice(0, 64)))
  const lifetime = random.pick(lifetimes) * day
  const notBefore = new Date(Math.floor((now - random.between(day, lifetime - 30 * day)) / 1000) * 1000)
  const serial = random.bytes(16)
  serial[0] = (serial[0]! & 0x7f) | 0x40
  const unsigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    subject,
    sequence(time(notBefore), time(new Date(notBefore.getTime() + lifetime))),
    subject,
    createPublicKey(key).export({ format: "der", type: "spki" })
  )
  const certificate = sequence(unsigned, ecdsaWithSha256, bitString(sign("sha256", unsigned, key)))
  return { certificate: pem(certificate), key: key.export({ format: "pem", type: "pkcs8" }) as string }
}
