import { assert, property, uint8Array } from "fast-check"
import { X509Certificate } from "node:crypto"
import { describe, expect, it } from "vitest"
import { certificateFacts } from "../../src/transport/certificate.ts"
import { subjectPublicKeyInfo } from "../../src/domain/der.ts"
import { makeTestCertificate, type TestCertificateOptions } from "../support/test-certificate.ts"

const factsOf = (options: TestCertificateOptions) =>
  certificateFacts(new X509Certificate(makeTestCertificate(options).der))!

describe("certificate facts", () => {
  it.each(["rsa-1024", "rsa-2048", "p-256", "ed25519"] as const)("find the public key of %s where it is", (key) => {
    const certificate = makeTestCertificate({ key })
    const facts = certificateFacts(new X509Certificate(certificate.der))!
    expect(facts.spkiSha256).toBe(certificate.spkiSha256)
    expect(facts.sha256).toBe(certificate.sha256)
  })

  it("name the same key across a renewal differently only by the whole", () => {
    const old = makeTestCertificate({ serial: 1 })
    const der = subjectPublicKeyInfo(old.der)
    expect(der).toEqual(old.keys.publicKey.export({ type: "spki", format: "der" }))
  })

  it("keep names apart that hold separators, and addresses in one spelling", () => {
    const facts = factsOf({
      commonName: "a, CN=b\nc",
      dns: ["a.test, DNS:b.test", "plain.test", "\u0007bell"],
      ip: [[192, 0, 2, 1], [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]]
    })
    expect(facts.sanDns).toEqual(["a.test, DNS:b.test", "plain.test", "\u0007bell"])
    expect(facts.sanIp).toEqual(["192.0.2.1", "2001:db8::1"])
    expect(facts.subject).toBe("CN=a\\, CN=b\\0Ac")
  })

  it("bound the names kept", () => {
    expect(factsOf({ dns: Array.from({ length: 1000 }, (_, i) => `n${i}.test`) }).sanDns.length).toBe(256)
  })

  it("read dates before 2050 and after", () => {
    const facts = factsOf({ notBefore: new Date("1999-12-31T23:59:59Z"), notAfter: new Date("2150-01-02T03:04:05Z") })
    expect([facts.validFrom, facts.validTo]).toEqual(["1999-12-31T23:59:59.000Z", "2150-01-02T03:04:05.000Z"])
  })

  it("are none for a certificate larger than any honest one", () => {
    const dns = Array.from({ length: 300 }, (_, i) => `${"x".repeat(250)}${i}.test`)
    expect(certificateFacts(new X509Certificate(makeTestCertificate({ dns }).der))).toBeUndefined()
  })

  it("survive any damage to the encoding", () => {
    const { der } = makeTestCertificate()
    assert(property(uint8Array({ minLength: 3, maxLength: 3 }), ([high, low, value]) => {
      const damaged = Buffer.from(der)
      damaged[((high! << 8) | low!) % der.length] = value!
      const spki = subjectPublicKeyInfo(damaged)
      expect(spki === undefined || spki.length <= damaged.length).toBe(true)
      let parsed: X509Certificate | undefined
      try {
        parsed = new X509Certificate(damaged)
      } catch {
        return
      }
      expect(() => certificateFacts(parsed)).not.toThrow()
    }), { numRuns: 1000 })
  })

  it("are looked for in any bytes without harm", () => {
    assert(property(uint8Array({ maxLength: 64 }), (bytes) => {
      expect(subjectPublicKeyInfo(bytes)?.length ?? 0).toBeLessThanOrEqual(bytes.length)
    }))
  })
})
