import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto"

/** A certificate for a test server, made without OpenSSL's command so that weak and odd ones can be made too. */
export interface TestCertificate {
  readonly der: Buffer
  readonly cert: string
  readonly key: string
  /** SHA-256 of the whole and of its SubjectPublicKeyInfo. */
  readonly sha256: string
  readonly spkiSha256: string
  readonly keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
}

export type TestKey = "rsa-1024" | "rsa-2048" | "p-256" | "ed25519"

export interface TestCertificateOptions {
  readonly key?: TestKey
  readonly digest?: "sha1" | "sha256"
  readonly commonName?: string
  readonly dns?: ReadonlyArray<string>
  readonly ip?: ReadonlyArray<ReadonlyArray<number>>
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly serial?: number
  /** It may sign others. */
  readonly authority?: boolean
  /** Signs it instead of its own key. */
  readonly issuer?: { readonly certificate: TestCertificate; readonly commonName: string }
}

const tlv = (tag: number, ...content: ReadonlyArray<Uint8Array>): Buffer => {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const length = [body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff].filter((b, i, all) => b > 0 || all.slice(0, i).some((x) => x > 0))
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length, ...length]), body])
}
const sequence = (...content: ReadonlyArray<Uint8Array>): Buffer => tlv(0x30, ...content)

const oid = (dotted: string): Buffer => {
  const [first, second, ...rest] = dotted.split(".").map(Number)
  const base128 = (n: number): Array<number> => {
    const digits = [n & 0x7f]
    for (let more = Math.floor(n / 128); more > 0; more = Math.floor(more / 128)) digits.unshift((more & 0x7f) | 0x80)
    return digits
  }
  return tlv(0x06, Buffer.from([first! * 40 + second!, ...rest.flatMap(base128)]))
}

const algorithms = {
  "rsa-sha1": sequence(oid("1.2.840.113549.1.1.5"), tlv(0x05)),
  "rsa-sha256": sequence(oid("1.2.840.113549.1.1.11"), tlv(0x05)),
  "ec-sha1": sequence(oid("1.2.840.10045.4.1")),
  "ec-sha256": sequence(oid("1.2.840.10045.4.3.2")),
  ed25519: sequence(oid("1.3.101.112"))
}

const nameOf = (commonName: string): Buffer =>
  sequence(tlv(0x31, sequence(oid("2.5.4.3"), tlv(0x0c, Buffer.from(commonName)))))

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). */
const time = (date: Date): Buffer => {
  const digits = `${date.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`
  return date.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(digits.slice(2))) : tlv(0x18, Buffer.from(digits))
}

export const makeTestKeys = (key: TestKey) =>
  key === "p-256"
    ? generateKeyPairSync("ec", { namedCurve: "prime256v1" })
    : key === "ed25519"
    ? generateKeyPairSync("ed25519")
    : generateKeyPairSync("rsa", { modulusLength: key === "rsa-1024" ? 1024 : 2048 })

const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

export const makeTestCertificate = (options: TestCertificateOptions = {}): TestCertificate => {
  const { commonName = "test", digest = "sha256", issuer, key = "p-256" } = options
  const keys = makeTestKeys(key)
  const signer = issuer?.certificate.keys.privateKey ?? keys.privateKey
  const family = signer.asymmetricKeyType
  const algorithm = algorithms[family === "ed25519" ? family : family === "ec" ? `ec-${digest}` as const : `rsa-${digest}` as const]
  const names = [
    ...(options.dns ?? []).map((name) => tlv(0x82, Buffer.from(name))),
    ...(options.ip ?? []).map((bytes) => tlv(0x87, Buffer.from(bytes)))
  ]
  const extensionList = [
    ...(names.length === 0 ? [] : [sequence(oid("2.5.29.17"), tlv(0x04, sequence(...names)))]),
    ...(options.authority === true ? [sequence(oid("2.5.29.19"), tlv(0x01, Buffer.from([0xff])), tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff])))))] : [])
  ]
  const extensions = extensionList.length === 0 ? [] : [tlv(0xa3, sequence(...extensionList))]
  const spki = keys.publicKey.export({ type: "spki", format: "der" })
  const signed = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([options.serial ?? 0x17])),
    algorithm,
    nameOf(issuer?.commonName ?? commonName),
    sequence(
      time(options.notBefore ?? new Date("2024-01-01T00:00:00Z")),
      time(options.notAfter ?? new Date("2054-01-01T00:00:00Z"))
    ),
    nameOf(commonName),
    spki,
    ...extensions
  )
  const signature = sign(family === "ed25519" ? null : digest, signed, signer)
  const der = sequence(signed, algorithm, tlv(0x03, Buffer.from([0]), signature))
  return {
    der,
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
    key: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    sha256: hash(der),
    spkiSha256: hash(spki),
    keys
  }
}
