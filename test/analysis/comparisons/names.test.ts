import { assert, describe, it } from "vitest"
import { comparisons } from "../../../src/analysis/comparisons/catalogue.ts"
import { labelTemplates } from "../../../src/analysis/comparisons/naming.ts"
import { parsePublicSuffixes } from "../../../src/analysis/traits/registrable-domain.ts"
import type { ServerTraits } from "../../../src/analysis/traits/server-traits.ts"
import { presentedAt, traitsAt, traitsOf, writtenText } from "../../support/server-traits.ts"

const all = comparisons({ publicSuffixes: parsePublicSuffixes("nodes.example") })
const level = (name: string, a: ServerTraits, b: ServerTraits): string | undefined => {
  const comparison = all.find((it) => it.name === name)!
  const outcome = comparison.compare(a, b)
  return outcome === undefined ? undefined : comparison.levels[outcome.level]!.name
}

const named = (id: number, host: string) => traitsAt(id, host, { certificates: [presentedAt(host)] })
const claiming = (id: number, host: string) => traitsAt(id, host, { claimedHosts: [{ host, tcpPort: null, tlsPort: 50_002 }] })

describe("names under one domain", () => {
  it("are stated by both sides where both servers own up to them", () => {
    const [a, b] = [named(1, "a.quarry.org"), claiming(2, "b.quarry.org")]
    assert.strictEqual(level("same domain", a, b), "one domain, owned up to by both")
    assert.isUndefined(level("names under one domain", a, b))
  })

  it("are anybody's statement where one server does not own up to its name", () => {
    const silent = traitsAt(2, "b.quarry.org", { certificates: [presentedAt("b.quarry.org", { names: ["localhost.localdomain"] })] })
    const holder = named(1, "a.quarry.org")
    assert.isUndefined(level("same domain", holder, silent))
    assert.strictEqual(level("names under one domain", holder, silent), "one domain")
    const inTheDomain = traitsAt(2, "b.quarry.org", { certificates: [presentedAt("b.quarry.org", { names: ["a.quarry.org"] })] })
    assert.strictEqual(level("names under one domain", holder, inTheDomain), "one domain")
  })

  it("are nothing where the server says that it goes by another name, or nobody can tell which is its own", () => {
    const holder = named(1, "a.quarry.org")
    const victim = traitsAt(2, "b.quarry.org", { certificates: [presentedAt("b.quarry.org", { names: ["honest.example"] })] })
    const claimant = traitsAt(2, "b.quarry.org", { claimedHosts: [{ host: "honest.example", tcpPort: null, tlsPort: 50_002 }] })
    const oneOfTwo = traitsOf(2, { hosts: ["b.quarry.org", "honest.example"] })
    for (const server of [victim, claimant, oneOfTwo]) {
      for (const name of ["same domain", "names under one domain"]) assert.isUndefined(level(name, holder, server), name)
    }
  })

  it("are nothing under a suffix of the list, of the catalogue or of the user", () => {
    for (const suffix of ["co.uk", "github.io", "ddns.net", "nodes.example"]) {
      const [a, b] = [named(1, `quarry.${suffix}`), named(2, `mill.${suffix}`)]
      assert.isUndefined(level("same domain", a, b), suffix)
      assert.isUndefined(level("names under one domain", a, b), suffix)
    }
  })
})

describe("a naming pattern", () => {
  it("is a rare word in the same place", () => {
    assert.deepStrictEqual(labelTemplates("granite-mill7"), ["granite-*#", "*-mill#"])
    assert.deepStrictEqual(labelTemplates("electrum-node3"), [])
    assert.deepStrictEqual(labelTemplates("granitequarry"), ["granitequarry", "granit*", "*quarry"])
    assert.deepStrictEqual(labelTemplates("xn--mgba3a4f"), [])
  })

  it("joins names of different domains only", () => {
    const pattern = "naming pattern"
    assert.strictEqual(level(pattern, named(1, "granite-quarry.org"), named(2, "slate-quarry.net")), "one rare word in one place")
    assert.strictEqual(level(pattern, named(1, "e1.quarry.org"), named(2, "quarry.net")), "one name under several domains")
    assert.isUndefined(level(pattern, named(1, "granite.quarry.org"), named(2, "slate.quarry.org")))
    assert.isUndefined(level(pattern, named(1, "quarry-granite.org"), named(2, "slate-quarry.net")))
    assert.isUndefined(level(pattern, named(1, "electrum.granite.org"), named(2, "electrum.slate.net")))
  })

  it("is none of a name that somebody else pointed at the server", () => {
    const pointed = (changes: Partial<ServerTraits>) => traitsOf(2, { hosts: ["honest.example", "slate-quarry.net"], ...changes })
    const certificates = [presentedAt("honest.example")]
    assert.isUndefined(level("naming pattern", named(1, "granite-quarry.org"), pointed({ certificates })))
    assert.isUndefined(level("naming pattern", named(1, "granite-quarry.org"), pointed({})))
    const own = [presentedAt("honest.example", { names: ["honest.example", "slate-quarry.net"] })]
    assert.strictEqual(level("naming pattern", named(1, "granite-quarry.org"), pointed({ certificates: own })), "one rare word in one place")
  })

  it("is not the pattern by which a provider gives names", () => {
    assert.isUndefined(level("naming pattern", named(1, "tenant-granite.nodes.example"), named(2, "tenant-slate.ddns.net")))
  })
})

describe("texts", () => {
  const saying = (id: number, text: string | null, isDefault = false) =>
    traitsAt(id, `s${id}.example`, { banner: text === null ? null : writtenText(text, { isDefault }), donation: text === null ? null : writtenText(text, { isDefault }) })

  it("count where they are their operators' own, for and a little against", () => {
    for (const name of ["banner", "donation address"]) {
      assert.strictEqual(level(name, saying(1, "hewn"), saying(2, "hewn")), "the same", name)
      assert.strictEqual(level(name, saying(1, "hewn"), saying(2, "ground")), "different", name)
      assert.isUndefined(level(name, saying(1, "hewn", true), saying(2, "hewn", true)), name)
      assert.isUndefined(level(name, saying(1, "hewn"), saying(2, "ground", true)), name)
      assert.isUndefined(level(name, saying(1, "hewn"), saying(2, null)), name)
    }
  })
})
