import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ServerRow } from "../../src/atlas/shapes/server-row.ts"
import { histogramOf } from "../../web/src/pages/histogram.ts"
import { facetValues, toggled } from "../../web/src/shell/facets.ts"
import { orderText, readOrder, sorted } from "../../web/src/table/sort.ts"
import { rowWindow, scrollToRow } from "../../web/src/table/window.ts"

describe("a long list", () => {
  it("draws every visible row, and few others however long it is", () => {
    fc.assert(fc.property(fc.nat(100_000), fc.nat(4_000_000), fc.integer({ min: 1, max: 3_000 }), (rows, scrollTop, height) => {
      const { end, first } = rowWindow(rows, 30, scrollTop, height)
      expect(first).toBeGreaterThanOrEqual(0)
      expect(end).toBeLessThanOrEqual(rows)
      expect(end - first).toBeLessThanOrEqual(height / 30 + 1 + 36)
      const topmost = Math.floor(scrollTop / 30)
      for (const row of [topmost, Math.floor((scrollTop + height - 1) / 30)]) {
        if (row < rows) expect(row >= first && row < end).toBe(true)
      }
    }))
  })

  it("scrolls no further than to where a row is seen whole", () => {
    expect(scrollToRow(3, 30, 300, 600)).toBe(90)
    expect(scrollToRow(12, 30, 300, 600)).toBe(300)
    expect(scrollToRow(40, 30, 300, 600)).toBe(630)
  })

  it("is sorted with what is not known last in both directions, and equals in their order", () => {
    const rows = [{ id: 1, key: null }, { id: 2, key: 5 }, { id: 3, key: 1 }, { id: 4, key: 5 }, { id: 5, key: null }]
    expect(sorted(rows, ({ key }) => key, "up").map(({ id }) => id)).toEqual([3, 2, 4, 1, 5])
    expect(sorted(rows, ({ key }) => key, "down").map(({ id }) => id)).toEqual([2, 4, 3, 1, 5])
    expect(sorted(["node10", "node9", "Node1"], (text) => text, "up")).toEqual(["Node1", "node9", "node10"])
  })

  it("has its order in the address, and the usual one for what the address doesn't say", () => {
    const usual = { column: "host", direction: "up" } as const
    expect(readOrder(orderText({ column: "score", direction: "down" }), ["host", "score"], usual)).toEqual({ column: "score", direction: "down" })
    expect(readOrder("-nonsense", ["host", "score"], usual)).toEqual(usual)
  })
})

const server = (serverId: number, part: Partial<ServerRow>): ServerRow => ({
  serverId, host: `${serverId}.test`, hosts: [`${serverId}.test`], networkClasses: ["ipv4"], endpoints: 1, endpointsReachable: 1, reachable: true, reason: null,
  confirmed: true, chain: null, software: null, implementation: null, versionRange: null, protocol: null, tipHeight: null, latencyMs: null, addresses: [],
  country: null, city: null, latitude: null, longitude: null, asn: null, org: null, cloud: null, tls: null, selfSigned: null, walletAccepts: null, namedBy: 0, names: 0, mutual: null, core: null,
  clusterId: null, operatorPosterior: null, backendId: null, machineId: null, behaviourClusterId: null, communityId: null, score: null, firstSeen: null,
  lastSeen: null, uptimeShare: null, uptimeObservations: null, notes: 0, ...part
})

describe("the choices of a filter", () => {
  const rows = [
    server(1, { country: "DE", asn: 1, org: "One" }),
    server(2, { country: "DE", asn: 2, org: null }),
    server(3, { country: "FR", asn: 1, org: "One" }),
    server(4, { country: null })
  ]

  it("say how many servers each would leave with all else as it is", () => {
    expect(facetValues(rows, { country: ["DE"], asn: [1] }, "country").map(({ servers, value }) => [value, servers])).toEqual([["DE", 1], ["FR", 1]])
    expect(facetValues(rows, { country: ["DE"] }, "asn").map(({ label, servers }) => [label, servers])).toEqual([["AS1 One", 1], ["AS2", 1]])
  })

  it("keep what is chosen though no server has it now", () => {
    expect(facetValues(rows, { country: ["XX"] }, "country")[0]).toEqual({ value: "XX", label: "XX", servers: 0, chosen: true })
  })

  it("are put in and taken out, numbers as numbers", () => {
    expect(toggled({}, "asn", "24940")).toEqual({ asn: [24940] })
    expect(toggled({ country: ["DE", "FR"] }, "country", "DE")).toEqual({ country: ["FR"] })
    expect(toggled({ country: ["DE"] }, "country", "DE")).toEqual({ country: undefined })
  })
})

describe("the histogram of scores", () => {
  it("has a band for 100 and none for what was not scored", () => {
    expect(histogramOf([0, 9.99, 10, 100, null])).toEqual([2, 1, 0, 0, 0, 0, 0, 0, 0, 1])
  })
})
