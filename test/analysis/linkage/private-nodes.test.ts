import { describe, expect, it } from "vitest"
import { operatorClusters } from "../../../src/analysis/clusters/operator-clusters.ts"
import { model } from "../../../src/analysis/linkage/model.ts"
import { groupsOf, pairsAmongStrangers, type Shows, words, worldOf } from "../../support/shown-servers.ts"

const few = [0, 1, 2]

/** A fleet without a common key: keys made in one go, one way of naming, one address for gifts, one node. */
const fleet = few.map((i): Shows => ({ host: `${words[i]}-plover.example`, node: "plover", gift: "of plover", greeting: "plover", made: i * 9 }))

/** What an image brings: a key under nobody's name. */
const image = { sha256: "c", spkiSha256: "k", names: ["localhost"] }

/** One key under their names, numbered domains, one node. */
const numbered = few.map((i): Shows => ({
  host: `thistle0${i}.example`,
  node: "thistle",
  certificate: { sha256: "t", spkiSha256: "t", names: few.map((other) => `thistle0${other}.example`) }
}))

describe("a fleet at a node that is nobody else's is a group", () => {
  it("that made its keys in one go, names what it registers one way and asks for gifts at one address", () => {
    expect(groupsOf(...fleet)).toEqual([[10, 11, 12]])
  })

  it("that is quiet, so that its estimates tell nothing, where its mempool is certain", () => {
    const groupsOfQuiet = (histogramChance: number) =>
      operatorClusters(pairsAmongStrangers(worldOf(...fleet).map((server) => ({
        ...server,
        snapshots: server.snapshots.map((it) => ({ ...it, tellingTargets: new Map(), histogramText: JSON.stringify(it.histogram), histogramChance }))
      })))).map(({ serverIds }) => serverIds)
    expect(groupsOfQuiet(1e-5)).toEqual([[10, 11, 12]])
    expect(groupsOfQuiet(0.2)).toEqual([])
  })

  it("of which a verdict is just one", () => {
    for (const { legs, sameOperator } of pairsAmongStrangers(worldOf(...fleet)).filter((pair) => pair.b < 1000)) {
      expect([sameOperator, legs]).toEqual([model.certainOnNode, "evening, gift, names, node, process"])
    }
  })

  it("that has one key under its names and one way of naming what it registers", () => {
    expect(groupsOf(...numbered)).toEqual([[10, 11, 12]])
  })

  it("that has one key under nobody's name only with processes and gifts of its own", () => {
    const nameless = numbered.map((shown) => ({ ...shown, certificate: image }))
    expect(groupsOf(...nameless)).toEqual([])
    for (const { sameOperator } of pairsAmongStrangers(worldOf(...nameless)).filter((pair) => pair.b < 1000)) expect(sameOperator).toBeCloseTo(model.likely)
    expect(groupsOf(...nameless.map((shown) => ({ ...shown, gift: "of thistle" })))).toEqual([[10, 11, 12]])
  })

  it("that three servers show, not two, which may be called alike by chance", () => {
    expect(groupsOf(...fleet.slice(0, 2))).toEqual([])
    // Nor is who passes one of them on the third.
    expect(groupsOf(...fleet.slice(0, 2), { ...fleet[2]!, listOf: 10, claims: fleet[0]!.host })).toEqual([])
  })

  it("and none without any one of these", () => {
    const without: ReadonlyArray<(shown: Shows, i: number) => Shows> = [
      (shown) => ({ ...shown, gift: undefined }),
      (shown) => ({ ...shown, made: undefined }),
      (shown, i) => ({ ...shown, host: `${words[i]}.own${i}.example` }),
      (shown, i) => ({ ...shown, node: `own ${i}` }),
      (shown) => ({ ...shown, listOf: 10 })
    ]
    for (const change of without) expect(groupsOf(...fleet.map(change)), change.toString()).toEqual([])
    expect(groupsOf(...numbered.map((shown, i) => ({ ...shown, node: `own ${i}` })))).toEqual([])
    expect(groupsOf(...numbered.map((shown, i) => ({ ...shown, host: `${words[i]}.own${i}.example` })))).toEqual([])
  })

  it("where names are labels below what was registered, which hosters and images give, or have no whole word in common, none", () => {
    for (const host of [(i: number) => `plover.own${i}.example`, (i: number) => `${words[i]}plovers.example`]) {
      expect(groupsOf(...fleet.map((shown, i) => ({ ...shown, host: host(i) })))).toEqual([])
    }
  })
})

it("framers behind one node are a group by their key, whosever gifts they ask for", () => {
  const victim: Shows = { host: "harbour.example", node: "harbour", gift: "of harbour" }
  expect(groupsOf(victim, { ...victim, host: "harbour.test.example", node: "second" }, ...numbered.map((shown) => ({ ...shown, gift: "of harbour" })))).toEqual([[12, 13, 14]])
})

it("servers made in one go are none whose gifts go to a cause of others too", () => {
  const givers = [3, 4, 5].map((i): Shows => ({ host: `${words[i]}.own${i}.example`, node: `own ${i}`, gift: "of plover" }))
  expect(groupsOf(...fleet, ...givers)).toEqual([])
})

describe("no framer enters such a fleet", () => {
  const framer = (i: number, more: Partial<Shows> = {}): Shows =>
    ({ ...fleet[0]!, host: `${words[i]}-plover.example`, made: i * 9, node: `framer ${i}`, ...more })

  it("who copies all that it writes, its date too, at a node of their own", () => {
    expect(groupsOf(...fleet, framer(3), framer(4))).toEqual([[10, 11, 12]])
  })

  it("not even a fleet of framers, which is one for itself", () => {
    expect(groupsOf(...fleet, ...[3, 4, 5].map((i) => framer(i, { node: "framers" })))).toEqual([[10, 11, 12], [13, 14, 15]])
  })

  it("who passes it on under names and certificates of their own, and says so nowhere", () => {
    expect(groupsOf(...fleet, framer(3, { node: "plover", listOf: 10 }), framer(4, { node: "plover", listOf: 10 }))).toEqual([[10, 11, 12]])
  })

  it("who gives its estimates for their own, and has another mempool", () => {
    expect(groupsOf(...fleet, framer(3, { node: "plover", mempool: "framer" }))).toEqual([[10, 11, 12]])
  })

  it("who registers the next of its names, even with a key that an image brings", () => {
    expect(groupsOf(...numbered, { host: "thistle07.example", node: "another", certificate: image })).toEqual([[10, 11, 12]])
    expect(groupsOf(...numbered, { host: "thistle07.example", node: "another" })).toEqual([[10, 11, 12]])
  })

  it("who passes on one of it, claims its hosts and is on no list of its", () => {
    const relay = (i: number, of: number): Shows => framer(i, { node: "plover", listOf: 10 + of, notListed: [10 + i], claims: fleet[of]!.host })
    expect(groupsOf(...fleet, relay(3, 0))).toEqual([[10, 11, 12]])
    expect(groupsOf(...fleet, relay(3, 0), relay(4, 1))).toEqual([[10, 11, 12]])
  })

  it("who passes on one server that has an image's key", () => {
    const victim: Shows = { ...fleet[0]!, certificate: image }
    const silent = { gift: undefined, made: undefined, certificate: image, node: "plover", listOf: 10 }
    expect(groupsOf(victim, framer(3, silent))).toEqual([])
    expect(groupsOf(victim, framer(3, { ...silent, claims: victim.host }))).toEqual([])
  })

  it("who makes a rented node look its own by a crowd at it", () => {
    const tenants = [1, 2].map((i): Shows => ({ host: `${words[i]}.tenant${i}.example`, node: "plover" }))
    const crowd = Array.from({ length: 8 }, (_, i) => framer(3, { host: `f${i}-plover.example`, node: "plover", made: i * 4 }))
    expect(groupsOf(fleet[0]!, ...tenants, ...crowd)).toEqual([])
  })

  it("and strangers who all pass on one victim are none themselves", () => {
    expect(groupsOf(fleet[0]!, ...[3, 4, 5].map((i) => framer(i, { node: "plover", listOf: 10 })))).toEqual([])
  })

  it("nor does who rents the same node as its victim, where other tenants are seen", () => {
    const tenants = [5, 6].map((i): Shows => ({ host: `${words[i]}.tenant${i}.example`, node: "plover" }))
    expect(groupsOf(...fleet, framer(3, { node: "plover" }), ...tenants)).toEqual([])
  })
})

describe("nobody takes such a fleet apart", () => {
  const seven = [0, 1, 2, 3, 4, 5, 6].map((i): Shows => ({ ...fleet[0]!, host: `${words[i]}-plover.example`, made: i * 9 }))

  it("by asking for gifts at its address", () => {
    expect(groupsOf(...fleet, { host: "any.own.example", node: "own", gift: "of plover" })).toEqual([[10, 11, 12]])
    expect(groupsOf(...seven, ...[1, 2].map((i): Shows => ({ host: `any.own${i}.example`, node: `own ${i}`, gift: "of plover" }))))
      .toEqual([[10, 11, 12, 13, 14, 15, 16]])
  })

  it("by passing it on under another name and claiming its hosts", () => {
    for (const some of [fleet, numbered]) {
      expect(groupsOf(...some, { host: "any.own.example", node: some[0]!.node, listOf: 10, claims: some[0]!.host })).toEqual([[10, 11, 12]])
    }
  })

  it("by mixing its estimates with the mempool of a rented node", () => {
    const tenants = [1, 2, 3].map((i): Shows => ({ host: `${words[i]}.tenant${i}.example`, node: "rented" }))
    expect(groupsOf(...seven, { host: "any.own.example", node: "plover", mempool: "rented" }, ...tenants)).toEqual([[10, 11, 12, 13, 14, 15, 16]])
  })
})

describe("names are no leg", () => {
  const customers = (...hosts: ReadonlyArray<string>) =>
    hosts.map((host, i): Shows => ({ host, node: "company", gift: "of the company", greeting: "hosted", made: i * 8 }))

  it("where plain words make them, one or several, whatever the language", () => {
    for (const hosts of [
      ["btcnode-anna.example", "btcnode-ben.example", "btcnode-carl.example"],
      ["bitcoinnode.example", "bitcoinnode.test", "bitcoinnode.invalid"],
      ["electrumserver1.example", "electrumserver2.example", "electrumserver5.example"],
      ["nodo-anna.example", "nodo-luis.example", "nodo-pablo.example"],
      ["hodl-anna.example", "hodl-ben.example", "hodl-carl.example"],
      ["mein-knoten.example", "unser-knoten.example", "dein-knoten.example"],
      ["amber-hetzner.example", "birch-hetzner.example", "cedar-hetzner.example"],
      ["amber-einundzwanzig.example", "birch-einundzwanzig.example", "cedar-einundzwanzig.example"],
      ["schmidt-amber.example", "schmidt-birch.example", "schmidt-cedar.example"],
      ["cypherpunkvault1.example", "cypherpunkvault2.example", "cypherpunkvault3.example"],
      ["amber-bavaria.example", "birch-bavaria.example", "cedar-bavaria.example"]
    ]) expect(groupsOf(...customers(...hosts)), hosts.join()).toEqual([])
  })

  it("where as many strangers elsewhere take the same word", () => {
    const fashion = [0, 1, 2].map((i): Shows => ({ host: `granite-${words[i]}.example`, node: `home ${i}`, gift: `gift ${i}` }))
    const hosts = ["granite-anna.example", "granite-luis.example", "granite-pablo.example"]
    expect(groupsOf(...customers(...hosts))).toEqual([[10, 11, 12]])
    expect(groupsOf(...customers(...hosts), ...fashion)).toEqual([])
  })
})

describe("strangers are no group to whom one third party brings a node", () => {
  const people = [0, 1, 2, 3, 4, 5]
  const brought: Readonly<Record<string, (i: number) => Partial<Shows>>> = {
    "a hoster, with names under its domain, its evening, greeting and address for gifts": (i) =>
      ({ host: `${words[i]}.perch.example`, gift: "of the hoster", greeting: "hosted", made: i * 5 }),
    "a hoster, to customers with domains of their own": (i) => ({ gift: "of the hoster", greeting: "hosted", made: i * 5 }),
    "a club, with its meeting and its cause": (i) => ({ gift: "cause", made: i * 5, ...(i % 2 === 0 ? { greeting: "for the cause" } : {}) }),
    "a seller, with what its factory made": (i) => ({ gift: "of the seller", greeting: "a box", made: i * 3 }),
    "an image, with its key": () => ({ certificate: { sha256: "c", spkiSha256: "k", names: ["localhost"] }, greeting: "an image" }),
    "an image, with its key and names below those of its users": (i) =>
      ({ host: `stationbox.own${i}.example`, certificate: { sha256: "c", spkiSha256: "k", names: ["localhost"] }, gift: "of its author" })
  }
  for (const [who, shows] of Object.entries(brought)) {
    it(`as ${who}`, () => {
      expect(groupsOf(...people.map((i): Shows => ({ host: `${words[i]}.own${i}.example`, node: "rented", ...shows(i) })))).toEqual([])
    })
  }

  it("nor is who follows an image's way of naming, key and all, at home", () => {
    expect(groupsOf(...people.map((i): Shows => ({
      host: `${words[i]}-stationbox.example`,
      node: `home ${i}`,
      gift: "of its author",
      certificate: { sha256: "c", spkiSha256: "k", names: ["localhost"] }
    })))).toEqual([])
  })
})

describe("three servers that a third party names, or that have one name by chance, are no fleet", () => {
  const customers = (...hosts: ReadonlyArray<string>) =>
    hosts.map((host, i): Shows => ({ host, node: "company", gift: "of the company", greeting: "hosted", made: i * 8 }))

  it("where words of the trade, of companies, families and places make their names", () => {
    for (const word of ["nakamoto", "timechain", "explorer", "btcpay", "mining", "raspibolt", "wallets", "hodlers", "familie", "consulting", "berlin", "companies", "espana"]) {
      expect(groupsOf(...customers(`${word}-anna.example`, `${word}-ben.example`, `${word}-carl.example`)), word).toEqual([])
    }
  })

  it("where others pointed the names at servers that state none", () => {
    const silent = few.map((i): Shows => ({ ...customers(`10.9.8.${i}`)[0]!, nameless: true, made: i * 8 }))
    expect(groupsOf(...silent.map((it, i) => ({ ...it, met: [`${words[i]}-plover.example`] })))).toEqual([])
  })

  it("nor is a victim that states no name, which its framers name, in theirs", () => {
    const victim: Shows = { host: "10.9.8.7", nameless: true, node: "victim", gift: "of victim", greeting: "victim", made: 0, met: ["heron-plover.example"] }
    const framers = [0, 1].map((i): Shows => ({ ...victim, nameless: false, host: `${words[i]}-plover.example`, met: [], made: 9 + i * 9 }))
    expect(groupsOf(victim, ...framers)).toEqual([])
  })

  it("where a key stands beside two names, as of two families behind one proxy", () => {
    const names = ["weaverbird-amber.example", "weaverbird-birch.example"]
    expect(groupsOf(...names.map((host): Shows => ({ host, node: "company", certificate: { sha256: "s", spkiSha256: "s", names } })))).toEqual([])
  })

  it("where two of them have hosts below one domain", () => {
    expect(groupsOf(...customers("a.weaverbird.example", "b.weaverbird.example", "weaverbird.test"))).toEqual([])
    expect(groupsOf(...customers("a.weaverbird.example", "weaverbird.invalid", "weaverbird.test"))).toEqual([[10, 11, 12]])
  })
})
