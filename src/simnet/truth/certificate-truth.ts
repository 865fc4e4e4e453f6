import { createHash, X509Certificate } from "node:crypto"
import { ipVersion } from "../../domain/address.ts"
import type { TlsIdentities } from "../identity/tls-identities.ts"
import type { PlannedServer } from "../plan/plan.ts"

/** The certificate that a server presents first. */
export interface CertificateTruth {
  /** Of its DER, and of its public key info. */
  readonly sha256: string
  readonly spki_sha256: string
  /** Attributes in order, as `CN=a.test, O=Somebody`. */
  readonly subject: string
  readonly issuer: string
  readonly serial: string
  readonly valid_from: string
  readonly valid_to: string
  /** Alternative names, addresses among them. */
  readonly names: ReadonlyArray<string>
  readonly key_type: "p256" | "rsa"
  /** Its own key signed it; else the simulated authority did. */
  readonly self_signed: boolean
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex")

const attributes = (name: string): string => name.split("\n").join(", ")

const names = (text: string | undefined): ReadonlyArray<string> =>
  text === undefined ? [] : text.split(", ").map((entry) => entry.replace(/^(?:DNS|IP Address):/, ""))

/**
 * What a server shows to a client that names the host it means in its TLS
 * handshake, but for addresses, which are not named. As planned: traits about
 * certificates are told with the traits.
 */
export const certificateOf = (server: PlannedServer, host: string, identities: TlsIdentities): CertificateTruth => {
  const identity = identities.of(server.certificate)
  const named = ipVersion(host) === undefined && identity.forNames?.hosts.has(host.toLowerCase()) === true
  const certificate = new X509Certificate(named ? identity.forNames!.identity().certificate : identity.certificate)
  return {
    sha256: sha256(certificate.raw),
    spki_sha256: sha256(certificate.publicKey.export({ type: "spki", format: "der" })),
    subject: attributes(certificate.subject),
    issuer: attributes(certificate.issuer),
    serial: certificate.serialNumber.toLowerCase(),
    valid_from: certificate.validFromDate.toISOString(),
    valid_to: certificate.validToDate.toISOString(),
    names: names(certificate.subjectAltName),
    key_type: certificate.publicKey.asymmetricKeyType === "rsa" ? "rsa" : "p256",
    self_signed: certificate.subject === certificate.issuer
  }
}
