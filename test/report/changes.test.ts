import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ServerRow } from "../../src/atlas/shapes/server-row.ts"
import { changesBetween, type ComparedServer } from "../../src/report/changes/crawl-change.ts"

const row = (serverId: number, changes: Partial<ServerRow> = {}): ServerRow => ({
  serverId,
  host: `${serverId}.example.org`,
  hosts: [],
  networkClasses: ["name"],
  endpoints: 1,
  endpointsReachable: 1,
  reachable: true,
  reason: null,
  confirmed: true,
  chain: "mainnet",
  software: "Fulcrum 1.9.1",
  implementation: null,
  versionRange: null,
  protocol: null,
  tipHeight: null,
  latencyMs: null,
  addresses: ["192.0.2.1"],
  country: null,
  city: null,
  asn: 64500,
  org: null,
  cloud: null,
  tls: null,
  selfSigned: null,
  walletAccepts: null,
  namedBy: 0,
  names: 0,
  mutual: null,
  core: null,
  clusterId: null,
  operatorPosterior: null,
  backendId: null,
  machineId: null,
  behaviourClusterId: null,
  communityId: null,
  score: null,
  firstSeen: null,
  lastSeen: null,
  uptimeShare: null,
  uptimeObservations: null,
  notes: 0,
  ...changes
})

const server = (endpoints: ReadonlyArray<number>, changes: Partial<ServerRow> = {}, keys: ReadonlyArray<string> = ["aa"]): ComparedServer => ({
  row: row(endpoints[0]!, changes),
  endpoints,
  keys
})

const head = { crawlId: 1, startedAt: "2026-11-01T00:00:00.000Z", vantage: "home", answered: 0 }
const between = (before: ReadonlyArray<ComparedServer>, after: ReadonlyArray<ComparedServer>) => changesBetween(head, { ...head, crawlId: 2 }, before, after)
const hosts = (changes: ReadonlyArray<{ readonly host: string }>) => changes.map(({ host }) => host)

describe("what changed between two crawls", () => {
  it("is told by endpoints in common: who appeared, vanished, fell silent or answers again", () => {
    const change = between(
      [server([1]), server([2]), server([3]), server([4], { reachable: false, reason: "refused" })],
      [server([1]), server([3], { reachable: false, reason: "refused" }), server([4]), server([5])]
    )
    expect(hosts(change.appeared)).toEqual(["5.example.org"])
    expect(hosts(change.vanished)).toEqual(["2.example.org"])
    expect(change.silent).toEqual([{ host: "3.example.org", before: "answered", after: "did not answer us (refused)" }])
    expect(hosts(change.answersAgain)).toEqual(["4.example.org"])
  })

  it("is a move, another key, software or group only where both are known", () => {
    const change = between(
      [server([1]), server([2]), server([3]), server([4])],
      [
        server([1], { addresses: ["192.0.2.9"], asn: 64501 }, ["bb"]),
        server([2], { software: "Fulcrum 2.1.0", addresses: ["192.0.2.1", "192.0.2.2"] }, ["aa", "bb"]),
        server([3], { clusterId: 7 }),
        server([4], { software: null, addresses: [] }, [])
      ]
    )
    expect(change.moved).toEqual([{ host: "1.example.org", before: "192.0.2.1 AS64500", after: "192.0.2.9 AS64501" }])
    expect(hosts(change.keyChanged)).toEqual(["1.example.org"])
    expect(change.softwareChanged).toEqual([{ host: "2.example.org", before: "Fulcrum 1.9.1", after: "Fulcrum 2.1.0" }])
    expect(change.groupChanged).toEqual([{ host: "3.example.org", before: "none", after: "group 7" }])
  })

  it("follows a server that gained or lost endpoints, and takes nobody for two", () => {
    const change = between([server([1, 2, 3]), server([4])], [server([3, 4, 5]), server([1, 2])])
    expect([change.appeared, change.vanished].map(hosts)).toEqual([[], []])
  })

  it("is nothing between a crawl and itself", () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 30 }), (ids) => {
      const servers = ids.map((id) => server([id], { reachable: id % 3 !== 0, clusterId: id % 5 }))
      const { after: _, before: __, ...changes } = between(servers, servers)
      expect(Object.values(changes).flat()).toEqual([])
    }))
  })
})
