import { createHash } from "node:crypto"
import ipaddr from "ipaddr.js"
import { ipVersion } from "../../domain/address.ts"
import {
  bitString,
  boolean,
  der,
  explicit,
  integer,
  objectIdentifier,
  octetString,
  printableString,
  sequence,
  set,
  tagged,
  time,
  utf8String
} from "./der.ts"
import type { SeededKey } from "./seeded-keys.ts"

/** What a certificate says; who signs it says the rest. */
export interface CertificateFacts {
  /** e.g. `CN=a.test,O=Somebody`, in this order. */
  readonly subject: string
  /** Names and addresses. */
  readonly alternativeNames: ReadonlyArray<string>
  /** Most significant byte first, the top bit clear. */
  readonly serial: Buffer
  readonly notBefore: Date
  readonly notAfter: Date
  /** self: as `openssl req -x509` makes it. */
  readonly role: "self" | "authority" | "leaf"
}

const attributes = {
  C: "2.5.4.6",
  ST: "2.5.4.8",
  L: "2.5.4.7",
  O: "2.5.4.10",
  OU: "2.5.4.11",
  CN: "2.5.4.3"
} as const

const distinguishedName = (text: string): Buffer =>
  sequence(
    ...text.split(",").map((part) => {
      const [kind, ...value] = part.split("=") as [keyof typeof attributes, ...Array<string>]
      const string = kind === "C" ? printableString : utf8String
      return set(sequence(objectIdentifier(attributes[kind]), string(value.join("="))))
    })
  )

const algorithms = {
  p256: sequence(objectIdentifier("1.2.840.10045.4.3.2")),
  rsa: sequence(objectIdentifier("1.2.840.113549.1.1.11"), der(0x05))
} as const

const extension = (identifier: string, critical: boolean, value: Buffer): Buffer =>
  sequence(objectIdentifier(identifier), ...(critical ? [boolean(true)] : []), octetString(value))

const keyIdentifier = (key: SeededKey): Buffer => createHash("sha1").update(key.spki).digest()

const generalName = (name: string): Buffer =>
  ipVersion(name) === undefined
    ? tagged(2, Buffer.from(name, "ascii"))
    : tagged(7, Buffer.from(ipaddr.parse(name).toByteArray()))

/** RFC 5280, 4.2.1. */
const extensions = (facts: CertificateFacts, key: SeededKey, signer: SeededKey): Buffer =>
  sequence(
    extension("2.5.29.14", false, octetString(keyIdentifier(key))),
    extension("2.5.29.35", false, sequence(tagged(0, keyIdentifier(signer)))),
    extension("2.5.29.19", true, facts.role === "leaf" ? sequence() : sequence(boolean(true))),
    // Key usage as a bit string: keyCertSign and cRLSign, or digitalSignature; the first byte counts unused bits.
    ...(facts.role === "authority" ? [extension("2.5.29.15", true, der(0x03, Buffer.from([1, 0x06])))] : []),
    ...(facts.role === "leaf"
      ? [
          extension("2.5.29.15", true, der(0x03, Buffer.from([7, 0x80]))),
          extension("2.5.29.37", false, sequence(objectIdentifier("1.3.6.1.5.5.7.3.1")))
        ]
      : []),
    ...(facts.alternativeNames.length === 0
      ? []
      : [extension("2.5.29.17", false, sequence(...facts.alternativeNames.map(generalName)))])
  )

const pem = (bytes: Buffer): string =>
  [
    "-----BEGIN CERTIFICATE-----",
    bytes.toString("base64").replace(/.{64}/g, "$&\n").trimEnd(),
    "-----END CERTIFICATE-----\n"
  ].join("\n")

/** An X.509 certificate as PEM; equal input gives equal bytes. */
export const makeCertificate = (
  facts: CertificateFacts,
  key: SeededKey,
  issuer: { readonly subject: string; readonly key: SeededKey } = { subject: facts.subject, key }
): string => {
  const algorithm = algorithms[issuer.key.type]
  const content = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(facts.serial),
    algorithm,
    distinguishedName(issuer.subject),
    sequence(time(facts.notBefore), time(facts.notAfter)),
    distinguishedName(facts.subject),
    key.spki,
    explicit(3, extensions(facts, key, issuer.key))
  )
  return pem(sequence(content, algorithm, bitString(issuer.key.sign(content))))
}
