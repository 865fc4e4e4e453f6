import { writeFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { AddressFact } from "../../src/domain/address-fact.ts"
import { cloudTable, providerOfAsn } from "../../src/enrich/cloud-table.ts"
import { lookUp } from "../support/enriching.ts"
import { temporaryFolder } from "../support/small-database.ts"

const published = {
  "amazon.json": {
    syncToken: "1",
    createDate: "2026-10-05-21-43-11",
    prefixes: [
      { ip_prefix: "192.0.2.0/24", region: "GLOBAL", service: "AMAZON", network_border_group: "GLOBAL" },
      { ip_prefix: "192.0.2.128/25", region: "eu-west-1", service: "EC2", network_border_group: "eu-west-1" }
    ],
    ipv6_prefixes: [{ ipv6_prefix: "2001:db8:a::/48", region: "us-east-1", service: "EC2" }]
  },
  "google.json": {
    syncToken: "1",
    creationTime: "2026-10-05T09:03:34.10117",
    prefixes: [
      { ipv4Prefix: "198.51.100.0/25", service: "Google Cloud", scope: "europe-west4" },
      { ipv6Prefix: "2001:db8:b::/48", service: "Google Cloud", scope: "us-central1" }
    ]
  },
  "azure.json": {
    changeNumber: 7,
    cloud: "Public",
    values: [{
      name: "AzureCloud.westeurope",
      id: "AzureCloud.westeurope",
      properties: { changeNumber: 1, region: "westeurope", platform: "Azure", systemService: "", addressPrefixes: ["203.0.113.0/25", "2001:db8:c::/48"] }
    }]
  },
  "oracle.json": {
    last_updated_timestamp: "2026-10-05T18:51:03.517564",
    regions: [{ region: "eu-zurich-1", cidrs: [{ cidr: "198.51.100.128/25", tags: ["OCI"] }] }]
  },
  "ours.json": { provider: "Shed & Co", updated: "2026-11-01", ranges: ["203.0.113.128/25", "nonsense"] }
}

const cloudOf = (facts: ReadonlyArray<AddressFact>, address: string) =>
  facts
    .filter((fact) => fact.address === address && fact.reason === null)
    .map(({ answers, block, detail, source }) => [answers[0], detail, block, source.name, source.rank])

describe("cloud providers", () => {
  it.effect("are found in the ranges that they publish, each in its own shape, the narrowest being right", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const cloudRanges = Object.entries(published).map(([name, json]) => {
        writeFileSync(`${folder}/${name}`, JSON.stringify(json))
        return `${folder}/${name}`
      })
      const addresses = [
        "192.0.2.1", "192.0.2.200", "2001:db8:a::1", "198.51.100.1", "2001:db8:b::1",
        "203.0.113.1", "2001:db8:c::1", "198.51.100.200", "203.0.113.200", "240.0.0.1"
      ]
      const { facts, report } = yield* lookUp(addresses, { cloudRanges })
      expect(report.notes).toEqual(["ours.json: 1 blocks could not be read"])
      expect(addresses.map((address) => cloudOf(facts, address)[0])).toEqual([
        ["Amazon Web Services", "GLOBAL AMAZON", "192.0.2.0/24", "amazon.json", 1],
        ["Amazon Web Services", "eu-west-1 EC2", "192.0.2.128/25", "amazon.json", 1],
        ["Amazon Web Services", "us-east-1 EC2", "2001:db8:a::/48", "amazon.json", 1],
        ["Google Cloud", "europe-west4", "198.51.100.0/25", "google.json", 2],
        ["Google Cloud", "us-central1", "2001:db8:b::/48", "google.json", 2],
        ["Microsoft Azure", "westeurope AzureCloud.westeurope", "203.0.113.0/25", "azure.json", 3],
        ["Microsoft Azure", "westeurope AzureCloud.westeurope", "2001:db8:c::/48", "azure.json", 3],
        ["Oracle Cloud", "eu-zurich-1", "198.51.100.128/25", "oracle.json", 4],
        ["Shed & Co", null, "203.0.113.128/25", "ours.json", 5],
        undefined
      ])
      const dates = new Map(facts.map(({ source }) => [source.name, source.dataAt]))
      expect(dates.get("amazon.json")).toBe(Date.parse("2026-10-05T21:43:11Z"))
      expect(dates.get("google.json")).toBe(Date.parse("2026-10-05T09:03:34.101Z"))
      expect(dates.get("ours.json")).toBe(Date.parse("2026-11-01"))
    }))

  it.effect("of files that are none are not guessed", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      for (const text of ["", "[]", "{}", '{"prefixes": []}', '{"prefixes": [{"service": "x"}]}', '{"provider": "x", "ranges": ["y"]}', "<html>"]) {
        writeFileSync(`${folder}/ranges.json`, text)
        const { reason } = yield* Effect.flip(lookUp([], { cloudRanges: [`${folder}/ranges.json`] }))
        expect([text, reason]).toEqual([text, "bad format"])
      }
    }))

  it.effect("are told by the autonomous system where no ranges are given, and the table says of others that it has none", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      writeFileSync(`${folder}/geo.csv`, "network,country,city,asn,org\n192.0.2.0/24,,,24940,\n198.51.100.0/24,,,64500,\n")
      const { facts } = yield* lookUp(["192.0.2.1", "198.51.100.1", "203.0.113.1"], { geoFiles: [`${folder}/geo.csv`] })
      expect(cloudOf(facts, "192.0.2.1").at(-1)).toEqual(["Hetzner", "AS24940", "192.0.2.0/24", "cloud-asns.json", 1000])
      const others = facts.filter(({ fact }) => fact === "cloud_provider").map(({ address, reason }) => [address, reason])
      expect(others).toEqual([["192.0.2.1", null], ["198.51.100.1", "no data"]])
    }))

  it("of the table have each system once, and say where that is from", () => {
    const asns = cloudTable.providers.flatMap(({ asns }) => asns)
    expect(new Set(asns).size).toBe(asns.length)
    expect(asns.length).toBeGreaterThan(80)
    expect(new Set(cloudTable.providers.map(({ provider }) => provider)).size).toBe(cloudTable.providers.length)
    expect(cloudTable.source.repository).toMatch(/^[\w-]+\/[\w-]+$/)
    expect(providerOfAsn("396982")).toBe("Google Cloud")
    // Google's own network is not one that it rents out.
    expect(providerOfAsn("15169")).toBeUndefined()
  })
})
