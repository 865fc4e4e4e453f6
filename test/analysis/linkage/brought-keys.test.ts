import { describe, expect, it } from "vitest"
import type { PresentedCertificate } from "../../../src/analysis/traits/server-traits.ts"
import { groupsOf, idsFrom, ownHost, several, type Shows, words } from "../../support/shown-servers.ts"

describe("an image made from its author's machine, whose certificate names the author's host, joins nobody to the author", () => {
  const author: Shows = { host: "electrum.author.example", certificate: { sha256: "c", spkiSha256: "k" }, gift: "of the author", greeting: "author since 2014" }
  const user = (i: number): Shows => ({ ...author, host: ownHost(i), certificate: { sha256: "c", spkiSha256: "k", names: [author.host] } })

  it("where its users wrote nothing of their own", () => {
    expect(groupsOf(author, ...several(4, user))).toEqual([])
  })

  it("where some of them did", () => {
    expect(groupsOf(author, ...several(4, (i): Shows => i < 2 ? { ...user(i), greeting: `${words[i]} greets`, gift: `mine ${i}` } : user(i)))).toEqual([])
  })

  it("unlike a certificate that names them all", () => {
    const names = several(4, ownHost)
    expect(groupsOf(...several(4, (i) => ({ ...user(i), certificate: { sha256: "c", spkiSha256: "k", names } })))).toEqual([idsFrom(4)])
  })
})

describe("customers of a hoster whose wildcard certificate two of its fronts show, or was renewed in between, are no group", () => {
  const front = (n: number, key = n): Partial<PresentedCertificate> =>
    ({ sha256: `wild ${n}`, spkiSha256: `wild key ${key}`, names: ["*.perch.example"], selfSigned: false, trusted: true })
  const customer = (i: number): Shows => ({ host: `${words[i]}.perch.example`, certificate: front(i % 2), gift: "of the hoster" })

  it("where they leave its address for gifts", () => {
    expect(groupsOf(...several(6, customer))).toEqual([])
    expect(groupsOf(...several(6, (i) => ({ ...customer(i), greeting: i < 3 ? `${words[i]} greets` : undefined })))).toEqual([])
  })

  it("where the renewed certificate has the same key", () => {
    expect(groupsOf(...several(6, (i) => ({ ...customer(i), certificate: front(i % 2, 0) })))).toEqual([])
  })

  it("unlike certificates that name each other", () => {
    const names = several(6, ownHost)
    expect(groupsOf(...several(6, (i): Shows => ({ host: ownHost(i), certificate: { names }, gift: "of the fleet" })))).toEqual([idsFrom(6)])
  })
})

describe("an image's key and what no money can be sent to, asked for gifts, join nobody", () => {
  const user = (gift: string) => (i: number): Shows =>
    ({ host: ownHost(i), certificate: { sha256: `c${i}`, spkiSha256: "image key" }, gift, isGiftRead: true })

  for (const gift of ["none", "n/a", "-", "0", "YOUR_DONATION_ADDRESS", "https://opensats.org"]) {
    it(`as ${gift}`, () => {
      expect(groupsOf(...several(3, user(gift)))).toEqual([])
    })
  }

  it("unlike an address", () => {
    expect(groupsOf(...several(3, user("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")))).toEqual([idsFrom(3)])
  })
})
