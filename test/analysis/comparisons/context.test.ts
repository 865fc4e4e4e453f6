import { assert, describe, it } from "vitest"
import { comparisons } from "../../../src/analysis/comparisons/catalogue.ts"
import { chanceOfSamePeer } from "../../../src/analysis/comparisons/peer-lists.ts"
import { seededRandom } from "../../../src/analysis/seeded-random.ts"
import type { ServerTraits } from "../../../src/analysis/traits/server-traits.ts"
import { addressOf, traitsOf } from "../../support/server-traits.ts"

const levelBy = (all: ReturnType<typeof comparisons>) => (name: string, a: ServerTraits, b: ServerTraits): string | undefined => {
  const comparison = all.find((it) => it.name === name)!
  const outcome = comparison.compare(a, b)
  return outcome === undefined ? undefined : comparison.levels[outcome.level]!.name
}
const level = levelBy(comparisons())

describe("where servers are", () => {
  const at = (id: number, address: string, changes = {}) => traitsOf(id, { addresses: [addressOf(address, changes)] })

  it("is compared by address, /24 or /48, system and company", () => {
    assert.strictEqual(level("same address", at(1, "34.90.1.2"), at(2, "34.90.1.2")), "one address")
    assert.strictEqual(level("network block", at(1, "34.90.1.2"), at(2, "34.90.1.99")), "one block")
    assert.isUndefined(level("network block", at(1, "34.90.1.2"), at(2, "34.90.2.2")))
    assert.strictEqual(level("network block", at(1, "2a01:4f8:1:2::3"), at(2, "2a01:4f8:1:9::3")), "one block")
    assert.isUndefined(level("network block", at(1, "2a01:4f8:1:2::3"), at(2, "2a01:4f8:2:2::3")))
    assert.strictEqual(level("autonomous system", at(1, "34.90.1.2", { asn: 1 }), at(2, "9.9.9.9", { asn: 1 })), "one system")
    assert.strictEqual(level("cloud", at(1, "34.90.1.2", { cloud: "A" }), at(2, "9.9.9.9", { cloud: "A" })), "one company")
  })

  it("is nothing where it is not known", () => {
    for (const name of ["autonomous system", "cloud"]) assert.isUndefined(level(name, at(1, "34.90.1.2"), at(2, "34.90.1.2")), name)
  })
})

describe("peer lists", () => {
  const random = seededRandom(7)
  /** Popular servers are named by most: the first are. */
  const list = (size: number, from = 0): ReadonlyMap<number, number> => {
    const peers = new Map<number, number>()
    while (peers.size < size) peers.set(from + Math.floor(300 * random() ** 2), 1)
    return peers
  }
  const honest = Array.from({ length: 60 }, (_, id) => traitsOf(id, { peers: list(40) }))
  const population = [...honest, ...Array.from({ length: 4 }, (_, i) => traitsOf(100 + i, { peers: list(40, 1_000) }))]
  const judged = levelBy(comparisons({ servers: population }))

  it("are not alike because popular servers are in all of them", () => {
    const alike = honest.flatMap((a, i) => honest.slice(i + 1).filter((b) => judged("peer lists", a, b) !== undefined))
    assert.isAtMost(alike.length, 60 * 59 / 2 / 50)
  })

  it("are alike where they name the same out of many", () => {
    const peers = population.at(-1)!.peers
    assert.strictEqual(
      judged("peer lists", traitsOf(1, { peers }), traitsOf(2, { peers: new Map([...peers].slice(2)) })),
      "nearly the same list, five deviations beyond chance"
    )
  })

  it("are not compared when they are short, or when nobody's are known", () => {
    const short = new Map([1, 2, 3, 4, 5, 6, 7].map((peer) => [1_000 + peer, 1]))
    assert.isUndefined(judged("peer lists", traitsOf(1, { peers: short }), traitsOf(2, { peers: short })))
    assert.isUndefined(level("peer lists", population.at(-1)!, population.at(-1)!))
    assert.isUndefined(chanceOfSamePeer([]))
  })

  it("name each other", () => {
    const [a, b] = [traitsOf(1, { peers: new Map([[2, 0.5]]) }), traitsOf(2, { peers: new Map([[1, 1]]) })]
    assert.strictEqual(level("mutual listing", a, b), "each names the other")
    assert.isUndefined(level("mutual listing", a, traitsOf(2)))
  })

  it("show two processes where each names the other and not itself, which a relay in front of one does not", () => {
    const knows = (serverId: number, listsItself: boolean | null, ...others: ReadonlyArray<number>) =>
      traitsOf(serverId, { peers: new Map(others.map((other) => [other, 1])), listsItself })
    assert.strictEqual(level("processes of their own", knows(1, false, 2, 3), knows(2, false, 1, 3)), "each names the other, and not itself")
    assert.isUndefined(level("processes of their own", knows(1, false, 2, 3), knows(2, true, 3)))
    assert.isUndefined(level("processes of their own", knows(2, true, 3, 4), knows(3, true, 2, 4)))
    assert.isUndefined(level("processes of their own", knows(1, null, 2), knows(2, null, 1)))
  })
})

describe("ports, forms, software and claims", () => {
  const planted: ReadonlyArray<readonly [string, string, Parameters<typeof traitsOf>[1], Parameters<typeof traitsOf>[1]]> = [
    ["unusual ports", "one port", { unusualPorts: ["tls 51234"] }, { unusualPorts: ["tls 51235"] }],
    ["hosts shape", "one form", { hostsShape: "mainnet: name tls 51234" }, { hostsShape: "mainnet: name tls 51235" }],
    ["behaviour fingerprint", "one fingerprint", { fingerprintHash: "aa" }, { fingerprintHash: "bb" }],
    [
      "software", "the same releases",
      { implementation: "Fulcrum", releases: { since: "1.9.6", before: "1.10" } },
      { implementation: "ElectrumX", releases: { since: "1.9.6", before: "1.10" } }
    ],
    [
      "claims the same hosts", "the same hosts",
      { claimedHosts: [{ host: "a.test", tcpPort: null, tlsPort: 50002 }] },
      { claimedHosts: [{ host: "b.test", tcpPort: null, tlsPort: 50002 }] }
    ]
  ]

  it.each(planted)("%s: what both have agrees, what one has, or what differs, says nothing", (name, expected, one, other) => {
    assert.strictEqual(level(name, traitsOf(1, one), traitsOf(2, one)), expected)
    assert.isUndefined(level(name, traitsOf(1, one), traitsOf(2, other)))
    assert.isUndefined(level(name, traitsOf(1, one), traitsOf(2)))
    assert.isUndefined(level(name, traitsOf(1), traitsOf(2)))
  })

  it("several unusual ports say more than one", () => {
    const ports = { unusualPorts: ["tcp 51233", "tls 51234"] }
    assert.strictEqual(level("unusual ports", traitsOf(1, ports), traitsOf(2, ports)), "several ports")
  })
})
