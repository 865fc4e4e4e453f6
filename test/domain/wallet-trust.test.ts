import { describe, expect, it } from "vitest"
import type { TlsFacts } from "../../src/domain/visit.ts"
import { walletVerdict } from "../../src/domain/wallet-trust.ts"
import { certificateOf, tlsOf } from "../support/store-facts.ts"

const certificate = certificateOf("a certificate")

const verdictOf = (changes: Partial<TlsFacts>, ofCertificate: Partial<typeof certificate> = {}) =>
  walletVerdict({ ...tlsOf({ ...certificate, ...ofCertificate }), ...changes })

describe("the wallet's verdict", () => {
  it("is unknown where the handshake or the certificate was not read", () => {
    for (const changes of [{ version: null }, { cipher: null }, { certificate: null }] as const) {
      expect(verdictOf(changes).accepts).toBeNull()
    }
    // What is older than the wallet speaks needs no certificate to be refused.
    expect(verdictOf({ version: "TLSv1", certificate: null })).toEqual({ accepts: false, reason: "older than TLS 1.2" })
  })

  it("names faults that are rare as OpenSSL does", () => {
    expect(verdictOf({ verifyError: "INVALID_PURPOSE" })).toEqual({ accepts: false, reason: "certificate fault: INVALID_PURPOSE" })
  })

  it("refuses small keys of every kind, and no others", () => {
    for (const keyType of ["rsa 1024", "rsa 2047", "rsa-pss 1024", "dsa 1024", "ec prime192v1", "ec secp160r1"]) {
      expect([keyType, verdictOf({}, { keyType }).reason]).toEqual([keyType, "key too small"])
    }
    for (const keyType of ["rsa 2048", "rsa 4096", "rsa-pss 2048", "ec prime256v1", "ec secp224r1", "ec secp521r1", "ed25519", "ed448", "unknown"]) {
      expect([keyType, verdictOf({}, { keyType }).accepts]).toEqual([keyType, true])
    }
  })

  it("looks at the digest of what an authority signed, and not of what is pinned", () => {
    for (const signatureAlgorithm of ["sha1WithRSAEncryption", "ecdsa-with-SHA1", "RSA-SHA1", "md5WithRSAEncryption"]) {
      expect(verdictOf({ verifyError: null }, { signatureAlgorithm }).reason).toBe("signed with a weak digest")
      expect(verdictOf({}, { signatureAlgorithm }).accepts).toBe(true)
    }
    for (const signatureAlgorithm of ["sha256WithRSAEncryption", "ecdsa-with-SHA512", "ED25519", "RSASSA-PSS", null]) {
      expect(verdictOf({ verifyError: null }, { signatureAlgorithm }).accepts).toBe(true)
    }
  })

  it("knows which suites of TLS 1.2 the wallet offers", () => {
    const over = (cipher: string) => verdictOf({ version: "TLSv1.2", cipher }).accepts
    for (const cipher of [
      "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
      "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
      "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"
    ]) expect([cipher, over(cipher)]).toEqual([cipher, true])
    for (const cipher of [
      "TLS_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
      "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
      "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"
    ]) expect([cipher, over(cipher)]).toEqual([cipher, null])
  })
})
