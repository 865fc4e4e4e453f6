import { X509Certificate } from "node:crypto"
import { canonicalAddress } from "../domain/address.ts"
import { sha256Hex } from "../domain/sha256.ts"
import type { CertificateFacts, ChainCertificate } from "../domain/visit.ts"
import { publicKeyKind, subjectPublicKeyInfo } from "../domain/der.ts"

/** Bounds on what a server may make us keep of its certificates. */
const maxChain = 10
const maxCertificateBytes = 65_536
const maxNames = 256

/** A value of a certificate that OpenSSL may refuse to give, for keys and dates it cannot read. */
const attempt = <A>(read: () => A): A | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** OpenSSL writes one attribute a line and escapes control characters and commas inside values. */
const oneLine = (name: string | undefined): string => (name ?? "").replaceAll("\n", ", ")

const isoDate = (date: Date | undefined): string | null =>
  date === undefined || Number.isNaN(date.getTime()) ? null : date.toISOString()

/** Node writes `DNS:a.example, IP Address:::1`; a value with special characters as a JSON string. */
const alternativeName = /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g

const alternativeNames = (text: string | undefined): { readonly dns: Array<string>; readonly ip: Array<string> } => {
  const names = { dns: [] as Array<string>, ip: [] as Array<string> }
  for (const [, kind, written] of (text ?? "").matchAll(alternativeName)) {
    const value = written!.startsWith("\"") ? attempt(() => String(JSON.parse(written!))) ?? written! : written!
    if (kind === "DNS" && names.dns.length < maxNames) names.dns.push(value)
    if (kind === "IP Address" && names.ip.length < maxNames) names.ip.push(canonicalAddress(value.toLowerCase()) ?? value)
  }
  return names
}

/** OpenSSL is asked for what the encoding does not show at once: it makes an object of the key, and takes as long for its details as for all other facts. */
const keyType = (certificate: X509Certificate, spki: Uint8Array): string => {
  const kind = publicKeyKind(spki)
  if (kind !== undefined) return kind
  const key = attempt(() => certificate.publicKey)
  if (key?.asymmetricKeyType === undefined) return "unknown"
  const details = attempt(() => key.asymmetricKeyDetails)
  const size = details?.modulusLength ?? details?.namedCurve
  return size === undefined ? key.asymmetricKeyType : `${key.asymmetricKeyType} ${size}`
}

/** Its own key signed it. Equal names alone would call many a private authority's leaf self-signed. */
const isSelfSigned = (certificate: X509Certificate): boolean =>
  certificate.subject === certificate.issuer && attempt(() => certificate.verify(certificate.publicKey)) === true

/**
 * The facts of a certificate. Undefined when its public key cannot be located:
 * a key hash that is not the key's would join strangers.
 */
export const certificateFacts = (certificate: X509Certificate): CertificateFacts | undefined => {
  const der = certificate.raw
  if (der.length > maxCertificateBytes) return undefined
  const spki = subjectPublicKeyInfo(der) ?? attempt(() => certificate.publicKey.export({ type: "spki", format: "der" }))
  if (spki === undefined) return undefined
  const names = alternativeNames(certificate.subjectAltName)
  return {
    sha256: sha256Hex(der),
    spkiSha256: sha256Hex(spki),
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    serial: certificate.serialNumber.toLowerCase(),
    validFrom: isoDate(attempt(() => certificate.validFromDate)),
    validTo: isoDate(attempt(() => certificate.validToDate)),
    sanDns: names.dns,
    sanIp: names.ip,
    keyType: keyType(certificate, spki),
    signatureAlgorithm: certificate.signatureAlgorithm ?? null,
    selfSigned: isSelfSigned(certificate),
    derBase64: der.toString("base64")
  }
}

/** The certificates presented above the leaf, in their order: at most 10, up to the first over 64 kB. */
export const chainOf = (leaf: X509Certificate): ReadonlyArray<ChainCertificate> => {
  const chain: Array<ChainCertificate> = []
  let next = leaf.issuerCertificate
  while (next !== undefined && chain.length < maxChain && next.raw.length <= maxCertificateBytes) {
    chain.push({ sha256: sha256Hex(next.raw), derBase64: next.raw.toString("base64") })
    next = next.issuerCertificate
  }
  return chain
}

/** All that a certificate says in words and names, also beyond the facts that are kept of it; null where it cannot be read. */
export const certificateWords = (der: Uint8Array): string | null => {
  const certificate = attempt(() => new X509Certificate(der))
  if (certificate === undefined) return null
  const { infoAccess, issuer, subject, subjectAltName } = certificate
  return [subject, issuer, subjectAltName ?? "", infoAccess ?? ""].join("\n")
}
