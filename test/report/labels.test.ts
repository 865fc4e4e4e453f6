import { Result } from "effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseLabels } from "../../src/report/labels/label-file.ts"
import { servedByChance, upperTail } from "../../src/report/labels/by-chance.ts"
import { isMatch, matchLabels, organisationsIn } from "../../src/report/labels/match-labels.ts"

const read = (text: string) => Result.getOrThrow(parseLabels("labels.csv", text))
const refusal = (text: string) => Result.getOrThrow(Result.flip(parseLabels("labels.csv", text))).message
const header = "label,kind,pattern,source,date\n"
const label = { label: "Invented", kind: "host" as const, pattern: "*.invented.example", source: "https://example.org/a", date: "2026-05-01" }

describe("a file of labels", () => {
  it("is JSON or CSV, with base rates in either", () => {
    const rate = { label: "Invented", hosts: 1000, hits: 3, source: "https://example.org/b", date: "2026-06-01" }
    const csv = `${header}Invented,host,*.invented.example,https://example.org/a,2026-05-01\nInvented,base rate,3/1000,https://example.org/b,2026-06-01\n`
    expect(read(csv)).toEqual({ labels: [label], base_rates: [rate] })
    expect(read(JSON.stringify({ labels: [label], base_rates: [rate] }))).toEqual({ labels: [label], base_rates: [rate] })
    expect(read(`${header}"A, B",host,h.example,https://example.org,2026-05-01\n`).labels[0]!.label).toBe("A, B")
  })

  it("is refused where it is undated, has no source, or says no kind that is known", () => {
    expect(refusal(`${header}A,host,h.example,https://example.org,yesterday\n`)).toContain("date")
    expect(refusal(`${header}A,host,h.example,rumour,2026-05-01\n`)).toContain("no http or https URL")
    expect(refusal(`${header}A,person,h.example,https://example.org,2026-05-01\n`)).toContain("kind")
    expect(refusal(`${header}A,base rate,many,https://example.org,2026-05-01\n`)).toContain("hosts")
    expect(refusal("name;who\n")).toContain("header label,kind,pattern,source,date")
  })
})

describe("a label", () => {
  it("fits whole words, whole domains, systems and blocks, and nothing that only looks alike", () => {
    const fits = (kind: (typeof label)["kind"] | "asn" | "organisation" | "reverse name" | "certificate organisation" | "address", pattern: string, value: string) =>
      isMatch({ ...label, kind: kind as "host", pattern }, value)
    expect(fits("organisation", "invented analytics", "INVENTED-ANALYTICS, Ltd.")).toBe(true)
    expect(fits("organisation", "vent", "Invented")).toBe(false)
    expect(fits("organisation", "--", "- -")).toBe(false)
    expect(fits("reverse name", "invented.example", "a.b.invented.example.")).toBe(true)
    expect(fits("reverse name", "invented.example", "reinvented.example")).toBe(false)
    expect(fits("host", "*.invented.example", "a.invented.example")).toBe(true)
    expect(fits("host", "invented.example", "a.invented.example")).toBe(false)
    expect(fits("asn", "AS64500", "64500")).toBe(true)
    expect(fits("asn", "6450", "64500")).toBe(false)
    expect(fits("address", "192.0.2.0/24", "192.0.2.77")).toBe(true)
    expect(fits("address", "192.0.2.7", "192.0.2.7")).toBe(true)
    expect(fits("address", "192.0.2.0/24", "192.0.3.1")).toBe(false)
    expect(fits("address", "nonsense", "192.0.3.1")).toBe(false)
  })

  it("finds the organisation that a certificate states", () => {
    expect(organisationsIn("C=XX, O=Invented Analytics, CN=a.example")).toEqual(["Invented Analytics"])
    expect(organisationsIn("CN=O=trick")).toEqual([])
  })

  it("is looked for at shown servers only, and each server counts once", () => {
    const statements = [
      { server_id: 1, kind: "host", value: "a.invented.example" },
      { server_id: 1, kind: "host", value: "b.invented.example" },
      { server_id: 2, kind: "host", value: "c.example" },
      { server_id: 3, kind: "host", value: "withheld.invented.example" }
    ]
    const { findings, servers, totals } = matchLabels(new Map([[1, "a.invented.example"], [2, "c.example"]]), statements, { file: "f", labels: { labels: [label] } }, null)
    expect(servers).toBe(2)
    expect(findings[0]).toMatchObject({ known: 2, matches: [{ serverId: 1, host: "a.invented.example", value: "a.invented.example" }] })
    expect(totals).toEqual([{ label: "Invented", servers: 1, known: 2, baseRate: null, sample: null, chance: null }])
  })
})

describe("organisations in certificates", () => {
  const statements = [
    { server_id: 1, kind: "certificate subject", value: "O=Invented Analytics, CN=a.example" },
    { server_id: 1, kind: "certificate issuer", value: "O=Simulated Trust" },
    { server_id: 2, kind: "certificate subject", value: "CN=b.example" },
    { server_id: 2, kind: "certificate issuer", value: "O=Simulated Trust" },
    { server_id: 3, kind: "certificate subject", value: "O=Invented Analytics, O=Another, CN=c.example" },
    { server_id: 4, kind: "host", value: "never-visited.example" }
  ]
  const servers = new Map([1, 2, 3, 4].map((id) => [id, `s${id}.example`]))
  const found = (pattern: string) =>
    matchLabels(servers, statements, { file: "f", labels: { labels: [{ ...label, kind: "certificate organisation", pattern }] } }, null)

  it("are the subject's: no customer of an authority fits a label with the authority's name", () => {
    expect(found("Simulated Trust").findings[0]).toMatchObject({ known: 3, matches: [] })
    expect(found("Invented Analytics").findings[0]!.matches.map(({ serverId }) => serverId)).toEqual([1, 3])
  })

  it("are counted among servers whose certificate was seen, those without one as a known no", () => {
    const { certificates, organisations, totals } = found("Invented Analytics")
    expect(certificates).toEqual({ seen: 3, stateOrganisation: 2 })
    expect(organisations).toEqual([{ value: "Invented Analytics", servers: 2 }, { value: "Another", servers: 1 }])
    expect(totals[0]).toMatchObject({ servers: 2, known: 3 })
  })
})

describe("the chance of so many matches", () => {
  it("by a sample is Fisher's: of all that fit, so many or more among the servers", () => {
    expect(servedByChance({ hits: 3, known: 3 }, { hits: 0, known: 3 })).toBeCloseTo(1 / 20)
    expect(servedByChance({ hits: 2, known: 100 }, { hits: 0, known: 500 })).toBeCloseTo((100 * 99) / (600 * 599))
    expect(servedByChance({ hits: 0, known: 5 }, { hits: 3, known: 5 })).toBeCloseTo(1)
    const few = fc.integer({ min: 0, max: 12 })
    fc.assert(fc.property(few, few, few, few, (a, b, c, d) => {
      const chance = servedByChance({ hits: a, known: a + b }, { hits: c, known: c + d })
      const choose = (n: number, k: number): number => k < 0 || k > n ? 0 : k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k
      let tail = 0
      for (let k = a; k <= Math.min(a + b, a + c); k++) tail += (choose(a + b, k) * choose(c + d, a + c - k)) / choose(a + b + c + d, a + c)
      expect(chance).toBeCloseTo(Math.min(1, tail), 8)
    }))
  })

  it("is the tail of the binomial distribution", () => {
    expect(upperTail(1, 2, 0.5)).toBeCloseTo(0.75)
    expect(upperTail(10, 10, 0.5)).toBeCloseTo(1 / 1024)
    expect(upperTail(0, 10, 0.5)).toBe(1)
    expect(upperTail(3, 2, 0.5)).toBe(0)
    fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (tried, rate) => {
      const tails = Array.from({ length: tried + 1 }, (_, hits) => upperTail(hits, tried, rate))
      expect(tails.every((tail, i) => tail >= 0 && tail <= 1 && (i === 0 || tail <= tails[i - 1]! + 1e-9))).toBe(true)
    }))
  })
})
