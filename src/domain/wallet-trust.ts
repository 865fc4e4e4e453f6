import type { TlsFacts } from "./visit.ts"

/**
 * Whether the Electrum wallet would use a server by its TLS handshake, and why.
 * Null where what was seen cannot decide it.
 */
export interface WalletVerdict {
  readonly accepts: boolean | null
  readonly reason: string
}

const verdict = (accepts: boolean | null, reason: string): WalletVerdict => ({ accepts, reason })

/** OpenSSL's code 18: the leaf alone was presented and signed itself. */
const selfSignedLeaf = "DEPTH_ZERO_SELF_SIGNED_CERT"

/**
 * Faults by their names in Node, which are OpenSSL's X509_V_ERR names without
 * that prefix, but for the comparison of names, which Node makes. Where there
 * are several, OpenSSL reports the last it looks for: dates after authorities.
 */
const faults: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "expired",
  CERT_NOT_YET_VALID: "not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "issued for another name",
  // Codes 2, 19, 20, 21: an authority of its own, or a certificate in between is missing.
  UNABLE_TO_GET_ISSUER_CERT: "unknown authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "unknown authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "unknown authority",
  SELF_SIGNED_CERT_IN_CHAIN: "unknown authority"
}

/**
 * Suites of TLS 1.2 in Python's own list since 3.10 (ephemeral keys, no SHA-1
 * as MAC), which the wallet does not change; all of TLS 1.3 are in it.
 */
const offeredSuite =
  /^TLS_(?:ECDHE_(?:RSA|ECDSA)_WITH_(?:AES_(?:128|256)_(?:GCM|CBC)_SHA(?:256|384)|CHACHA20_POLY1305_SHA256)|DHE_RSA_WITH_AES_(?:128|256)_(?:GCM|CBC)_SHA(?:256|384))$/

/** Least bits of keys at OpenSSL's security level 2, which the same list sets. */
const leastBits = { rsa: 2048, ec: 224 }

/** Bits of a key as `CertificateFacts.keyType` has it: of RSA's modulus, or in the name of a curve. */
const isSmall = (keyType: string): boolean => {
  const bits = Number(/[0-9]{2,}/.exec(keyType)?.[0])
  return keyType.startsWith("ec ") ? bits < leastBits.ec : /^(?:rsa|rsa-pss|dsa) /.test(keyType) && bits < leastBits.rsa
}

const isWeakDigest = (signatureAlgorithm: string | null): boolean => /sha-?1(?![0-9])|md[245]/i.test(signatureAlgorithm ?? "")

/**
 * The wallet's own rule (protocol facts, section 9): it speaks TLS 1.2 or newer
 * and meets a host name for the first time here. A certificate of a known
 * authority for that name is accepted, and demanded from then on; a leaf that
 * signed itself is pinned, whatever names it states, unless its time is over;
 * with any other fault the server is not used. A wallet that has pinned another
 * certificate for the name refuses this one: that cannot be seen from here.
 *
 * Faults are those that OpenSSL found at the time of the visit, by our clock,
 * against the roots that Node ships, where the wallet takes certifi's: both are
 * Mozilla's, perhaps of another date. We connect at security level 0, so keys
 * and the leaf's digest are judged here; digests higher up are not known.
 */
export const walletVerdict = (tls: TlsFacts): WalletVerdict => {
  const { certificate, cipher, verifyError, version } = tls
  if (version === null || cipher === null) return verdict(null, "the handshake was not read")
  if (version !== "TLSv1.2" && version !== "TLSv1.3") return verdict(false, "older than TLS 1.2")
  if (certificate === null) return verdict(null, "the certificate was not read")
  const pinned = verifyError === selfSignedLeaf
  if (verifyError !== null && !pinned) return verdict(false, faults[verifyError] ?? `certificate fault: ${verifyError}`)
  if (isSmall(certificate.keyType)) return verdict(false, "key too small")
  // The digest of what is trusted itself is not looked at.
  if (!pinned && isWeakDigest(certificate.signatureAlgorithm)) return verdict(false, "signed with a weak digest")
  if (version === "TLSv1.2" && !offeredSuite.test(cipher)) {
    return verdict(null, "a cipher suite that the wallet does not offer; whether the server has others was not tried")
  }
  return verdict(true, pinned ? "self-signed: pinned at first contact" : "a known authority's, for this name")
}
