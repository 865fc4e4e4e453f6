import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { endpointKey, parseEndpoint } from "../../src/domain/endpoint.ts"
import type { Server } from "../../src/domain/server.ts"
import type { JoinRow } from "../../src/store/store.ts"
import { joinServers } from "../../src/crawl/server-join.ts"

const onion = "22mgr2fndslabzvx4sj7ialugn2jv3cfqjb3dnj67a6vnrkp7g4l37ad.onion"

const unvisited = (key: string): JoinRow => {
  const endpoint = parseEndpoint(key)
  if (typeof endpoint === "string") throw new Error(`${key}: ${endpoint}`)
  return {
    endpoint,
    visitStartedAt: null,
    reachable: false,
    chain: null,
    address: null,
    certificateSha256: null,
    featuresKey: null,
    claimedHosts: []
  }
}

const answered = (key: string, more: Partial<JoinRow> = {}): JoinRow => ({
  ...unvisited(key),
  visitStartedAt: 1_000_000,
  reachable: true,
  chain: "mainnet",
  ...more
})

const shown = (servers: ReadonlyArray<Server>): ReadonlyArray<ReadonlyArray<string>> =>
  servers.map((server) => server.endpoints.map(({ endpoint, evidence }) => `${endpointKey(endpoint)} ${evidence}`))

const groups = (servers: ReadonlyArray<Server>): ReadonlyArray<ReadonlyArray<string>> =>
  servers.map((server) => server.endpoints.map(({ endpoint }) => endpointKey(endpoint)))

describe("endpoints become servers", () => {
  it("by their host, visited or not", () => {
    const servers = joinServers([answered("a.example.org:50002:s"), unvisited("a.example.org:50001:t")])
    expect(shown(servers)).toEqual([["a.example.org:50001:t itself", "a.example.org:50002:s same host"]])
    expect(servers[0]).toMatchObject({ chain: "mainnet", confirmed: true })
  })

  it("one for each unreached host, unconfirmed", () => {
    const servers = joinServers([unvisited("b.example.org:50002:s"), unvisited("a.example.org:50002:s")])
    expect(groups(servers)).toEqual([["a.example.org:50002:s"], ["b.example.org:50002:s"]])
    expect(servers).toMatchObject([{ chain: null, confirmed: false }, { chain: null, confirmed: false }])
  })

  it("two where one host serves two chains, unvisited endpoints going with the first", () => {
    const servers = joinServers([
      answered("a.example.org:50002:s"),
      answered("a.example.org:60002:s", { chain: "testnet4" }),
      unvisited("a.example.org:70:t")
    ])
    expect(servers.map((server) => server.chain)).toEqual(["mainnet", "testnet4"])
    expect(groups(servers)).toEqual([["a.example.org:50002:s", "a.example.org:70:t"], ["a.example.org:60002:s"]])
  })

  it("one where two names lead to one address and show one certificate in the same minute", () => {
    const seen = { address: "5.9.83.108", certificateSha256: "c1" }
    const servers = joinServers([
      answered("a.example.org:50002:s", seen),
      answered("b.example.org:50002:s", { ...seen, visitStartedAt: 1_060_000 }),
      unvisited("b.example.org:50001:t")
    ])
    expect(shown(servers)).toEqual([[
      "a.example.org:50002:s itself",
      "b.example.org:50001:t same host",
      "b.example.org:50002:s same address and certificate"
    ]])
  })

  it.each<[string, Partial<JoinRow>]>([
    ["more than a minute apart", { visitStartedAt: 1_060_001 }],
    ["at another address", { address: "5.9.83.109" }],
    ["where no address was seen", { address: null }],
    ["on another chain", { chain: "testnet4" }],
    ["without showing a chain", { chain: null }],
    ["without an answer", { reachable: false }],
    ["with another certificate", { certificateSha256: "c2" }],
    ["with no certificate", { certificateSha256: null }]
  ])("not one when the second is seen %s", (_, difference) => {
    const seen = { address: "5.9.83.108", certificateSha256: "c1" }
    const first = answered("a.example.org:50002:s", seen)
    expect(joinServers([first, answered("b.example.org:50002:s", { ...seen, ...difference })])).toHaveLength(2)
  })

  it("not one when nothing is known of either: null is not equal to null", () => {
    const rows = ["a", "b", "c"].map((name) => answered(`${name}.example.org:50001:t`, { address: "5.9.83.108" }))
    expect(joinServers(rows)).toHaveLength(3)
    const nowhere = rows.map((row) => ({ ...row, address: null, certificateSha256: "c1", featuresKey: "f1" }))
    expect(joinServers(nowhere)).toHaveLength(3)
  })

  it("not one by a certificate or key shared between addresses", () => {
    const rows = ["a", "b"].map((name, i) =>
      answered(`${name}.example.org:50002:s`, {
        address: `5.9.83.${i + 1}`,
        certificateSha256: "c1",
        featuresKey: "f1",
        claimedHosts: ["a.example.org"]
      }))
    expect(joinServers(rows)).toHaveLength(2)
  })

  it("one where equal features at one address name a host", () => {
    const seen = { address: "5.9.83.108", featuresKey: "f1", claimedHosts: ["a.example.org"] }
    const servers = joinServers([answered("a.example.org:50001:t", seen), answered("b.example.org:50001:t", seen)])
    expect(shown(servers)).toEqual([[
      "a.example.org:50001:t itself",
      "b.example.org:50001:t same address and features"
    ]])
  })

  it.each([[[]], [["0.0.0.0"]], [["127.0.0.1", "tcp_port"]], [["192.168.1.4"]]])(
    "not one where equal features at one address claim only %j, as default configurations do",
    (claimedHosts) => {
      const seen = { address: "5.9.83.108", featuresKey: "f1", claimedHosts }
      const rows = [answered("a.example.org:50001:t", seen), answered("b.example.org:50001:t", seen)]
      expect(joinServers(rows)).toHaveLength(2)
    }
  )

  it("one where onion and clearnet each return the other", () => {
    const servers = joinServers([
      answered("a.example.org:50002:s", { claimedHosts: ["A.example.org.", onion.toUpperCase()] }),
      answered(`${onion}:50001:t`, { claimedHosts: [onion, "a.example.org"] })
    ])
    expect(shown(servers)).toEqual([[
      `${onion}:50001:t itself`,
      "a.example.org:50002:s mutual hosts claim"
    ]])
  })

  it("not one by a one-sided claim, whoever makes it", () => {
    const victim = answered("a.example.org:50002:s", { claimedHosts: ["a.example.org"] })
    const claimant = answered(`${onion}:50001:t`, { claimedHosts: [onion, "a.example.org"] })
    expect(joinServers([victim, claimant])).toHaveLength(2)
    const circle = ["a", "b", "c"].map((name, i) =>
      answered(`${name}.example.org:50001:t`, { claimedHosts: [`${"bca"[i]}.example.org`] })
    )
    expect(joinServers(circle)).toHaveLength(3)
  })

  it("not one by mutual claims across chains or from an endpoint that did not answer", () => {
    const a = answered("a.example.org:50002:s", { claimedHosts: ["b.example.org"] })
    const claim = { claimedHosts: ["a.example.org"] }
    expect(joinServers([a, answered("b.example.org:50002:s", { ...claim, chain: "signet" })])).toHaveLength(2)
    expect(joinServers([a, answered("b.example.org:50002:s", { ...claim, reachable: false })])).toHaveLength(2)
  })

  it("one through several kinds of evidence in a row", () => {
    const servers = joinServers([
      answered("a.example.org:50002:s", { address: "5.9.83.108", certificateSha256: "c1" }),
      answered("b.example.org:50002:s", {
        address: "5.9.83.108",
        certificateSha256: "c1",
        claimedHosts: ["b.example.org", onion]
      }),
      answered(`${onion}:50001:t`, { claimedHosts: [onion, "b.example.org"] })
    ])
    expect(servers).toHaveLength(1)
    expect(servers[0]!.endpoints.map((member) => member.evidence)).toEqual([
      "itself",
      "same address and certificate",
      "mutual hosts claim"
    ])
  })
})

const hosts = ["a", "b", "c", "d"].map((name) => `${name}.example.org`)
const row: fc.Arbitrary<JoinRow> = fc.record({
  host: fc.constantFrom(...hosts),
  port: fc.constantFrom(1, 2),
  letter: fc.constantFrom("s", "t"),
  reachable: fc.boolean(),
  visitStartedAt: fc.option(fc.integer({ min: 0, max: 200_000 })),
  chain: fc.option(fc.constantFrom("mainnet", "signet")),
  address: fc.option(fc.constantFrom("5.9.83.1", "5.9.83.2")),
  certificateSha256: fc.option(fc.constantFrom("c1", "c2")),
  featuresKey: fc.option(fc.constantFrom("f1", "f2")),
  claimedHosts: fc.subarray([...hosts, "0.0.0.0"])
}).map(({ host, letter, port, ...rest }) => ({ ...unvisited(`${host}:${port}:${letter}`), ...rest }))

const rows = fc.uniqueArray(row, { maxLength: 14, selector: (row) => endpointKey(row.endpoint) })

/** The definition, pair by pair, for endpoints whose chain is known. */
const related = (a: JoinRow, b: JoinRow): boolean => {
  if (a.chain === null || a.chain !== b.chain) return false
  if (a.endpoint.host === b.endpoint.host) return true
  if (!a.reachable || !b.reachable) return false
  const together = a.address !== null && a.address === b.address && a.visitStartedAt !== null &&
    b.visitStartedAt !== null && Math.abs(a.visitStartedAt - b.visitStartedAt) <= 60_000
  const named = a.claimedHosts.some((host) => host !== "0.0.0.0") && b.claimedHosts.some((host) => host !== "0.0.0.0")
  return (together && a.certificateSha256 !== null && a.certificateSha256 === b.certificateSha256) ||
    (together && named && a.featuresKey !== null && a.featuresKey === b.featuresKey) ||
    (a.claimedHosts.includes(b.endpoint.host) && b.claimedHosts.includes(a.endpoint.host))
}

describe("joining, whatever the rows", () => {
  it("gives a partition of the endpoints, the same for every order of the rows", () => {
    const shuffled = rows.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length }))
    )
    fc.assert(fc.property(shuffled, ([rows, other]) => {
      const servers = joinServers(rows)
      expect(groups(servers).flat().toSorted()).toEqual(rows.map((row) => endpointKey(row.endpoint)).toSorted())
      expect(servers.every((server) => server.endpoints[0]!.evidence === "itself")).toBe(true)
      expect(joinServers(other)).toEqual(servers)
    }), { numRuns: 300 })
  })

  it("joins what the definition says, closed under steps, and nothing else", () => {
    const known = rows.map((rows) => rows.filter((row) => row.chain !== null))
    fc.assert(fc.property(known, (rows) => {
      const serverOf = new Map(joinServers(rows).flatMap((server, i) =>
        server.endpoints.map(({ endpoint }) => [endpointKey(endpoint), i] as const)
      ))
      const component = rows.map((_, i) => i)
      for (let changed = true; changed;) {
        changed = false
        for (const [i, a] of rows.entries()) {
          for (const [j, b] of rows.entries()) {
            const least = Math.min(component[i]!, component[j]!)
            if (!related(a, b) || (component[i] === least && component[j] === least)) continue
            component[i] = least
            component[j] = least
            changed = true
          }
        }
      }
      for (const [i, a] of rows.entries()) {
        for (const [j, b] of rows.entries()) {
          const together = serverOf.get(endpointKey(a.endpoint)) === serverOf.get(endpointKey(b.endpoint))
          expect(together).toBe(component[i] === component[j])
        }
      }
    }), { numRuns: 300 })
  })

  it("keeps the newest of two visits to one endpoint", () => {
    const servers = joinServers([
      answered("a.example.org:50002:s", { visitStartedAt: 2_000_000, chain: "signet" }),
      answered("a.example.org:50002:s")
    ])
    expect(servers).toMatchObject([{ chain: "signet", endpoints: [{ evidence: "itself" }] }])
  })

  it("joins 20,000 endpoints, the two of a name at least", () => {
    const many = Array.from({ length: 20_000 }, (_, i) =>
      answered(`h${i >> 1}.example.org:${50001 + (i & 1)}:s`, {
        address: `5.${i % 7}.${i % 11}.${i % 13}`,
        certificateSha256: `c${i % 5}`,
        visitStartedAt: i * 10,
        claimedHosts: [`h${i >> 1}.example.org`]
      }))
    const servers = joinServers(many)
    expect(servers.length).toBeGreaterThan(0)
    expect(servers.length).toBeLessThanOrEqual(10_000)
    expect(servers.reduce((sum, { endpoints }) => sum + endpoints.length, 0)).toBe(20_000)
  })
})
