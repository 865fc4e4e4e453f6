import { describe, expect, it } from "vitest"
import { operatorClusters } from "../../../src/analysis/clusters/operator-clusters.ts"
import { comparisons } from "../../../src/analysis/comparisons/catalogue.ts"
import { link } from "../../../src/analysis/linkage/linkage.ts"
import type { PresentedCertificate, ServerTraits } from "../../../src/analysis/traits/server-traits.ts"
import { presentedAt, traitsAt, writtenText } from "../../support/server-traits.ts"

const words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron"]
const evening = 1_700_000_000_123

/** Server `i` of some, at a host that it names in its features, with this certificate. */
const server = (i: number, host: string, certificate: Partial<PresentedCertificate>, more: Partial<ServerTraits> = {}): ServerTraits =>
  traitsAt(10 + i, host, {
    certificates: [presentedAt(host, { claimed: [host], ...certificate })],
    claimedHosts: [{ host, tcpPort: null, tlsPort: 50_002 }],
    ...more
  })

const strangers = Array.from({ length: 60 }, (_, i) =>
  traitsAt(1000 + i, `e.s${i}x.example`, {
    certificates: [presentedAt(`e.s${i}x.example`)],
    donation: i % 2 === 0 ? null : writtenText(`gift of ${i}`),
    banner: i % 3 === 0 ? null : writtenText(`banner of ${i}`)
  }))

const groupsOf = (some: ReadonlyArray<ServerTraits>): ReadonlyArray<ReadonlyArray<number>> => {
  const servers = [...some, ...strangers]
  return operatorClusters(link(servers, comparisons({ servers })).pairs).map(({ serverIds }) => serverIds)
}

const own = (i: number): string => `${words[i]}.own${i}.example`
const greets = (i: number) => writtenText(`${words[i]} greets`)
const gift = (text: string) => writtenText(text)
const people = [0, 1, 2, 3, 4, 5]

/** Strangers to whom one third party brought what they share. */
const brought: Readonly<Record<string, ReadonlyArray<ServerTraits>>> = {
  "a small hoster with a wildcard certificate on its front": people.map((i) =>
    server(i, `${words[i]}.perch.example`, { sha256: "wild", spkiSha256: "wild key", names: ["*.perch.example"], selfSigned: false, trusted: true }, {
      banner: greets(i),
      donation: gift(`gift ${i}`)
    })),
  "that hoster, whose address for gifts its customers leave": people.map((i) =>
    server(i, `${words[i]}.perch.example`, { sha256: "wild", spkiSha256: "wild key", names: ["*.perch.example"], selfSigned: false, trusted: true }, {
      donation: gift("of the hoster")
    })),
  "an image with a key and its author's address for gifts": people.map((i) =>
    server(i, own(i), { sha256: `c${i}`, spkiSha256: "image key" }, { banner: greets(i), donation: gift("of the author") })),
  "that image, half of whose users greet in no words of their own": people.map((i) =>
    server(i, own(i), { sha256: `c${i}`, spkiSha256: "image key" }, { banner: i % 2 === 0 ? greets(i) : null, donation: gift("of the author") })),
  "a seller of appliances": people.map((i) =>
    server(i, `${words[i]}.homes.example`, { sha256: "one", spkiSha256: "image key", names: ["localhost"] }, { banner: greets(i), donation: gift("of the seller") })),
  "a club with its names, its evening and its cause": people.map((i) =>
    server(i, `${words[i]}.club.example`, { validFrom: evening + i * 70_000 }, { banner: greets(i), donation: gift("cause") })),
  "a workshop with a guide": people.map((i) =>
    server(i, own(i), { validFrom: evening + i * 70_000 }, { banner: writtenText("from the guide"), donation: gift("of the author") })),
  "a proxy with one certificate, some of whose customers give to one cause": people.map((i) =>
    server(i, own(i), { sha256: "san", spkiSha256: "san key", names: people.map(own) }, { donation: gift(i < 2 ? "cause" : `gift ${i}`) })),
  "a proxy with one certificate, in whose customers' cause others believe too": [
    ...people.slice(0, 3).map((i) => server(i, own(i), { sha256: "san", spkiSha256: "san key", names: people.map(own) }, { donation: gift("cause") })),
    ...[3, 4, 5, 6].map((i) => server(i, own(i), {}, { donation: gift("cause") }))
  ],
  "framers who copy a victim and date their certificates as its": people.map((i) =>
    server(i, own(i), { validFrom: evening + i * 2_000 }, { banner: writtenText("victim since 2014"), donation: gift("of the victim") })),
  "a relay of bytes under a name like the victim's": ["victim", "relay"].map((domain, i) =>
    traitsAt(10 + i, `granite.${domain}.example`, {
      certificates: [presentedAt(`granite.${domain}.example`, { sha256: "c", spkiSha256: "k", names: [] })],
      banner: writtenText("victim since 2014"),
      donation: gift("of the victim")
    }))
}

describe("strangers are no group who have in common what they have from", () => {
  for (const [who, servers] of Object.entries(brought)) {
    it(`from ${who}`, () => {
      expect(groupsOf(servers)).toEqual([])
    })
  }
})

it("a fleet with one key and one address for gifts is a group, which no framer enters", () => {
  const fleet = [0, 1, 2].map((i) => server(i, own(i), { sha256: `c${i}`, spkiSha256: "fleet key" }, { banner: writtenText("fleet"), donation: gift("of the fleet") }))
  const framer = server(3, own(3), { validFrom: evening }, { banner: writtenText("fleet"), donation: gift("of the fleet") })
  expect(groupsOf(fleet)).toEqual([[10, 11, 12]])
  expect(groupsOf([...fleet, framer])).toEqual([[10, 11, 12]])
})

it("a fleet stays a group however many copy it and claim its hosts, which strangers of one cause do not", () => {
  // Under nobody's name the key needs the address for gifts beside the domain.
  const fleet = [0, 1].map((i) =>
    server(i, `${words[i]}.fleet.example`, { sha256: "c", spkiSha256: "fleet key", names: ["localhost"] }, { donation: gift("of the fleet") }))
  const others = (claimed: ReadonlyArray<string>) => [2, 3, 4, 5, 6, 7].map((i) =>
    server(i, own(i), {}, {
      donation: gift("of the fleet"),
      claimedHosts: [own(i), ...claimed].map((host) => ({ host, tcpPort: null, tlsPort: 50_002 }))
    }))
  expect(groupsOf([...fleet, ...others([`${words[0]}.fleet.example`])])).toEqual([[10, 11]])
  expect(groupsOf([...fleet, ...others([])])).toEqual([])
})

it("nobody can make others' common cause look like a fleet's by claiming their hosts", () => {
  const withKey = [0, 1].map((i) =>
    server(i, own(i), { sha256: `c${i}`, spkiSha256: "image key" }, { donation: gift("cause") }))
  const givers = [2, 3, 4, 5].map((i) => server(i, own(i), {}, { donation: gift("cause") }))
  const claimer = server(6, own(6), {}, {
    claimedHosts: [0, 1, 2, 3, 4, 5, 6].map((i) => ({ host: own(i), tcpPort: null, tlsPort: 50_002 }))
  })
  expect(groupsOf([...withKey, ...givers, claimer])).toEqual([])
})
