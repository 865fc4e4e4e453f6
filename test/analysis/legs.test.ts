import { describe, expect, it } from "vitest"
import { judgeOperators } from "../../src/analysis/operators.ts"
import type { PresentedCertificate, ServerTraits } from "../../src/analysis/traits/server-traits.ts"
import { giftAddress } from "../support/gift-address.ts"
import { addressOf, presentedAt, traitsAt, writtenText } from "../support/server-traits.ts"

const day = 86_400_000
const fields = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jasper", "kelp", "larch", "maple", "nettle", "oriel"]

/** Somebody with a domain, a key, a place and words of their own. */
const stranger = (id: number): ServerTraits => {
  const host = `${fields[id % fields.length]!}wick${id}.example`
  return traitsAt(id, host, {
    certificates: [presentedAt(host, { validFrom: 1_600_000_000_000 + id * 7_919_000_123 })],
    addresses: [addressOf(`${20 + id}.${id}.7.9`, { asn: 64_512 + (id % 7) })],
    donation: id % 2 === 0 ? writtenText(giftAddress(`gift ${id}`)) : null,
    claimedHosts: [{ host, tcpPort: null, tlsPort: 50_002 }],
    implementation: id % 3 === 0 ? "Fulcrum" : "ElectrumX"
  })
}

const keys = ["none", "under nobody's name", "under their names", "in one certificate of one of them", "in one certificate of all", "none, certificates that name each other"] as const
const names = ["their own", "one domain", "one pattern"] as const

/** What somebody may bring to three strangers. */
interface Brought {
  readonly key: (typeof keys)[number]
  readonly names: (typeof names)[number]
  readonly gift: boolean
  readonly greeting: boolean
  readonly evening: boolean
  readonly lists: boolean
}

const switches = [false, true] as const

const combinations: ReadonlyArray<Brought> = keys.flatMap((key) => names.flatMap((names) => switches.flatMap((gift) => switches.flatMap((greeting) =>
  switches.flatMap((evening) => switches.map((lists) => ({ key, names, gift, greeting, evening, lists })))))))

const certificateOf = (key: Brought["key"], hosts: ReadonlyArray<string>, host: string): Partial<PresentedCertificate> => {
  const one = { spkiSha256: "K", sha256: "C", serial: "02", validFrom: 1_690_000_000_000 }
  switch (key) {
    case "none":
      return {}
    case "under nobody's name":
      return { ...one, subject: "CN=localhost", issuer: "CN=localhost", names: [] }
    case "under their names":
      return { spkiSha256: "K" }
    case "in one certificate of one of them":
      return { ...one, subject: `CN=${hosts[0]!}`, issuer: `CN=${hosts[0]!}`, names: [hosts[0]!] }
    case "in one certificate of all":
      return { ...one, subject: `CN=${hosts[0]!}`, issuer: `CN=${hosts[0]!}`, names: hosts }
    case "none, certificates that name each other":
      return { names: hosts, subject: `CN=${host}`, issuer: "CN=Authority", selfSigned: false, trusted: true }
  }
}

const withBrought = (members: ReadonlyArray<ServerTraits>, brought: Brought): ReadonlyArray<ServerTraits> => {
  const hosts = members.map((_, i) =>
    brought.names === "one domain" ? `s${i}.zetaville.example` : brought.names === "one pattern" ? `gannet.${fields[i]!}mere.example` : `${fields[i]!}mere.example`)
  return members.map((member, i) => {
    const host = hosts[i]!
    const others = members.filter((other) => other !== member).map(({ serverId }) => [serverId, 1] as const)
    return traitsAt(member.serverId, host, {
      certificates: [presentedAt(host, { validFrom: 1_700_000_000_000 + i * (brought.evening ? 9_000 : 40 * day), claimed: [host], ...certificateOf(brought.key, hosts, host) })],
      addresses: member.addresses,
      claimedHosts: [{ host, tcpPort: null, tlsPort: 50_002 }],
      implementation: member.implementation,
      banner: brought.greeting ? writtenText("welcome to the common place of many words") : null,
      donation: brought.gift ? writtenText(giftAddress("common")) : null,
      peers: new Map(brought.lists ? others : []),
      peersAsked: brought.lists ? 1 : null,
      listsItself: brought.lists ? false : null
    })
  })
}

/** What a verdict takes where no node is known (README, What a verdict takes): all else that may be in common decides nothing. */
const hasLegs = ({ gift, key, names }: Brought): boolean => {
  const domain = names === "one domain"
  if (key === "under their names" || key === "in one certificate of all") return gift || domain
  return key !== "none" && gift && domain
}

describe("three strangers to whom somebody brings something", () => {
  it("are one operator by nothing but the legs of a verdict, whatever else they have in common, and nobody else moves", () => {
    const network = Array.from({ length: 18 }, (_, i) => stranger(i + 1))
    const members = new Set([4, 8, 12])
    for (const brought of combinations) {
      const servers = [...network.filter(({ serverId }) => !members.has(serverId)), ...withBrought(network.filter(({ serverId }) => members.has(serverId)), brought)]
      const { linkage } = judgeOperators(servers, { randomSeed: 1, publicSuffixes: [], simulated: false })
      const [inside, outside] = [true, false].map((both) =>
        Math.max(0, ...linkage.pairs.filter(({ a, b }) => both === (members.has(a) && members.has(b))).map(({ sameOperator }) => sameOperator)))
      const said = JSON.stringify(brought)
      expect(outside, said).toBeLessThan(0.02)
      if (!hasLegs(brought)) expect(inside, said).toBeLessThan(0.95)
    }
    // With all of it they are: so the comparisons do see what is brought.
    const all = withBrought(network.slice(0, 3), { key: "under their names", names: "one domain", gift: true, greeting: true, evening: true, lists: true })
    const { clusters } = judgeOperators([...all, ...network.slice(3)], { randomSeed: 1, publicSuffixes: [], simulated: false })
    expect(clusters.map(({ serverIds }) => serverIds)).toEqual([[1, 2, 3]])
  })
})
