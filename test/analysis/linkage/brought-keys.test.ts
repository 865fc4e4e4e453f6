import { describe, expect, it } from "vitest"
import { comparisons } from "../../../src/analysis/comparisons/catalogue.ts"
import { link } from "../../../src/analysis/linkage/linkage.ts"
import type { PresentedCertificate } from "../../../src/analysis/traits/server-traits.ts"
import { groupsOf, idsFrom, ownHost, pairsAmongStrangers, several, type Shows, words, worldOf } from "../../support/shown-servers.ts"

describe("an image made from its author's machine, whose certificate names the author's host, joins nobody to the author", () => {
  const author: Shows = { host: "electrum.author.example", certificate: { sha256: "c", spkiSha256: "k" }, gift: "of the author", greeting: "author since 2014" }
  const user = (i: number): Shows => ({ ...author, host: ownHost(i), certificate: { sha256: "c", spkiSha256: "k", names: [author.host] } })

  it("where its users wrote nothing of their own", () => {
    expect(groupsOf(author, ...several(4, user))).toEqual([])
  })

  it("where some of them did", () => {
    expect(groupsOf(author, ...several(4, (i): Shows => i < 2 ? { ...user(i), greeting: `${words[i]} greets`, gift: `mine ${i}` } : user(i)))).toEqual([])
  })

  it("unlike a certificate that names them all", () => {
    const names = several(4, ownHost)
    expect(groupsOf(...several(4, (i) => ({ ...user(i), certificate: { sha256: "c", spkiSha256: "k", names } })))).toEqual([idsFrom(4)])
  })
})

describe("customers of a hoster whose wildcard certificate two of its fronts show, or was renewed in between, are no group", () => {
  const front = (n: number, key = n): Partial<PresentedCertificate> =>
    ({ sha256: `wild ${n}`, spkiSha256: `wild key ${key}`, names: ["*.perch.example"], selfSigned: false, trusted: true })
  const customer = (i: number): Shows => ({ host: `${words[i]}.perch.example`, certificate: front(i % 2), gift: "of the hoster" })

  it("where they leave its address for gifts", () => {
    expect(groupsOf(...several(6, customer))).toEqual([])
    expect(groupsOf(...several(6, (i) => ({ ...customer(i), greeting: i < 3 ? `${words[i]} greets` : undefined })))).toEqual([])
  })

  it("where the renewed certificate has the same key", () => {
    expect(groupsOf(...several(6, (i) => ({ ...customer(i), certificate: front(i % 2, 0) })))).toEqual([])
  })

  const naming = (trusted: boolean, hostOf: (i: number) => string) => {
    const names = several(4, hostOf)
    return several(4, (i): Shows => ({ host: hostOf(i), certificate: { names, trusted }, gift: "of the fleet" }))
  }
  const ofOneDomain = (i: number): string => `${words[i]}.fleet.example`

  it("unlike certificates that name each other below one domain, where an authority vouches for them", () => {
    expect(groupsOf(...naming(true, ofOneDomain))).toEqual([idsFrom(4)])
    expect(groupsOf(...naming(false, ofOneDomain))).toEqual([])
  })

  it("nor those of a hoster each of whose certificates names several, if two of them greet otherwise, not even the silent ones", () => {
    const [first, second, ...silent] = naming(true, ofOneDomain)
    expect(groupsOf({ ...first!, greeting: "first greets" }, { ...second!, greeting: "second greets" }, ...silent)).toEqual([])
    expect(groupsOf({ ...first!, greeting: "first greets" }, second!, ...silent)).toEqual([idsFrom(4)])
  })

  it("nor are those of a hoster each of whose certificates names several, each with a domain of its own, who leave its address for gifts", () => {
    expect(groupsOf(...naming(true, ownHost))).toEqual([])
  })
})

describe("an image's key and what no money can be sent to, asked for gifts, join nobody", () => {
  const user = (gift: string) => (i: number): Shows =>
    ({ host: ownHost(i), certificate: { sha256: `c${i}`, spkiSha256: "image key" }, gift, isGiftRead: true })

  for (const gift of ["none", "n/a", "-", "0", "YOUR_DONATION_ADDRESS", "https://opensats.org"]) {
    it(`as ${gift}`, () => {
      expect(groupsOf(...several(3, user(gift)))).toEqual([])
    })
  }

  it("unlike an address", () => {
    expect(groupsOf(...several(3, user("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")))).toEqual([idsFrom(3)])
  })
})

describe("an image's key under the names that one hoster gives machines joins no strangers", () => {
  const user = (host: string, i: number): Shows => ({ host, certificate: { sha256: `c${i}`, spkiSha256: "image key" } })
  const speaking = (host: (i: number) => string) => several(20, (i): Shows => ({ host: host(i), gift: `gift ${i} of me`, greeting: `greets ${i}` }))

  it("where others have names there too: so many are no one's", () => {
    expect(groupsOf(...several(3, (i) => user(`${words[i]}.nook.example`, i)), ...speaking((i) => `m${i}.nook.example`))).toEqual([])
  })

  it("where others elsewhere hold it, even silent ones", () => {
    const elsewhere = several(3, (i) => user(ownHost(i), 9 + i))
    expect(groupsOf(...several(3, (i) => user(`${words[i]}.nook.example`, i)), ...elsewhere)).toEqual([])
    expect(groupsOf(...several(3, (i) => user(`${words[i]}.nook.example`, i)))).toEqual([idsFrom(3)])
  })

  it("and no victim to who installs the image there and copies its texts, where others have names there", () => {
    const victim: Shows = { ...user("amber.nook.example", 1), gift: "of the victim", greeting: "victim since 2014" }
    const framer: Shows = { ...victim, host: "birch.nook.example", certificate: { sha256: "c2", spkiSha256: "image key", names: ["localhost"] } }
    expect(groupsOf(victim, framer, ...speaking((i) => `m${i}.nook.example`))).toEqual([])
  })

  it("nor with its author's address for gifts under nobody's name", () => {
    const image = { sha256: "c", spkiSha256: "image key", names: ["localhost"] }
    const users = several(3, (i): Shows => ({ host: `${words[i]}.nook.example`, certificate: image, gift: "of the author" }))
    expect(groupsOf(...users, ...speaking((i) => `m${i}.nook.example`))).toEqual([])
  })
})

it("a copier moves its victim by less than 2 % in a small crawl most of whose servers are fleets' too", () => {
  const fleet = (f: number) => several(6, (i): Shows => ({ host: `e${i}.fleet${f}.example`, certificate: { sha256: `c${f} ${i}`, spkiSha256: `k${f}` }, gift: `of fleet ${f}` }))
  const texts = { gift: "of the victim", greeting: "victim since 2014" }
  const servers = worldOf(...fleet(1), ...fleet(2), { host: "victim.example", ...texts }, { host: "copier.example", ...texts })
  const { pairs } = link(servers, comparisons({ servers }), { leastProbability: 0 })
  expect(pairs.find(({ a, b }) => a === 22 && b === 23)!.sameOperator).toBeLessThan(0.02)
})

describe("three voices dispute a key, however many servers the loudest adds", () => {
  const user = (i: number, more: Partial<Shows> = {}): Shows =>
    ({ host: ownHost(i), certificate: { sha256: `c${i}`, spkiSha256: "image key" }, gift: "of the author", ...more })
  const framers = several(8, (i): Shows => ({ host: `f${i}.framer.example`, certificate: { sha256: `f${i}`, spkiSha256: "image key" }, greeting: "of the framer" }))

  it("so that nobody who holds it too joins those who greet in words of their own", () => {
    const users = several(6, (i) => user(i, i < 3 ? { greeting: `${words[i]} greets` } : {}))
    expect(groupsOf(...users)).toEqual([])
    expect(groupsOf(...users, ...framers).flat().filter((id) => id < 16)).toEqual([])
  })

  it("nor silent customers of a seller, of whom some greet", () => {
    const box = (i: number): Shows =>
      ({ host: `${words[i]}.homes.example`, certificate: { sha256: "c", spkiSha256: "image key", names: ["localhost"] }, gift: "of the seller", greeting: i < 2 ? `${words[i]} greets` : "a box" })
    expect(groupsOf(...several(6, box))).toEqual([])
  })

  it("and who only passes a fleet on has none, whether it claims the fleet's hosts or says nothing", () => {
    const fleetHosts = several(8, (i) => `thistle0${i}.example`)
    const fleet = fleetHosts.map((host): Shows => ({ host, node: "thistle", certificate: { sha256: "t", spkiSha256: "t", names: fleetHosts } }))
    const relays = several(3, (i): Shows => ({ ...fleet[0]!, host: `r.relay${i}.example`, gift: `relay ${i}`, node: `relay ${i}`, beside: { sha256: `r${i}`, spkiSha256: `r${i}` } }))
    expect(groupsOf(...fleet, ...relays.map((it) => ({ ...it, claims: fleet[0]!.host })))).toEqual([idsFrom(8)])
    expect(groupsOf(...fleet, ...relays.map((it) => ({ ...it, saysNothing: true })))).toEqual([idsFrom(8)])
  })
})

describe("who registers a name that its victim gave up and still states joins nobody to it", () => {
  const victim = (more: Partial<Shows>): Shows => ({ host: ownHost(0), gift: "of the victim", greeting: "of the victim", ...more })
  const squatter = (more: Partial<Shows>): Shows => ({ host: "old.victim.example", gift: "of the victim", greeting: "of the victim", ...more })
  const names = [ownHost(0), "old.victim.example"]

  it("neither where both write it into certificates that nobody vouches for", () => {
    expect(groupsOf(victim({ certificate: { names } }), squatter({ certificate: { names } }))).toEqual([])
  })

  it("nor where an authority vouches for the one who holds it now, and points it at its victim", () => {
    const stating = victim({ met: ["old.victim.example"], certificate: { names } })
    expect(groupsOf(stating, squatter({ host: ownHost(1), certificate: { names: [ownHost(1), "old.victim.example"], trusted: true } }))).toEqual([])
  })

  it("nor who hands on its bytes under that name, which its certificate still has", () => {
    const silent: Partial<Shows> = { saysNothing: true, certificate: { sha256: "c", spkiSha256: "k", names } }
    expect(groupsOf(victim(silent), squatter({ ...silent, node: "home 0", listOf: 10 }))).toEqual([])
    expect(groupsOf(victim({ ...silent, saysNothing: false }), squatter({ ...silent, saysNothing: false, claims: ownHost(0), node: "home 0", listOf: 10 }))).toEqual([])
  })

  it("nor do members of a club whose common name is balanced over them", () => {
    const member = (i: number): Shows =>
      ({ host: ownHost(i), met: ["pool.club.example"], certificate: { names: [ownHost(i), "pool.club.example"], trusted: true }, gift: "of the club" })
    expect(groupsOf(...several(4, member))).toEqual([])
  })

  it("nor where it has several such names, and each is met at another of them", () => {
    const pools = ["one.club.example", "two.club.example", "three.club.example"]
    const members = (more: (i: number) => Partial<Shows>) =>
      several(5, (i): Shows =>
        ({ host: ownHost(i), met: pools.slice(i, i + 1), certificate: { names: [ownHost(i), ...pools], trusted: true }, gift: "of the club", ...more(i) }))
    const addresses = several(5, (i) => `34.90.${i}.1`)
    expect(groupsOf(...members((i) => ({ addresses: i < 3 ? addresses : addresses.slice(i, i + 1) })))).toEqual([])
    expect(groupsOf(...members(() => ({ claimsToo: pools })))).toEqual([])
  })
})

describe("who copies a fleet's address for gifts makes it look like a cause", () => {
  const copiers = (count: number) => several(count, (i): Shows => ({ host: `c.copier${i}.example`, gift: "of the fleet" }))

  it("only where there are more of them than the fleet has servers with its key", () => {
    const fleet = several(8, (i): Shows => ({ host: ownHost(i), certificate: { sha256: `c${i}`, spkiSha256: "fleet key" }, gift: "of the fleet" }))
    expect(groupsOf(...fleet, ...copiers(8))).toEqual([idsFrom(8)])
    expect(groupsOf(...fleet, ...copiers(9))).toEqual([])
  })

  it("by four where the fleet stands on certificates that name each other", () => {
    const names = several(4, (i) => `${words[i]}.fleet.example`)
    const fleet = names.map((host): Shows => ({ host, certificate: { names, trusted: true }, gift: "of the fleet" }))
    expect(groupsOf(...fleet, ...copiers(3))).toEqual([idsFrom(4)])
    expect(groupsOf(...fleet, ...copiers(4))).toEqual([])
  })
})

describe("a key shown by who names no host, under a certificate that names none, is an image's and shows no common front", () => {
  const silent = (i: number): Shows => ({ host: `box${i}.own${i}.example`, nameless: true, saysNothing: true, certificate: { sha256: "c", spkiSha256: "k" } })
  const infrastructure = (...shown: ReadonlyArray<Shows>): ReadonlyArray<number> =>
    pairsAmongStrangers(worldOf(...shown)).filter(({ b }) => b < 1000).map((pair) => pair.sharedInfrastructure)

  for (const count of [2, 6, 16]) {
    it(`where ${count} show it`, () => {
      expect(Math.max(0, ...infrastructure(...several(count, silent)))).toBeLessThan(0.05)
    })
  }

  it("nor where mempools look alike by chance", () => {
    expect(Math.max(0, ...infrastructure(...several(6, (i) => ({ ...silent(i), mempool: "of most" }))))).toBeLessThan(0.5)
  })

  it("met by address", () => {
    expect(Math.max(0, ...infrastructure(...several(6, (i) => ({ ...silent(i), host: `34.90.1.${i + 1}` }))))).toBeLessThan(0.05)
  })

  it("nor where it is the author's machine's, which it names", () => {
    const author = ownHost(0)
    const user = (i: number): Shows => ({ ...silent(i), certificate: { sha256: "c", spkiSha256: "k", names: [author] } })
    expect(Math.max(0, ...infrastructure({ ...user(0), host: author, saysNothing: false }, ...several(6, user)))).toBeLessThan(0.05)
  })

  it("and behind one node they are behind one", () => {
    const behind = infrastructure(...several(16, (i) => ({ ...silent(i), node: "one" })))
    expect(behind.length).toBe(120)
    expect(Math.min(...behind)).toBeGreaterThan(0.99)
  })
})

describe("customers of a hoster who show its one wildcard certificate", () => {
  const customer = (i: number): Shows => ({ host: `${words[i]}.perch.example`, certificate: { sha256: "w", spkiSha256: "w", names: ["*.perch.example"] } })

  it("have no node in common by that alone", () => {
    const pairs = pairsAmongStrangers(worldOf(...several(6, customer))).filter(({ b }) => b < 1000)
    expect(pairs.length).toBe(15)
    for (const pair of pairs) expect(pair.sharedInfrastructure).toBeLessThan(0.05)
  })
})

describe("who has the key of an image joins nobody by it", () => {
  const image = (names: ReadonlyArray<string>, sha256: string): Partial<PresentedCertificate> => ({ sha256, spkiSha256: "image key", names })
  const victim = { gift: "of the victim", greeting: "victim since 2014" }
  const silent = several(4, (i): Shows => ({ host: ownHost(i), certificate: image(["localhost"], "image") }))

  it("by writing a victim's host beside his own into a certificate of his", () => {
    const framed: Shows = { ...victim, host: "mine.victim.example", certificate: image(["localhost"], "image") }
    const framer: Shows = { ...victim, host: "his.framer.example", certificate: image(["his.framer.example", "mine.victim.example"], "framer's") }
    expect(groupsOf(framed, framer)).toEqual([])
    expect(groupsOf(framed, framer, ...silent)).toEqual([])
  })

  it("under certificates that its script makes for each host, nor by copying the one who asks for gifts, among silent users", () => {
    const user = (host: string): Shows => ({ host, certificate: image([host], host) })
    const framed: Shows = { ...victim, ...user("mine.victim.example") }
    const framer: Shows = { ...victim, ...user("his.framer.example") }
    const users = several(4, (i) => user(ownHost(i)))
    expect(groupsOf(framed, framer, ...users)).toEqual([])
    expect(groupsOf({ ...users[0]!, gift: "of a cause" }, { ...users[1]!, gift: "of a cause" }, ...users.slice(2))).toEqual([])
  })

  it("while a fleet of which one asks for nothing is found by it", () => {
    expect(groupsOf(...several(6, (i): Shows => ({ host: ownHost(i), certificate: image([ownHost(i)], `c${i}`), gift: i === 0 ? undefined : "of the fleet" }))))
      .toEqual([idsFrom(5, 11)])
  })
})

describe("customers whose hoster has one certificate for their names under its domain are heard", () => {
  const names = several(4, (i) => `${words[i]}.perch.example`)
  const customers = (say: (i: number) => Partial<Shows>) =>
    several(4, (i): Shows => ({ host: names[i]!, certificate: { sha256: "c", spkiSha256: "k", names }, ...say(i) }))

  it("also by names for Lightning and by links, which are no addresses", () => {
    expect(groupsOf(...customers((i) => ({ gift: ["anna@pay.example", "https://bert.example/gifts", "carl@coins.example", undefined][i], isGiftRead: true })))).toEqual([])
  })

  it("also in scripts without spaces", () => {
    expect(groupsOf(...customers((i) => ({ greeting: ["桜の木の下で待っています", "山の上の小さな家から", "海の向こうの友達へ", undefined][i], isGreetingRead: true })))).toEqual([])
  })

  it("also by one word of their own", () => {
    expect(groupsOf(...customers((i) => ({ greeting: `Hosted by ${["Anna", "Bert", "Carl", "Dora"][i]}`, isGreetingRead: true })))).toEqual([])
  })

  it("but by no name of theirs in a greeting that welcomes to it, which an operator of several writes as well", () => {
    expect(groupsOf(...customers((i) => ({ greeting: `Welcome to ${words[i]}!`, isGreetingRead: true })))).toEqual([idsFrom(4)])
  })

  it("and one word or a link that they have in common says nothing", () => {
    expect(groupsOf(...several(4, (i): Shows => ({ host: ownHost(i), certificate: { sha256: `c${i}`, spkiSha256: "k", names: ["localhost"] }, gift: "anna@pay.example", isGiftRead: true, greeting: "Hosted by Anna", isGreetingRead: true }))))
      .toEqual([])
  })
})
