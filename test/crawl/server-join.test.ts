import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { endpointKey, parseEndpoint } from "../../src/domain/endpoint.ts"
import type { Server } from "../../src/domain/server.ts"
import type { JoinRow } from "../../src/store/store.ts"
import { joinServers } from "../../src/crawl/server-join.ts"

const onion = "22mgr2fndslabzvx4sj7ialugn2jv3cfqjb3dnj67a6vnrkp7g4l37ad.onion"

/** What endpoints of one machine show, met at times that nobody knows: so only claims can join them. */
const machine = { address: "5.9.83.200", featuresKey: "f1", visitStartedAt: null }

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

/** Features that claim these endpoints, one host each; a text that is no endpoint is a host without a port. */
const claiming = (...claims: ReadonlyArray<string>): JoinRow["claimedHosts"] =>
  claims.map((claim) => {
    const [, host, port, letter] = /^(.*):([0-9]+):([stwx])$/.exec(claim) ?? [claim, claim]
    const portOf = (it: string): number | null => letter === it ? Number(port) : null
    return { host: host!, tcpPort: portOf("t"), tlsPort: portOf("s"), wsPort: portOf("w"), wssPort: portOf("x") }
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
        claimedHosts: claiming("a.example.org")
      }))
    expect(joinServers(rows)).toHaveLength(2)
  })

  it("one where equal features at one address name a host", () => {
    const seen = { address: "5.9.83.108", featuresKey: "f1", claimedHosts: claiming("a.example.org") }
    const servers = joinServers([answered("a.example.org:50001:t", seen), answered("b.example.org:50001:t", seen)])
    expect(shown(servers)).toEqual([[
      "a.example.org:50001:t itself",
      "b.example.org:50001:t same address and features"
    ]])
  })

  it("not one where a neighbour behind one address copies the features and shows another certificate", () => {
    const seen = { address: "5.9.83.108", featuresKey: "f1", claimedHosts: claiming("a.example.org") }
    const rows = [
      answered("a.example.org:50002:s", { ...seen, certificateSha256: "c1" }),
      answered("b.example.org:50012:s", { ...seen, certificateSha256: "c2" }),
      answered("c.example.org:50001:t", seen)
    ]
    expect(joinServers(rows)).toHaveLength(3)
  })

  it.each([[[]], [["0.0.0.0"]], [["127.0.0.1", "tcp_port"]], [["192.168.1.4"]]])(
    "not one where equal features at one address claim only %j, as default configurations do",
    (hosts) => {
      const seen = { address: "5.9.83.108", featuresKey: "f1", claimedHosts: claiming(...hosts) }
      const rows = [answered("a.example.org:50001:t", seen), answered("b.example.org:50001:t", seen)]
      expect(joinServers(rows)).toHaveLength(2)
    }
  )

  it("one where onion and clearnet each return the other", () => {
    const servers = joinServers([
      answered("a.example.org:50002:s", { featuresKey: "f1", claimedHosts: claiming("A.example.org.:50002:s", `${onion.toUpperCase()}:50001:t`) }),
      answered(`${onion}:50001:t`, { featuresKey: "f1", claimedHosts: claiming(`${onion}:50001:t`, "a.example.org:50002:s") })
    ])
    expect(shown(servers)).toEqual([[
      `${onion}:50001:t itself`,
      "a.example.org:50002:s mutual hosts claim"
    ]])
  })

  it("not one by a one-sided claim, whoever makes it", () => {
    const victim = answered("a.example.org:50002:s", { featuresKey: "f1", claimedHosts: claiming("a.example.org:50002:s") })
    const claimant = answered(`${onion}:50001:t`, { featuresKey: "f1", claimedHosts: claiming(`${onion}:50001:t`, "a.example.org:50002:s") })
    expect(joinServers([victim, claimant])).toHaveLength(2)
    const circle = ["a", "b", "c"].map((name, i) =>
      answered(`${name}.example.org:50001:t`, { ...machine, claimedHosts: claiming(`${"bca"[i]}.example.org:50001:t`) })
    )
    expect(joinServers(circle)).toHaveLength(3)
  })

  it("not one by mutual claims across chains or from an endpoint that did not answer", () => {
    const a = answered("a.example.org:50002:s", { ...machine, claimedHosts: claiming("b.example.org:50002:s") })
    const claim = { ...machine, claimedHosts: claiming("a.example.org:50002:s") }
    expect(joinServers([a, answered("b.example.org:50002:s", claim)])).toHaveLength(1)
    expect(joinServers([a, answered("b.example.org:50002:s", { ...claim, chain: "signet" })])).toHaveLength(2)
    expect(joinServers([a, answered("b.example.org:50002:s", { ...claim, reachable: false })])).toHaveLength(2)
  })

  it("not one by mutual claims of another port of the host than the one at which each was met", () => {
    const claim = (host: string, ...ports: ReadonlyArray<number>) => ({ ...machine, claimedHosts: claiming(...ports.map((port) => `${host}:${port}:s`)) })
    const a = answered("a.example.org:50002:s", claim("b.example.org", 50_002))
    expect(joinServers([a, answered("b.example.org:50002:s", claim("a.example.org", 50_012))])).toHaveLength(2)
    expect(joinServers([a, answered("b.example.org:50002:s", claim("a.example.org"))])).toHaveLength(2)
    expect(joinServers([a, answered("b.example.org:50002:s", { ...machine, claimedHosts: claiming("a.example.org:50002:t") })])).toHaveLength(2)
  })

  describe("that claim each other", () => {
    const claims = { claimedHosts: claiming("a.example.org:50002:s", "b.example.org:50002:s", `${onion}:50001:t`), featuresKey: "f1" }
    const both = (a: Partial<JoinRow>, b: Partial<JoinRow>) =>
      joinServers([answered("a.example.org:50002:s", { ...claims, ...a }), answered("b.example.org:50002:s", { ...claims, ...b })])

    it("are one with one certificate or at one address", () => {
      expect(both({ certificateSha256: "c1" }, { certificateSha256: "c1" })).toHaveLength(1)
      expect(both({ address: "5.9.83.1", certificateSha256: "c1" }, { address: "5.9.83.1", certificateSha256: "c2" })).toHaveLength(1)
    })

    it("are not one by words alone, as one may be a name that the other gave up", () => {
      expect(both({ certificateSha256: "c1" }, { certificateSha256: "c2" })).toHaveLength(2)
      expect(both({ address: "5.9.83.1", certificateSha256: "c1" }, { address: "5.9.83.2" })).toHaveLength(2)
      expect(both({}, {})).toHaveLength(2)
    })

    it("are not one where they tell different features, nor where these are unknown", () => {
      const seen = { address: "5.9.83.1", certificateSha256: "c1", visitStartedAt: null }
      expect(both(seen, { ...seen, featuresKey: "f2" })).toHaveLength(2)
      expect(both({ ...seen, featuresKey: null }, { ...seen, featuresKey: null })).toHaveLength(2)
    })

    it("are one where one is an onion, whatever certificate it has, if they tell the same features", () => {
      const there = (more: Partial<JoinRow>) =>
        joinServers([answered("a.example.org:50002:s", { ...claims, certificateSha256: "c1" }), answered(`${onion}:50001:t`, { ...claims, ...more })])
      expect(there({})).toHaveLength(1)
      expect(there({ certificateSha256: "c2" })).toHaveLength(1)
      expect(there({ featuresKey: "f2" })).toHaveLength(2)
    })

    it("share no onion that claims hosts which nothing joins", () => {
      const service = answered(`${onion}:50001:t`, claims)
      const [a, b] = ["a", "b"].map((name) => answered(`${name}.example.org:50002:s`, { ...claims, certificateSha256: name })) as [JoinRow, JoinRow]
      expect(joinServers([a, service])).toHaveLength(1)
      expect(joinServers([a, b, service])).toHaveLength(3)
      expect(joinServers([a, { ...b, certificateSha256: "a" }, service])).toHaveLength(1)
    })
  })

  it("several where a hoster's front shows one certificate for customers who tell features of their own", () => {
    const front = { address: "5.9.83.108", certificateSha256: "wildcard" }
    const customers = ["a", "b", "c"].map((name, i) => answered(`${name}.example.org:${50_002 + i}:s`, { ...front, featuresKey: name }))
    expect(joinServers(customers)).toHaveLength(3)
    expect(joinServers([...customers, answered("d.example.org:50002:s", front)])).toHaveLength(4)
  })

  it("several where a hoster's box has a port of one address and one certificate for each, who tell what their software does by default", () => {
    const box = { address: "5.9.83.108", certificateSha256: "wildcard", featuresKey: "of the release" }
    const customers = ["a", "b", "c"].map((name, i) => answered(`${name}.example.org:${50_002 + 10 * i}:s`, box))
    expect(joinServers(customers)).toHaveLength(3)
    expect(joinServers(customers.map((row) => ({ ...row, featuresKey: null })))).toHaveLength(3)
    // Under one certificate at its own ports, each of which it claims, it is one.
    const claimedHosts = claiming("a.example.org:50002:s", "a.example.org:50012:s", "a.example.org:50022:s")
    expect(joinServers(customers.map((row) => ({ ...row, claimedHosts })))).toHaveLength(1)
  })

  it("two where a neighbour at another port of one address and one certificate copies the features", () => {
    const box = { address: "5.9.83.108", certificateSha256: "wildcard", featuresKey: "f1", claimedHosts: claiming("a.example.org:50002:s") }
    expect(joinServers([answered("a.example.org:50002:s", box), answered("b.example.org:50012:s", box)])).toHaveLength(2)
    const tcp = { ...box, certificateSha256: null, claimedHosts: claiming("a.example.org:50001:t") }
    expect(joinServers([answered("a.example.org:50001:t", tcp), answered("b.example.org:50011:t", tcp)])).toHaveLength(2)
  })

  it("two where a neighbour at one address has the port that the features claim for an onion, or for a host elsewhere", () => {
    for (const elsewhere of [onion, "elsewhere.example.org"]) {
      const seen = { address: "5.9.83.108", featuresKey: "f1", claimedHosts: claiming("a.example.org:50002:s", `${elsewhere}:50001:t`) }
      const neighbour = answered("b.example.org:50001:t", seen)
      expect(joinServers([answered("a.example.org:50002:s", { ...seen, certificateSha256: "c1" }), neighbour])).toHaveLength(2)
      const claimedHosts = claiming("a.example.org:50002:s", "a.example.org:50001:t", `${elsewhere}:50001:t`)
      expect(joinServers([answered("a.example.org:50002:s", { ...seen, claimedHosts, certificateSha256: "c1" }), { ...neighbour, claimedHosts }])).toHaveLength(1)
    }
    const tunnel = { address: "5.9.83.108", certificateSha256: null }
    const user = (port: number, ...claims: ReadonlyArray<string>) =>
      answered(`tunnel.example.org:${port}:t`, { ...tunnel, featuresKey: `of ${port}`, claimedHosts: claiming(`tunnel.example.org:${port}:t`, ...claims) })
    expect(joinServers([user(50_012, `${onion}:50001:t`), user(50_001)])).toHaveLength(2)
  })

  it("two where two services at one address both advertise it, each with its own port", () => {
    const service = (name: string, port: number, certificateSha256: string) =>
      [name, "5.9.83.108"].map((host) =>
        answered(`${host}:${port}:s`, {
          address: "5.9.83.108",
          certificateSha256,
          featuresKey: `features of ${name}`,
          claimedHosts: claiming(`${name}:${port}:s`, `5.9.83.108:${port}:s`)
        }))
    const rows = [...service("anna.example.org", 50_002, "c1"), ...service("bert.example.org", 50_012, "c2")]
    expect(groups(joinServers(rows))).toEqual([
      ["5.9.83.108:50002:s", "anna.example.org:50002:s"],
      ["5.9.83.108:50012:s", "bert.example.org:50012:s"]
    ])
    // Under one certificate too, or none, as users of a tunnel have ports of one name.
    for (const certificateSha256 of ["c1", null]) {
      expect(joinServers(rows.map((row) => ({ ...row, certificateSha256 })))).toHaveLength(2)
    }
    // Certificates differ between a service's ways in, features after a restart: either alone tells nothing.
    const claimedHosts = claiming("anna.example.org:50002:s", "anna.example.org:50012:s")
    expect(joinServers(rows.map((row) => ({ ...row, claimedHosts, certificateSha256: "c1" })))).toHaveLength(1)
    expect(joinServers(rows.map((row) => ({ ...row, featuresKey: "f1" })))).toHaveLength(1)
  })

  describe("whose one name leads to an honest server and to another", () => {
    const honest = { address: "5.9.83.1", certificateSha256: "c1", featuresKey: "f1" }
    const other = { address: "5.9.83.2", certificateSha256: "c2", featuresKey: "f2" }
    const met = (host: string, port: number, seen: Partial<JoinRow>) => answered(`${host}.example.org:${port}:s`, seen)
    const all = (there: Partial<JoinRow>) =>
      joinServers([met("honest", 50_002, honest), met("pool", 50_002, honest), met("pool", 50_012, there), met("liar", 50_012, there)])

    it("are not joined by the name, nor are those joined to either", () => {
      expect(groups(all(other))).toEqual([
        ["honest.example.org:50002:s", "pool.example.org:50002:s"],
        ["liar.example.org:50012:s", "pool.example.org:50012:s"]
      ])
    })

    it.each<[string, Partial<JoinRow>]>([
      ["certificate", { ...other, featuresKey: "f1" }],
      ["features, its own certificate not being known", { ...other, certificateSha256: null }]
    ])("are told apart by the %s alone", (_, there) => {
      expect(joinServers([met("pool", 50_002, honest), met("pool", 50_012, there)])).toHaveLength(2)
    })

    it.each<[string, Partial<JoinRow>]>([
      ["address", { ...other, address: null, featuresKey: "f1" }],
      ["difference", { ...honest, address: "5.9.83.2" }]
    ])("are joined where no %s is known", (_, there) => {
      expect(joinServers([met("pool", 50_002, honest), met("pool", 50_012, there)])).toHaveLength(1)
    })

    it("are told apart at two addresses where nothing ties them: whoever holds the name may relay the honest one over TCP, where no certificate tells", () => {
      const claimed = (host: string) => ({ claimedHosts: claiming(`${host}:50002:s`) })
      const relay = (more: Partial<JoinRow>) => answered("pool.example.org:60001:t", { address: "5.9.83.2", ...more })
      const rows = (more: Partial<JoinRow>, host = "honest.example.org") => [
        met("honest", 50_002, { ...honest, ...claimed(host) }),
        met("pool", 50_002, { ...honest, ...claimed(host) }),
        relay(more)
      ]
      const apart = [["honest.example.org:50002:s", "pool.example.org:50002:s"], ["pool.example.org:60001:t"]]
      expect(groups(joinServers(rows({ featuresKey: "f1", ...claimed("honest.example.org") })))).toEqual(apart)
      expect(groups(joinServers(rows({})))).toEqual(apart)
      // A server of two addresses says that the name is its.
      expect(joinServers(rows({ featuresKey: "f1", ...claimed("pool.example.org") }, "Pool.example.org"))).toHaveLength(1)
      // What did not answer is nobody else's.
      expect(joinServers(rows({ reachable: false }))).toHaveLength(1)
    })

    it("leave endpoints of which nothing is known with the first", () => {
      const servers = joinServers([met("pool", 50_012, other), met("pool", 50_002, honest), unvisited("pool.example.org:50001:t")])
      expect(groups(servers)).toEqual([["pool.example.org:50001:t", "pool.example.org:50002:s"], ["pool.example.org:50012:s"]])
    })
  })

  it("one through several kinds of evidence in a row", () => {
    const servers = joinServers([
      answered("a.example.org:50002:s", { address: "5.9.83.108", certificateSha256: "c1" }),
      answered("b.example.org:50002:s", {
        address: "5.9.83.108",
        certificateSha256: "c1",
        featuresKey: "f1",
        claimedHosts: claiming("b.example.org:50002:s", `${onion}:50001:t`)
      }),
      answered(`${onion}:50001:t`, { featuresKey: "f1", claimedHosts: claiming(`${onion}:50001:t`, "b.example.org:50002:s") })
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
  claimedHosts: fc.subarray([...hosts.flatMap((host) => [`${host}:1:s`, `${host}:2:s`, `${host}:1:t`]), "0.0.0.0"]).map((all) => claiming(...all))
}).map(({ host, letter, port, ...rest }) => ({ ...unvisited(`${host}:${port}:${letter}`), ...rest }))

const rows = fc.uniqueArray(row, { maxLength: 14, selector: (row) => endpointKey(row.endpoint) })

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b

/** The definition of what one name does not join. */
const contradict = (a: JoinRow, b: JoinRow): boolean => {
  const [certificates, features] = [differ(a.certificateSha256, b.certificateSha256), differ(a.featuresKey, b.featuresKey)]
  const claims = (row: JoinRow, { endpoint: { port, transport } }: JoinRow): boolean =>
    row.claimedHosts.some(({ tcpPort, tlsPort }) => (transport === "tls" ? tlsPort : tcpPort) === port)
  const claimsItsHost = ({ claimedHosts, endpoint }: JoinRow): boolean => claimedHosts.some(({ host }) => host === endpoint.host)
  const same = (facet: Facet): boolean => facet(a) !== null && facet(a) === facet(b)
  const tied = same(certificate) || (same((row) => row.featuresKey) && claimsItsHost(a) && claimsItsHost(b))
  return differ(a.address, b.address)
    ? certificates || features || (a.reachable && b.reachable && !tied)
    : features && (certificates || (claims(a, a) && claims(b, b) && !claims(a, b) && !claims(b, a)))
}

const atOneHost = (a: JoinRow, b: JoinRow): boolean => a.endpoint.host === b.endpoint.host && a.chain === b.chain

const namesHost = ({ claimedHosts }: JoinRow): boolean => claimedHosts.some(({ host }) => host !== "0.0.0.0")

type Facet = (row: JoinRow) => string | null
const certificate: Facet = (row) => row.certificateSha256
const features: Facet = (row) => row.featuresKey
const telling: Facet = (row) => namesHost(row) ? row.featuresKey : null

/**
 * The same address and the same in one facet, where all that are so show one of
 * the other facet at the most, or these two the same.
 */
const alike = (rows: ReadonlyArray<JoinRow>, a: JoinRow, b: JoinRow, facet: Facet, other: Facet): boolean => {
  if (facet(a) === null || facet(a) !== facet(b)) return false
  const others = new Set(rows.flatMap((row) =>
    row.chain === a.chain && row.address === a.address && facet(row) === facet(a) && row.reachable && row.visitStartedAt !== null ? other(row) ?? [] : []))
  return others.size < 2 || other(a) !== null && other(a) === other(b)
}

/** The definition, pair by pair, for endpoints whose chain is known and hosts whose endpoints do not contradict each other. */
const related = (rows: ReadonlyArray<JoinRow>) => (a: JoinRow, b: JoinRow): boolean => {
  if (a.chain === null || a.chain !== b.chain) return false
  if (a.endpoint.host === b.endpoint.host) return true
  if (!a.reachable || !b.reachable) return false
  const together = a.address !== null && a.address === b.address && a.visitStartedAt !== null &&
    b.visitStartedAt !== null && Math.abs(a.visitStartedAt - b.visitStartedAt) <= 60_000
  const claims = ({ claimedHosts }: JoinRow, { endpoint }: JoinRow): boolean =>
    claimedHosts.some(({ host, tcpPort, tlsPort }) => host === endpoint.host && (endpoint.transport === "tls" ? tlsPort : tcpPort) === endpoint.port)
  const same = (facet: Facet): boolean => facet(a) !== null && facet(a) === facet(b)
  /** At a host that leads to the address of those that are alike. */
  const claimsItsPort = (it: JoinRow, facet: Facet, other: Facet): boolean =>
    rows
      .filter((row) => row.chain === it.chain && row.address === it.address && row.reachable && row.visitStartedAt !== null && alike(rows, it, row, facet, other))
      .some((row) => claims(it, { ...it, endpoint: { ...it.endpoint, host: row.endpoint.host } }))
  const isOnePort = a.endpoint.port === b.endpoint.port && a.endpoint.transport === b.endpoint.transport
  const byAddress = (facet: Facet, other: Facet): boolean =>
    together && alike(rows, a, b, facet, other) && (isOnePort || (claimsItsPort(a, facet, other) && claimsItsPort(b, facet, other)))
  return byAddress(certificate, features) ||
    byAddress(telling, certificate) ||
    (claims(a, b) && claims(b, a) && same(features) && (same(certificate) || same((row) => row.address)))
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
    const known = rows.map((rows) => rows
      .filter((row) => row.chain !== null)
      .filter((row, i, all) => !all.some((other, j) => j < i && atOneHost(row, other) && contradict(row, other))))
    fc.assert(fc.property(known, (rows) => {
      const serverOf = new Map(joinServers(rows).flatMap((server, i) =>
        server.endpoints.map(({ endpoint }) => [endpointKey(endpoint), i] as const)
      ))
      const component = rows.map((_, i) => i)
      const isRelated = related(rows)
      for (let changed = true; changed;) {
        changed = false
        for (const [i, a] of rows.entries()) {
          for (const [j, b] of rows.entries()) {
            const least = Math.min(component[i]!, component[j]!)
            if (!isRelated(a, b) || (component[i] === least && component[j] === least)) continue
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

  it("never joins by the name alone what contradicts each other, and all of a host where nothing does", () => {
    const ofOneHost = rows.map((rows) => rows
      .filter(({ chain, endpoint }) => chain === "mainnet" && endpoint.host < "c")
      .map((row) => ({ ...row, endpoint: { ...row.endpoint, host: hosts[0]!, port: row.endpoint.port + (row.endpoint.host === hosts[0] ? 0 : 2) } }))
      // Neither address and time nor claims join them.
      .map((row) => ({ ...row, visitStartedAt: null, claimedHosts: [] })))
    fc.assert(fc.property(ofOneHost, (rows) => {
      const rowOf = new Map(rows.map((row) => [endpointKey(row.endpoint), row]))
      const servers = groups(joinServers(rows)).map((keys) => keys.map((key) => rowOf.get(key)!))
      for (const server of servers) {
        for (const a of server) for (const b of server) expect(contradict(a, b)).toBe(false)
      }
      if (rows.length > 0 && rows.every((a) => rows.every((b) => !contradict(a, b)))) expect(servers).toHaveLength(1)
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
        address: `5.${(i >> 1) % 7}.${(i >> 1) % 11}.${(i >> 1) % 13}`,
        certificateSha256: `c${(i >> 1) % 5}`,
        visitStartedAt: i * 10,
        claimedHosts: claiming(`h${i >> 1}.example.org:50001:s`)
      }))
    const servers = joinServers(many)
    expect(servers.length).toBeGreaterThan(0)
    expect(servers.length).toBeLessThanOrEqual(10_000)
    expect(servers.reduce((sum, { endpoints }) => sum + endpoints.length, 0)).toBe(20_000)
  })
})
