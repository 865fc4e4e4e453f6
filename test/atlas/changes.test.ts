import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ServerRow } from "../../src/atlas/shapes/server-row.ts"
import { changesBetween } from "../../src/atlas/changes/changes-between.ts"
import { changeKinds, type ComparedCrawl, type ComparedServer } from "../../src/atlas/changes/crawl-change.ts"
import { upgradedTogether } from "../../src/atlas/changes/upgraded-together.ts"

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
  latitude: null,
  longitude: null,
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

/** A server whose hosts are `N.example.org`, or what is given instead; all endpoints show the keys given. */
const server = (hosts: ReadonlyArray<number | string>, changes: Partial<ServerRow> = {}, keys: ReadonlyArray<string> = [`key of ${hosts[0]}`]): ComparedServer => {
  const names = hosts.map((host) => typeof host === "number" ? `${host}.example.org` : host)
  const shown = row(0, { host: names[0]!, hosts: names, ...changes })
  const endpoints = names.flatMap((name) => keys.length === 0 ? [`${name}:50001:t`] : keys.map((_, i) => `${name}:${50002 + i}:s`))
  return { row: shown, endpoints, keys: new Map(keys.flatMap((key, i) => names.map((name) => [`${name}:${50002 + i}:s`, key] as const))), addresses: shown.addresses }
}

const head: ComparedCrawl = { crawlId: 1, startedAt: "2026-11-01T00:00:00.000Z", vantage: "home", state: "finished", ways: ["ipv4"], answered: 0 }
const between = (before: ReadonlyArray<ComparedServer>, after: ReadonlyArray<ComparedServer>, changes: Partial<ComparedCrawl> = {}) =>
  changesBetween(head, { ...head, crawlId: 2, ...changes }, before, after)
const hosts = (changes: ReadonlyArray<{ readonly host: string }>) => changes.map(({ host }) => host)
/** The kinds that are not empty, with their hosts. */
const told = (change: ReturnType<typeof between>) => Object.fromEntries(changeKinds.flatMap(({ key }) => change[key].length === 0 ? [] : [[key, hosts(change[key])]]))
const at = (address: string): Partial<ServerRow> => ({ addresses: [address] })

describe("what changed between two crawls", () => {
  it("tells who appeared, vanished, fell silent, answers again or is not known to", () => {
    const change = between(
      [server([1]), server([2]), server([3]), server([4], { reachable: false, reason: "refused" }), server([6])],
      [server([1]), server([3], { reachable: false, reason: "refused" }), server([4]), server([5]), server([6], { reachable: null, reason: "us" })]
    )
    expect(told(change)).toEqual({
      appeared: ["5.example.org"], vanished: ["2.example.org"], silent: ["3.example.org"], answersAgain: ["4.example.org"], notSeen: ["6.example.org"]
    })
    expect(change.silent).toEqual([{ host: "3.example.org", before: "answered", after: "did not answer us (refused)" }])
  })

  it("says of nobody that he vanished where the later crawl did not end, nor keeps quiet about other ways and places", () => {
    const change = between([server([1]), server([2])], [server([2])], { state: "limited", vantage: "away", ways: ["ipv4", "tor"] })
    expect(told(change)).toEqual({ notSeen: ["1.example.org"] })
    expect(change.cautions.map((caution) => caution.slice(0, 22))).toEqual(["Crawl 2 is limited, no", "The crawls look from d", "The crawls had differe"])
    const offline = between([1, 2, 3, 4].map((n) => server([n])), [1, 2, 3, 4].map((n) => server([n], { reachable: n > 3, reason: "unreachable" })))
    expect(offline.cautions).toEqual(["3 of 4 servers that answered before did not answer now: an outage of our line or of a hoster is likelier than that they all failed."])
  })

  it("is a move, another key, software or group only where both are known", () => {
    const change = between(
      [server([1]), server([2]), server([3]), server([4]), server([5])],
      [
        server([1], { addresses: ["192.0.2.9"], asn: 64501 }),
        server([2], { software: "Fulcrum 2.1.0", addresses: ["192.0.2.1", "192.0.2.2"] }),
        server([3], { clusterId: 7 }),
        server([4], { software: null, addresses: [] }, []),
        server([5], {}, ["a new key"])
      ]
    )
    expect(change.moved).toEqual([{ host: "1.example.org", before: "192.0.2.1 AS64500", after: "192.0.2.9 AS64501" }])
    expect(change.softwareChanged).toEqual([{ host: "2.example.org", before: "Fulcrum 1.9.1", after: "Fulcrum 2.1.0" }])
    expect(change.groupChanged).toEqual([{ host: "3.example.org", before: "none", after: "group 7" }])
    expect(change.keyChanged).toEqual([{ host: "5.example.org", before: "key of 5", after: "a new key" }])
    expect(Object.keys(told(change)).toSorted()).toEqual(["groupChanged", "keyChanged", "moved", "softwareChanged"])
  })

  it("is no move where a name was dialled over IPv4 and then over IPv6, nor where it led to some of the same addresses", () => {
    expect(told(between([server([1])], [server([1], at("2001:db8::1"))]))).toEqual({})
    expect(told(between([server([1], { addresses: ["192.0.2.1", "192.0.2.2"] })], [server([1], { addresses: ["192.0.2.2", "192.0.2.3"] })]))).toEqual({})
  })

  it("follows a server that gained or lost hosts, and says where hosts are counted elsewhere now", () => {
    const change = between([server([1, 2, 3], {}, []), server([4], {}, [])], [server([3, 4, 5], {}, []), server([1, 2], {}, [])])
    expect(told(change)).toEqual({})
    expect(told(between([server([1, 2], {}, [])], [server([1], {}, []), server([2], {}, [])]))).toEqual({ regrouped: ["2.example.org"] })
    expect(told(between([server([1], {}, []), server([2], {}, [])], [server([1, 2], {}, [])]))).toEqual({ regrouped: ["2.example.org"] })
  })

  it("knows a server by its key where it has another name, but not by a key that several show", () => {
    expect(told(between([server([1], {}, ["own"])], [server([2], {}, ["own"])]))).toEqual({ renamed: ["2.example.org"] })
    const fleet = told(between([server([1], {}, ["shared"]), server([3], {}, ["shared"])], [server([2], {}, ["shared"]), server([3], {}, ["shared"])]))
    expect(fleet).toEqual({ appeared: ["2.example.org"], vanished: ["1.example.org"] })
  })

  it("never takes addresses that changed hands for a change of keys", () => {
    const one = server(["192.0.2.1"], at("192.0.2.1"), ["key one"])
    const two = server(["192.0.2.2"], at("192.0.2.2"), ["key two"])
    const swapped = between([one, two], [server(["192.0.2.2"], at("192.0.2.2"), ["key one"]), server(["192.0.2.1"], at("192.0.2.1"), ["key two"])])
    expect(Object.keys(told(swapped)).toSorted()).toEqual(["moved", "renamed"])
    const reused = between([one], [server(["192.0.2.1"], { ...at("192.0.2.1"), software: "ElectrumX 1.16.0" }, ["a stranger's"])])
    expect(told(reused)).toEqual({ unclear: ["192.0.2.1"] })
  })

  it("never takes a name that leads to another's server for a change of keys", () => {
    const dynamic = server([1], at("198.51.100.1"))
    const other = server([2], at("198.51.100.2"))
    const stale = between([dynamic, other], [server([1], at("198.51.100.2"), ["key of 2"]), server([2], { ...at("198.51.100.9"), reachable: false, reason: "refused" }, [])])
    expect(told(stale)).toEqual({ unclear: ["1.example.org"], silent: ["2.example.org"] })
    expect(stale.unclear[0]!.after).toBe("key of 2: the key that 2.example.org showed before")
    expect(told(between([dynamic], [server([1], at("198.51.100.7"), ["never seen"])]))).toEqual({ unclear: ["1.example.org"] })
    const left = between([dynamic], [server([1], at("198.51.100.1"), ["a newcomer's"]), server([3], at("198.51.100.7"), ["key of 1"])])
    expect(told(left)).toEqual({ appeared: ["3.example.org"], unclear: ["1.example.org"] })
  })

  it("tells a new key of an onion, and of a fleet that shares one, where some of it still shows the old one", () => {
    const onion = `${"a".repeat(56)}.onion`
    expect(told(between([server([onion], { addresses: [] }, ["old"])], [server([onion], { addresses: [] }, ["new"])]))).toEqual({ keyChanged: [onion] })
    const fleet = between([server([1], {}, ["old"]), server([2], {}, ["old"])], [server([1], {}, ["new"]), server([2], {}, ["old"])])
    expect(told(fleet)).toEqual({ keyChanged: ["1.example.org"] })
  })

  it("counts as together who went from one software to another within a day, as far as visits tell", () => {
    const hour = 3_600_000
    const upgrade = (host: string, from: number, to: number, after = "2.0") => ({ host, before: "1.0", after, notBefore: from * hour, notAfter: to * hour })
    const groups = upgradedTogether([
      upgrade("a", 10, 12), upgrade("b", 11, 13), upgrade("c", 60, 61), upgrade("d", 12, 14, "3.0"), upgrade("e", 0, 90), upgrade("f", 62, 70)
    ])
    expect(groups.map((group) => group.hosts)).toEqual([["a", "b"], ["c", "f"]])
    expect(groups[0]).toMatchObject({ before: "1.0", after: "2.0", notBefore: "1970-01-01T10:00:00.000Z", notAfter: "1970-01-01T13:00:00.000Z" })
  })

  it("is nothing between a crawl and itself", () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 30 }), (ids) => {
      const servers = ids.map((id) => server([id], { reachable: id % 3 !== 0, clusterId: id % 5 }, [`key ${id % 7}`]))
      expect(told(between(servers, servers))).toEqual({})
    }))
  })
})
