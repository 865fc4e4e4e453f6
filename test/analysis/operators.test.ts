import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { judgeOperators } from "../../src/analysis/operators.ts"
import { seededRandom, shuffled } from "../../src/analysis/seeded-random.ts"
import type { ServerTraits } from "../../src/analysis/traits/server-traits.ts"
import { presentedAt, traitsAt, writtenText } from "../support/server-traits.ts"
import { withDetails } from "../support/told-pairs.ts"

const options = { randomSeed: 1, publicSuffixes: [], simulated: false }

const words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jasper", "kelp", "larch"]

/** Strangers: a domain, a key, a text and an address of their own. */
const stranger = (id: number, changes: Partial<ServerTraits> = {}): ServerTraits => {
  const host = `node.${words[id % words.length]!}${id}.example`
  return traitsAt(id, host, {
    certificates: [presentedAt(host, { validFrom: 1_600_000_000_000 + id * 7_919_000_123 })],
    addresses: [{ address: `${20 + (id % 90)}.${id % 251}.7.9`, asn: 64_512 + (id % 17), cloud: null, country: null }],
    banner: writtenText(`greetings of number ${words[(id * 5) % words.length]!} ${id}`),
    donation: id % 2 === 0 ? writtenText(`gift ${id}`) : null,
    claimedHosts: [{ host, tcpPort: 50_001, tlsPort: 50_002 }],
    implementation: id % 3 === 0 ? "Fulcrum" : "ElectrumX",
    fingerprintHash: `fingerprint ${id % 5}`,
    peers: new Map(Array.from({ length: 20 }, (_, i) => [1 + ((id * 13 + i * 7) % 60), 1])),
    peersAsked: 1,
    ...changes
  })
}

const network = Array.from({ length: 60 }, (_, i) => stranger(i + 1))
const victim = stranger(7, { donation: writtenText("gift of the victim"), hostsShape: "rare shape", unusualPorts: ["tls 50999"] })

/** What of a server somebody else can show, rent or relay. */
const copies: Readonly<Record<string, Partial<ServerTraits>>> = {
  banner: { banner: victim.banner },
  donation: { donation: victim.donation },
  claims: { claimedHosts: victim.claimedHosts },
  shape: { hostsShape: victim.hostsShape },
  ports: { unusualPorts: victim.unusualPorts },
  place: { addresses: [{ ...victim.addresses[0]!, address: victim.addresses[0]!.address.replace(/9$/, "10") }] },
  software: { implementation: victim.implementation, fingerprintHash: victim.fingerprintHash },
  peers: { peers: victim.peers }
}

const withVictim = network.map((server) => server.serverId === 7 ? victim : server)

const fleet = Array.from({ length: 6 }, (_, i) => {
  const host = `e${i}.fleet${i}.example`
  return stranger(201 + i, {
    hosts: [host],
    certificates: [presentedAt(host, { sha256: `certificate ${i}`, spkiSha256: "key of the fleet" })],
    banner: null,
    donation: writtenText("gift of the fleet")
  })
})
const servers = [...network, ...fleet]

describe("operators", () => {
  it("are not made up from whatever copiers show of a victim, who does not move", () => {
    fc.assert(fc.property(fc.subarray(Object.keys(copies), { minLength: 1 }), fc.integer({ min: 1, max: 5 }), (copied, count) => {
      const shown = Object.assign({}, ...copied.map((name) => copies[name]!)) as Partial<ServerTraits>
      const copiers = Array.from({ length: count }, (_, i) => stranger(101 + i, shown))
      const { clusters, linkage } = judgeOperators([...withVictim, ...copiers], options)
      expect(clusters).toEqual([])
      for (const { a, b, sameOperator } of linkage.pairs) if (a === 7 || b === 7) expect(sameOperator, copied.join()).toBeLessThan(0.02)
    }), { numRuns: 60 })
  })

  it("are not made up among copiers either, who share what is the victim's", () => {
    const shown = Object.assign({}, ...Object.values(copies)) as Partial<ServerTraits>
    const copiers = Array.from({ length: 12 }, (_, i) => stranger(101 + i, shown))
    const { clusters, linkage } = judgeOperators([...withVictim, ...copiers], options)
    expect(clusters).toEqual([])
    for (const { sameOperator } of linkage.pairs) expect(sameOperator).toBeLessThan(0.1)
  })

  it("are found by a key and an address for gifts, in any order of the rows, whatever strangers join", () => {
    const found = judgeOperators(servers, options)
    expect(found.clusters.map(({ serverIds }) => serverIds)).toEqual([[201, 202, 203, 204, 205, 206]])
    for (const seed of [1, 2]) {
      const again = judgeOperators(shuffled(servers, seededRandom(seed)), options)
      expect({ ...again, linkage: withDetails(again.linkage) }).toEqual({ ...found, linkage: withDetails(found.linkage) })
    }
    const more = judgeOperators([...servers, ...Array.from({ length: 100 }, (_, i) => stranger(301 + i))], options)
    expect(more.clusters.map(({ serverIds }) => serverIds)).toEqual([[201, 202, 203, 204, 205, 206]])
    const before = new Map(found.linkage.pairs.map(({ a, b, sameOperator }) => [`${a} ${b}`, sameOperator]))
    for (const { a, b, sameOperator } of more.linkage.pairs.filter((pair) => pair.b < 300)) {
      expect(Math.abs(sameOperator - (before.get(`${a} ${b}`) ?? 0.003)), `${a} ${b}`).toBeLessThan(0.02)
    }
  })

  it("are the same ones where a fifth of the servers show no peer list, and no pair moves much", () => {
    const found = judgeOperators(servers, options)
    const before = new Map(found.linkage.pairs.map(({ a, b, sameOperator }) => [`${a} ${b}`, sameOperator]))
    fc.assert(fc.property(fc.integer(), (seed) => {
      const silent = new Set(shuffled(servers, seededRandom(seed)).slice(0, Math.round(servers.length / 5)))
      const judged = judgeOperators(servers.map((server) => silent.has(server) ? { ...server, peers: new Map(), peersAsked: null, listsItself: null } : server), options)
      expect(judged.clusters.map(({ serverIds }) => serverIds)).toEqual(found.clusters.map(({ serverIds }) => serverIds))
      const after = new Map(judged.linkage.pairs.map(({ a, b, sameOperator }) => [`${a} ${b}`, sameOperator]))
      for (const pair of new Set([...before.keys(), ...after.keys()])) {
        expect(Math.abs((after.get(pair) ?? 0.003) - (before.get(pair) ?? 0.003)), pair).toBeLessThan(0.02)
      }
    }), { numRuns: 20 })
  })

  it("are not found among servers of which nothing is known", () => {
    const unknown = Array.from({ length: 30 }, (_, i) => traitsAt(i + 1, `10.0.0.${i}`))
    const { clusters, linkage } = judgeOperators(unknown, options)
    expect(clusters).toEqual([])
    expect(linkage.pairs).toEqual([])
  })
})
