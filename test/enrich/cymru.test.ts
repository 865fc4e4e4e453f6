import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { originQuestion, readOrigin, readSystem, systemQuestion } from "../../src/enrich/cymru.ts"

describe("Team Cymru's DNS interface", () => {
  it("is asked about addresses backwards, IPv6 by nibbles, and about systems by number", () => {
    expect(originQuestion("216.90.108.31")).toBe("31.108.90.216.origin.asn.cymru.com")
    expect(originQuestion("2001:db8::1")).toBe(`1.${"0.".repeat(23)}8.b.d.0.1.0.0.2.origin6.asn.cymru.com`)
    expect(originQuestion("example.org")).toBeUndefined()
    expect(systemQuestion("23028")).toBe("AS23028.asn.cymru.com")
  })

  it("answers with origin, block, country and registry", () => {
    expect(readOrigin(["23028 | 216.90.108.0/24 | US | arin | 1998-09-25"], "216.90.108.31"))
      .toEqual({ asns: ["23028"], block: "216.90.108.0/24", country: "US", detail: "arin, allocated 1998-09-25" })
    expect(readOrigin(["64500 | 2001:db8::/32 | | ripencc | "], "2001:db8::1"))
      .toEqual({ asns: ["64500"], block: "2001:db8::/32", country: null, detail: "ripencc" })
  })

  it("may name several origins and several blocks: the narrowest counts, with all its origins, whatever the order", () => {
    const answers = [
      "64500 | 192.0.0.0/16 | US | arin | 1998-09-25",
      "64502 64501 | 192.0.2.0/24 | DE | ripencc | 2001-01-01",
      "64503 | 192.0.2.0/24 | DE | ripencc | 2001-01-01"
    ]
    for (const texts of [answers, answers.toReversed()]) {
      const origin = readOrigin(texts, "192.0.2.7")!
      expect([origin.block, origin.country, origin.asns.toSorted()]).toEqual(["192.0.2.0/24", "DE", ["64501", "64502", "64503"]])
    }
  })

  it("is not believed about blocks that do not hold the address, or in words instead of numbers", () => {
    const hostile = [
      "",
      "|||||",
      "64500",
      "64500 | 198.51.100.0/24 | US | arin | 1998-09-25",
      "64500 | 2001:db8::/32 | US | arin | 1998-09-25",
      "64500 | 192.0.2.0/33 | US | arin | 1998-09-25",
      "0 | 192.0.2.0/24 | US | arin | 1998-09-25",
      "4294967296 | 192.0.2.0/24 | US | arin | 1998-09-25",
      "-5 | 192.0.2.0/24 | US | arin | 1998-09-25",
      "NA | 192.0.2.0/24 | US | arin | 1998-09-25",
      "AS64500 | 192.0.2.0/24 | US | arin | 1998-09-25",
      `${Array.from({ length: 17 }, (_, i) => 64500 + i).join(" ")} | 192.0.2.0/24 | US | arin | 1998-09-25`
    ]
    for (const text of hostile) expect([text, readOrigin([text], "192.0.2.7")]).toEqual([text, undefined])
    expect(readOrigin([...hostile, "64500 | 192.0.2.0/24 | us\u0007 | a r\u001b[31m | yesterday"], "192.0.2.7"))
      .toEqual({ asns: ["64500"], block: "192.0.2.0/24", country: null, detail: null })
  })

  it("names the holder of a system, its country left off the end", () => {
    const text = "23028 | US | arin | 2002-01-04 | TEAM-CYMRU - Team Cymru Inc., US"
    expect(readSystem([text], "23028")).toEqual({ name: "TEAM-CYMRU - Team Cymru Inc.", country: "US" })
    expect(readSystem(["64500 | DE | ripencc | 2002-01-04 | A | B, FR"], "64500")).toEqual({ name: "A | B, FR", country: "DE" })
    expect(readSystem(["64500 | | ripencc | | "], "64500")).toEqual({ name: null, country: null })
    expect(readSystem([text], "64500")).toBeUndefined()
    expect(readSystem(["64500 | DE | ripencc | 2002-01-04"], "64500")).toBeUndefined()
    expect(readSystem([`64500 | DE | x | x | ${"n".repeat(5_000)}`], "64500")!.name).toHaveLength(200)
  })

  it("never throws, and whatever it answers, only numbers, blocks around the address and countries are read", () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom(" | ", "64500", "192.0.2.0/24", "US", "arin"))
    fc.assert(fc.property(fc.array(fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(" ")), { maxLength: 4 }), (texts) => {
      const origin = readOrigin(texts, "192.0.2.7")
      if (origin !== undefined) {
        for (const asn of origin.asns) expect(asn).toMatch(/^[1-9]\d{0,9}$/)
        expect(origin.country ?? "XX").toMatch(/^[A-Z]{2}$/)
      }
      expect((readSystem(texts, "64500")?.name ?? "").length).toBeLessThanOrEqual(200)
    }))
  })
})
