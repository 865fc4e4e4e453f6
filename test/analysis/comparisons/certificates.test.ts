import { assert, describe, it } from "vitest"
import { comparisons } from "../../../src/analysis/comparisons/catalogue.ts"
import type { ServerTraits } from "../../../src/analysis/traits/server-traits.ts"
import { addressOf, presentedAt, snapshotTraits, traitsAt } from "../../support/server-traits.ts"

const all = comparisons()
const level = (name: string, a: ServerTraits, b: ServerTraits): string | undefined => {
  const comparison = all.find((it) => it.name === name)!
  const outcome = comparison.compare(a, b)
  return outcome === undefined ? undefined : comparison.levels[outcome.level]!.name
}

const onion = `${"o".repeat(56)}.onion`
const noon = Date.UTC(2026, 2, 3, 12, 0, 0)
const key = { spkiSha256: "one key" }
const one = { ...key, sha256: "one certificate", names: [] }
const passedOn = "one key, not of both"

/** Shows one certificate at a host of its own. */
const showing = (id: number, host: string, changes: Parameters<typeof presentedAt>[1], rest: Partial<ServerTraits> = {}) =>
  traitsAt(id, host, { certificates: [presentedAt(host, changes)], ...rest })

describe("a private key that both hold", () => {
  it("is one that signed handshakes of both", () => {
    assert.strictEqual(level("same key", showing(1, "a.example", key), showing(2, "b.example", key)), "one key, different certificates")
    const hosts = ["a.example", "b.example"]
    const both = (changes: (host: string) => Parameters<typeof presentedAt>[1], rest: (i: number) => Partial<ServerTraits> = () => ({})) =>
      level("same certificate", ...hosts.map((host, i) => showing(i, host, { ...one, names: hosts, ...changes(host) }, rest(i))) as [ServerTraits, ServerTraits])
    const named = "one certificate that names hosts of both"
    assert.strictEqual(both((host) => ({ claimed: [host] })), named)
    assert.strictEqual(both(() => ({ trusted: true })), named)
    assert.strictEqual(both(() => ({}), (i) => ({ fingerprintHash: `behaves as ${i}` })), named)
    // One of the names may have lapsed, and who holds it now hands on the bytes.
    assert.isUndefined(both(() => ({})))
  })

  it("is an image's where a certificate that only the other presents names a server", () => {
    const victim = showing(1, "a.example", { ...key, names: ["localhost"], claimed: ["a.example"] })
    const framer = showing(2, "b.example", { ...key, names: ["a.example", "b.example"], claimed: ["b.example"] })
    assert.isUndefined(level("same key", victim, framer))
    assert.strictEqual(level("same certificate of no name", victim, framer), "one key, different certificates that do not name both")
  })

  it("may have come with an image where its one certificate does not name both", () => {
    const [a, b] = [showing(1, "a.example", { ...one, claimed: ["a.example"] }), showing(2, "b.example", { ...one, claimed: ["b.example"] })]
    assert.isUndefined(level("same certificate", a, b))
    assert.strictEqual(level("same certificate of no name", a, b), "one certificate that does not name both")
    const renewed = showing(2, "b.example", { ...one, sha256: "renewed", claimed: ["b.example"] })
    assert.isUndefined(level("same key", a, renewed))
    assert.strictEqual(level("same certificate of no name", a, renewed), "one key, different certificates that do not name both")
    // Of its author's machine, say.
    const [user, author] = [showing(1, "a.example", { ...one, names: ["b.example"], claimed: ["a.example"] }), showing(2, "b.example", { ...one, names: ["b.example"] })]
    assert.isUndefined(level("same certificate", user, author))
    assert.strictEqual(level("same certificate of no name", user, author), "one certificate that does not name both")
  })

  it("is not proved where it names neither and one of them may pass on what the other shows; nor is that", () => {
    const [speaks, silent] = [showing(1, "a.example", { ...one, claimed: ["a.example"] }), showing(2, "b.example", one)]
    for (const a of [speaks, showing(1, "a.example", one)]) {
      assert.isUndefined(level("same certificate of no name", a, silent))
      assert.isUndefined(level("certificate passed on", a, silent))
    }
  })

  it("is what a hoster shows in front of customers where it names them by a wildcard alone", () => {
    const wild = { ...one, names: ["*.hoster.example", "hoster.example"] }
    for (const host of ["b.hoster.example", "hoster.example"]) {
      const [a, b] = [showing(1, "a.hoster.example", wild), showing(2, host, wild)]
      for (const name of ["same key", "same certificate", "same certificate of no name"]) assert.isUndefined(level(name, a, b), name)
      assert.strictEqual(level("same wildcard certificate", a, b), "one key, a wildcard")
    }
  })

  it("is counted once where the certificate is the same", () => {
    assert.isUndefined(level("same key", showing(1, "a.example", one), showing(2, "b.example", one)))
  })

  it("is none that is published", () => {
    const published = { ...one, isDefault: true }
    for (const name of ["same key", "same certificate", "same key without a name"]) {
      assert.isUndefined(level(name, showing(1, "a.example", published), showing(2, "b.example", published)), name)
    }
  })

  it("is not proved by what a relay of bytes shows, which is the other's certificate", () => {
    const victim = showing(1, "a.example", { ...one, names: ["a.example"] })
    const relay = showing(2, "b.example", { ...one, names: ["a.example"] })
    assert.isUndefined(level("same certificate", victim, relay))
    assert.strictEqual(level("certificate passed on", victim, relay), passedOn)
    const resolving = showing(2, "b.example", { ...one, names: ["34.90.7.7", "a.example"] }, { addresses: [addressOf("34.90.7.7")] })
    assert.isUndefined(level("same certificate", showing(1, "a.example", { ...one, names: ["34.90.7.7", "a.example"] }), resolving))
    const copier = showing(2, "b.example", { ...one, names: ["a.example"], claimed: ["a.example"] })
    assert.isUndefined(level("same certificate", victim, copier))
    assert.strictEqual(level("certificate passed on", victim, copier), passedOn)
  })

  it("is seen to be passed on by answers that are the other's, and not by other ones", () => {
    const at = (histogram: string) => ({ snapshots: [snapshotTraits(1, [], { histogramText: histogram })] })
    const [mine, other] = ["[[31.2,140032],[12.5,301220],[4.1,91230]]", "[[29.9,140977],[11.2,300007],[3.3,90001]]"] as const
    const author = showing(1, "a.example", { ...one, names: ["a.example"] }, at(mine))
    const shows = (histogram: string) => showing(2, "b.example", { ...one, names: ["a.example"] }, at(histogram))
    assert.strictEqual(level("certificate passed on", author, shows(mine)), "one key, not of both, and equal histograms")
    // As everybody with an image that was made from the author's machine.
    assert.isUndefined(level("certificate passed on", author, shows(other)))
    assert.strictEqual(level("certificate passed on", author, shows("[[1,30100]]")), passedOn)
  })

  it("says that it is passed on where the other's host is claimed under a certificate of no name", () => {
    const victim = showing(1, "a.example", one)
    assert.strictEqual(level("certificate passed on", victim, showing(2, "b.example", { ...one, claimed: ["a.example"] })), passedOn)
    assert.isUndefined(level("certificate passed on", victim, showing(2, "b.example", { ...one, claimed: ["c.example"] })))
    assert.isUndefined(level("certificate passed on", victim, showing(2, "b.example", { ...one, claimed: ["a.example", "b.example"] })))
  })

  it("says nothing of one server or machine where the other's certificate is shown", () => {
    for (const { compare, name } of all.filter(({ question }) => question === "same server" || question === "same machine")) {
      assert.isUndefined(compare(showing(1, "a.example", { ...one, names: ["a.example"] }), showing(2, "b.example", { ...one, names: ["a.example"] })), name)
    }
  })

  it("is an image's where under a certificate of the other the server says that it goes by its own host", () => {
    const ofA = { ...one, names: ["a.example"] }
    const [a, b] = [showing(1, "a.example", ofA), showing(2, "b.example", { ...ofA, claimed: ["b.example"] })]
    assert.strictEqual(level("same certificate of no name", a, b), "one certificate that does not name both")
    assert.isUndefined(level("certificate passed on", a, b))
    const elsewhere = showing(2, "b.example", ofA, { claimedHosts: [{ host: "b.example", tcpPort: 50_001, tlsPort: null }] })
    assert.isUndefined(level("same certificate of no name", a, elsewhere))
  })

  it("is a proxy's where no name was asked for and another is shown under names, unless the certificate names the server", () => {
    const hosts = ["34.90.1.2", "34.90.7.7"]
    const [a, b] = hosts.map((host, i) => showing(i, host, one)) as [ServerTraits, ServerTraits]
    assert.isUndefined(level("same certificate", a, b))
    // An image's key is shown however it is asked.
    assert.isUndefined(level("same key without a name", a, b))
    assert.isUndefined(level("same key without a name", a, showing(2, "b.example", one)))
    const [front, behind] = hosts.map((host, i) =>
      traitsAt(i, host, { certificates: [presentedAt(host, one), presentedAt(`s${i}.example`)] })) as [ServerTraits, ServerTraits]
    assert.strictEqual(level("same key without a name", front, behind), "one key")
    assert.isUndefined(level("same key without a name", front, b))
    const [named, other] = hosts.map((host, i) => showing(i, host, { ...one, names: hosts, claimed: [host] })) as [ServerTraits, ServerTraits]
    assert.strictEqual(level("same certificate", named, other), "one certificate that names hosts of both")
    assert.isUndefined(level("same key without a name", named, other))
  })
})

describe("a clearnet certificate on an onion", () => {
  const clearnet = (claims: ReadonlyArray<string>) =>
    showing(1, "a.example", { ...one, names: ["a.example"] }, { claimedHosts: claims.map((host) => ({ host, tcpPort: 50_001, tlsPort: null })) })
  const hidden = showing(2, onion, { ...one, names: ["a.example"] })

  it("counts where the clearnet server names the onion", () => {
    assert.strictEqual(level("clearnet certificate on an onion", clearnet([onion]), hidden), "presented by the onion, which the other names")
  })

  it("is a relay's where it does not", () => {
    assert.isUndefined(level("clearnet certificate on an onion", clearnet(["a.example"]), hidden))
    assert.strictEqual(level("certificate passed on", clearnet([]), hidden), passedOn)
  })
})

describe("certificates that name the other's host", () => {
  const naming = (id: number, host: string, names: ReadonlyArray<string>, trusted = false) =>
    showing(id, host, { names, trusted, selfSigned: !trusted })

  const [ofBoth, vouched] = [["a.example", "b.example"], true]
  const claims = "certificate claims the other"

  it("count where an authority vouches for each, and are what anybody can write where it does for one or none", () => {
    const pair = (first: boolean, second: boolean) => [naming(1, "a.example", ofBoth, first), naming(2, "b.example", ofBoth, second)] as const
    assert.strictEqual(level("certificate names the other", ...pair(vouched, vouched)), "each names the other, vouched for by an authority")
    assert.isUndefined(level(claims, ...pair(vouched, vouched)))
    for (const [first, second] of [[true, false], [false, true], [false, false]] as const) {
      assert.isUndefined(level("certificate names the other", ...pair(first, second)))
      assert.strictEqual(level(claims, ...pair(first, second)), "each names the other")
    }
  })

  it("are what anybody can write where one names the other and an authority vouches for it, and nothing where it is only claimed", () => {
    const other = naming(2, "b.example", ["b.example"])
    assert.strictEqual(level(claims, naming(1, "a.example", ofBoth, vouched), other), "one names the other, vouched for by an authority")
    assert.isUndefined(level("certificate names the other", naming(1, "a.example", ofBoth, vouched), other))
    assert.isUndefined(level(claims, naming(1, "a.example", ofBoth), other))
  })

  it("are no statement of who registered a name that the other gave up and still has in its certificate", () => {
    const victim = naming(1, "a.example", ["a.example", "given-up.example"])
    const squatter = naming(2, "given-up.example", ["given-up.example", "a.example"], vouched)
    assert.isUndefined(level("certificate names the other", victim, squatter))
  })

  it("do not count by a name that both are met at, as a club's which is balanced over its members", () => {
    const member = (id: number, own: string) =>
      showing(id, own, { names: [own, "pool.example"], trusted: true, selfSigned: false }, { hosts: [own, "pool.example"] })
    for (const name of ["certificate names the other", claims]) assert.isUndefined(level(name, member(1, "a.example"), member(2, "b.example")))
  })

  it("do not count when it is one certificate that both present", () => {
    const names = ["a.example", "b.example"]
    const [a, b] = ["a.example", "b.example"].map((host, i) => showing(i, host, { ...one, names })) as [ServerTraits, ServerTraits]
    for (const name of ["certificate names the other", claims]) assert.isUndefined(level(name, a, b))
  })

  it("do not count by a wildcard, which stands for all customers of who holds the domain, known for a provider or not", () => {
    for (const domain of ["ddns.net", "perch.example"]) {
      const [a, b] = ["quarry", "mill"].map((host, i) => naming(i, `${host}.${domain}`, [`*.${domain}`], true)) as [ServerTraits, ServerTraits]
      for (const name of ["certificate names the other", claims]) assert.isUndefined(level(name, a, b))
    }
  })

  it("may name an address", () => {
    const at = (id: number, host: string, other: string) => showing(id, host, { names: [other, host] })
    const [a, b] = [at(1, "34.90.1.2", "34.90.7.7"), at(2, "34.90.7.7", "34.90.1.2")]
    assert.strictEqual(level(claims, a, b), "each names the other")
  })

  it("do not count by a name or address that others gave it: whoever holds a name can point it anywhere", () => {
    const framer = (...names: ReadonlyArray<string>) => naming(1, "e.evil.example", ["e.evil.example", ...names], true)
    const met = { hosts: ["a.example", "mirror.evil.example"], addresses: [addressOf("34.90.7.7")] }
    const pointed = showing(2, "a.example", {}, met)
    for (const name of ["mirror.evil.example", "*.evil.example", "34.90.7.7"]) {
      assert.isUndefined(level(claims, framer(name), pointed), name)
    }
    const claiming = showing(2, "a.example", {}, { ...met, claimedHosts: [{ host: "mirror.evil.example", tcpPort: null, tlsPort: 50_002 }] })
    assert.isUndefined(level("certificate names the other", framer("mirror.evil.example"), claiming))
    assert.strictEqual(level(claims, framer("mirror.evil.example"), claiming), "one names the other, vouched for by an authority")
  })
})

describe("certificates that name one host beside the two servers", () => {
  const one = "certificates name one host"
  const naming = (id: number, host: string, names: ReadonlyArray<string>, changes: Parameters<typeof presentedAt>[1] = {}, rest: Partial<ServerTraits> = {}) =>
    showing(id, host, { names: [host, ...names], ...changes }, rest)

  it("agree where they were made apart", () => {
    const [a, b] = [naming(1, "a.example", ["shop.example", "left.example"]), naming(2, "b.example", ["right.example", "shop.example"])]
    assert.strictEqual(level(one, a, b), "one host beside their own")
    assert.isUndefined(level(one, a, naming(2, "b.example", ["right.example"])))
    const [withKey, withKeyToo] = [naming(1, "a.example", ["shop.example"], key), naming(2, "b.example", ["shop.example"], key)]
    assert.isUndefined(level(one, withKey, withKeyToo))
  })

  it("do not by a name that one of them goes by: a framer has its victim's, and members of a club one that is balanced over them", () => {
    const victim = naming(1, "a.example", [])
    assert.isUndefined(level(one, victim, naming(2, "b.example", ["a.example"])))
    const pool = ["pool.example"]
    assert.isUndefined(level(one, naming(1, "a.example", pool, {}, { hosts: ["a.example", ...pool] }), naming(2, "b.example", pool)))
    const claimed = { claimedHosts: [{ host: "pool.example", tcpPort: null, tlsPort: 50_002 }] }
    assert.isUndefined(level(one, naming(1, "a.example", pool, {}, claimed), naming(2, "b.example", pool)))
  })

  it("do not by names that belong to nobody, to a guide or to all below a domain, nor by a default certificate", () => {
    for (const name of ["localhost", "node.example.com", "co.uk", "*.shop.example", "10.0.0.1"]) {
      assert.isUndefined(level(one, naming(1, "a.example", [name]), naming(2, "b.example", [name])), name)
    }
    const shipped = (id: number, host: string) => naming(id, host, ["shop.example"], { isDefault: true })
    assert.isUndefined(level(one, shipped(1, "a.example"), shipped(2, "b.example")))
  })
})

describe("certificates minted together", () => {
  const minted = (id: number, validFrom: number | null, changes = {}) => showing(id, `s${id}.example`, { validFrom, ...changes })

  it("are made within minutes", () => {
    assert.strictEqual(level("minted together", minted(1, noon), minted(2, noon + 60_000)), "within a minute")
    assert.strictEqual(level("minted together", minted(1, noon + 600_000), minted(2, noon)), "within ten minutes")
    assert.isUndefined(level("minted together", minted(1, noon), minted(2, noon + 601_000)))
  })

  it("are not those of authorities, of one certificate, or with a date that software sets", () => {
    const vouched = { selfSigned: false, trusted: true }
    assert.isUndefined(level("minted together", minted(1, noon, vouched), minted(2, noon, vouched)))
    assert.isUndefined(level("minted together", minted(1, noon, one), minted(2, noon, one)))
    const midnight = Date.UTC(1975, 0)
    assert.isUndefined(level("minted together", minted(1, midnight), minted(2, midnight)))
    assert.isUndefined(level("minted together", minted(1, null), minted(2, null)))
  })
})

describe("what is written in certificates", () => {
  it("counts only with different keys: a common key brings its text with it", () => {
    const template = { template: "O=Quarry" }
    assert.strictEqual(level("certificate subject", showing(1, "a.example", template), showing(2, "b.example", template)), "one template")
    assert.isUndefined(level("certificate subject", showing(1, "a.example", { ...one, ...template }), showing(2, "b.example", { ...one, ...template })))
  })
})
