import { X509Certificate } from "node:crypto"
import { describe, expect, it } from "vitest"
import { visitWithoutExcluded } from "../../src/crawl/without-excluded.ts"
import { makeExclusions } from "../../src/domain/exclusions.ts"
import type { Visit } from "../../src/domain/visit.ts"
import { certificateFacts, chainOf } from "../../src/transport/certificate.ts"
import { makeTestCertificate } from "../support/test-certificate.ts"
import { answeredVisit, observationOf, tlsOf } from "../support/store-facts.ts"

const own = "x.example.org"
const excluded = "left-out.example.org"
const exclusions = makeExclusions([excluded, "bücher.example", "*.whole.example"])

const visitOf = (changes: Partial<Visit>): Visit => answeredVisit(`${own}:50002:s`, changes)

/** All that would be stored, also what is in the bytes of certificates. */
const stored = (visit: Visit): string => {
  const { tls, ...rest } = visitWithoutExcluded(visit, exclusions)
  const bytes = [tls?.certificate, ...tls?.chain ?? []].map((it) => Buffer.from(it?.derBase64 ?? "", "base64").toString("latin1"))
  return JSON.stringify([rest, tls, bytes])
}

const tlsWith = (...[options]: Parameters<typeof makeTestCertificate>) =>
  tlsOf(certificateFacts(new X509Certificate(makeTestCertificate(options).der))!)

describe("a visit without what the opt-out list names", () => {
  it("has a certificate without such a name, and without the bytes that tell it; key, dates and hash stay", () => {
    const tls = tlsWith({ commonName: excluded, dns: [own, excluded, "*.whole.example"], ip: [[34, 90, 1, 2]] })
    const visit = visitOf({ tls })
    expect(stored(visit)).not.toMatch(/left-out|whole\.example/)
    const { certificate } = visitWithoutExcluded(visit, exclusions).tls!
    expect(certificate).toEqual({ ...tls.certificate, subject: "", issuer: "", sanDns: [own], derBase64: "" })
  })

  it("has the certificates above it without bytes where they tell such a name", () => {
    const authority = makeTestCertificate({ commonName: excluded, authority: true })
    const leaf = makeTestCertificate({ commonName: own, dns: [own], issuer: { certificate: authority, commonName: excluded } })
    const chain = [{ sha256: authority.sha256, derBase64: authority.der.toString("base64") }]
    const visit = visitOf({ tls: { ...tlsOf(certificateFacts(new X509Certificate(leaf.der))!), chain } })
    expect(stored(visit)).not.toContain("left-out")
    const { tls } = visitWithoutExcluded(visit, exclusions)
    expect([tls!.chain, tls!.certificate!.issuer, tls!.certificate!.subject]).toEqual([[{ sha256: authority.sha256, derBase64: "" }], "", `CN=${own}`])
  })

  it("has every certificate as it was that names nobody on the list", () => {
    const authority = makeTestCertificate({ commonName: "Some CA", authority: true })
    const leaf = makeTestCertificate({ commonName: own, dns: [own], issuer: { certificate: authority, commonName: "Some CA" } })
    const visit = visitOf({ tls: { ...tlsOf(certificateFacts(new X509Certificate(leaf.der))!), chain: chainOf(new X509Certificate(leaf.der)) } })
    expect(visitWithoutExcluded(visit, exclusions)).toEqual(visit)
  })

  it("says nothing of it in its short texts either: software, protocol, address for gifts, what its features claim", () => {
    const features = {
      serverVersion: excluded, protocolMin: excluded, protocolMax: excluded, genesisHash: excluded, hashFunction: excluded,
      pruning: null, hosts: [], services: [excluded]
    }
    const { identification } = visitOf({})
    const visit = visitOf({
      software: `ElectrumX ${excluded}`, protocol: excluded, donationAddress: excluded, features,
      identification: identification === null ? null : { ...identification, contradictions: [excluded], remarks: [excluded], proxy: [excluded] }
    })
    expect(stored(visit)).not.toContain("left-out")
  })

  it("knows an international name in its own letters, in other full stops, in capitals and by JSON's escapes, and any name by those", () => {
    const texts = [
      "see bücher.example for more", "BÜCHER.EXAMPLE:50002", "bücher。example", "(bu\u0308cher.example)", "xn--bcher-kva.example",
      "\"b\\u00fccher.example\"", "\"\\u006ceft-out.example.org\"", `ようこそ${excluded}へ`, "a.b.whole.example"
    ]
    for (const text of texts) {
      const without = visitWithoutExcluded(visitOf({ banner: text, observations: [observationOf("banner", { replyRaw: text })] }), exclusions)
      expect([text, without.banner, without.observations[0]!.replyRaw]).toEqual([text, null, null])
    }
    for (const text of ["bucher.example", "büchere.example", "bücher example", "süß", "\\u00fc.example"]) {
      expect(visitWithoutExcluded(visitOf({ banner: text }), exclusions).banner).toBe(text)
    }
  })
})
