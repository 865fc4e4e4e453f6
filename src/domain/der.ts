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

const sequence = 0x30
const explicitVersion = 0xa0
// serialNumber, signature, issuer, validity and subject stand before the key (RFC 5280 section 4.1).
const fieldsBeforeKey = 5

/**
 * The SubjectPublicKeyInfo of a certificate in the very bytes presented, so
 * that its hash is the one other tools pin. Undefined when the encoding is not DER.
 */
export const subjectPublicKeyInfo = (certificate: Uint8Array): Uint8Array | undefined => {
  const whole = elementAt(certificate, 0, certificate.length)
  if (whole?.tag !== sequence) return undefined
  const signed = elementAt(certificate, whole.content, whole.end)
  if (signed?.tag !== sequence) return undefined
  let field = elementAt(certificate, signed.content, signed.end)
  const skipped = fieldsBeforeKey + (field?.tag === explicitVersion ? 1 : 0)
  for (let i = 0; i < skipped && field !== undefined; i++) field = elementAt(certificate, field.end, signed.end)
  return field?.tag === sequence ? certificate.subarray(field.start, field.end) : undefined
}
