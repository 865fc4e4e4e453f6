/** One element of a DER encoding: its tag, and where its content and its whole end. */
interface Element {
  readonly tag: number
  readonly start: number
  readonly content: number
  readonly end: number
}

/** The element at `offset`, or undefined where there is none of definite length inside `limit`. */
const elementAt = (der: Uint8Array, offset: number, limit: number): Element | undefined => {
  if (offset + 2 > limit) return undefined
  const first = der[offset + 1]!
  let length = first
  let content = offset + 2
  if (first > 0x7f) {
    const digits = first & 0x7f
    if (digits === 0 || digits > 4 || content + digits > limit) return undefined
    length = 0
    for (let i = 0; i < digits; i++) length = length * 256 + der[content + i]!
    content += digits
  }
  const end = content + length
  return end > limit ? undefined : { tag: der[offset]!, start: offset, content, end }
}

/** The element at `offset`, if it is of that kind. */
const taggedAt = (der: Uint8Array, tag: number, offset: number, limit: number): Element | undefined => {
  const element = elementAt(der, offset, limit)
  return element?.tag === tag ? element : undefined
}

const sequence = 0x30
const integer = 0x02
const bitString = 0x03
const objectIdentifier = 0x06
const explicitVersion = 0xa0
// serialNumber, signature, issuer, validity and subject stand before the key (RFC 5280 section 4.1).
const fieldsBeforeKey = 5

/**
 * The SubjectPublicKeyInfo of a certificate in the very bytes presented, so
 * that its hash is the one other tools pin. Undefined when the encoding is not DER.
 */
export const subjectPublicKeyInfo = (certificate: Uint8Array): Uint8Array | undefined => {
  const whole = taggedAt(certificate, sequence, 0, certificate.length)
  const signed = whole && taggedAt(certificate, sequence, whole.content, whole.end)
  if (signed === undefined) return undefined
  let field = elementAt(certificate, signed.content, signed.end)
  const skipped = fieldsBeforeKey + (field?.tag === explicitVersion ? 1 : 0)
  for (let i = 0; i < skipped && field !== undefined; i++) field = elementAt(certificate, field.end, signed.end)
  return field?.tag === sequence ? certificate.subarray(field.start, field.end) : undefined
}

const hex = (der: Uint8Array, { content, end }: Element): string => Buffer.from(der.buffer, der.byteOffset + content, end - content).toString("hex")

const rsaEncryption = "2a864886f70d010101"
const ecPublicKey = "2a8648ce3d0201"

/** Curves of certificates in use, by the names that OpenSSL gives them. */
const curves: Readonly<Record<string, string>> = {
  "2a8648ce3d030107": "prime256v1",
  "2b8104000a": "secp256k1",
  "2b81040022": "secp384r1",
  "2b81040023": "secp521r1"
}

/** Bits of an RSA modulus, from what the key's BIT STRING holds. */
const modulusBits = (der: Uint8Array, key: Element): number | undefined => {
  const pair = taggedAt(der, sequence, key.content + 1, key.end)
  const modulus = pair && taggedAt(der, integer, pair.content, pair.end)
  if (der[key.content] !== 0 || modulus === undefined) return undefined
  let first = modulus.content
  while (first < modulus.end && der[first] === 0) first++
  return first === modulus.end ? undefined : 8 * (modulus.end - first) - Math.clz32(der[first]!) + 24
}

/**
 * Kind and size of a SubjectPublicKeyInfo, `rsa 2048` or `ec prime256v1`, as
 * OpenSSL has them. Undefined of other kinds and curves (RFC 3279 section 2.3).
 */
export const publicKeyKind = (spki: Uint8Array): string | undefined => {
  const whole = taggedAt(spki, sequence, 0, spki.length)
  const algorithm = whole && taggedAt(spki, sequence, whole.content, whole.end)
  const kind = algorithm && taggedAt(spki, objectIdentifier, algorithm.content, algorithm.end)
  const key = algorithm && taggedAt(spki, bitString, algorithm.end, whole.end)
  if (algorithm === undefined || kind === undefined || key === undefined) return undefined
  switch (hex(spki, kind)) {
    case rsaEncryption: {
      const bits = modulusBits(spki, key)
      return bits === undefined ? undefined : `rsa ${bits}`
    }
    case ecPublicKey: {
      const named = taggedAt(spki, objectIdentifier, kind.end, algorithm.end)
      const curve = named && curves[hex(spki, named)]
      return curve === undefined ? undefined : `ec ${curve}`
    }
    default:
      return undefined
  }
}
