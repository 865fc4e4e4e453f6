import { assert, describe, it } from "vitest"
import { parseEndpoint } from "../../src/domain/endpoint.ts"
import { extendIntervals, type IdentityKind, type IdentitySighting, identityEvents } from "../../src/watch/identities.ts"

const hour = 3_600_000
const name = "alpha.example.org:50002:s"
const address = "34.90.1.2:50002:s"

const hostOf = (key: string) => {
  const endpoint = parseEndpoint(key)
  if (typeof endpoint === "string") throw new Error(endpoint)
  return endpoint
}

/** What was seen at an endpoint every hour from an hour on. */
const seen = (endpoint: string, kind: IdentityKind, values: ReadonlyArray<string>, from = 0): ReadonlyArray<IdentitySighting> =>
  values.map((value, i) => ({ endpoint, kind, value, at: (from + i) * hour }))

const eventsOf = (sightings: ReadonlyArray<IdentitySighting>) =>
  identityEvents(extendIntervals([], sightings.toSorted((a, b) => a.at - b.at)), hostOf).map(({ endpoint, kind }) => [endpoint, kind])

/** A name that resolved to the same every hour. */
const at = (endpoint: string, hours: number, addresses = "34.90.1.2") => seen(endpoint, "address", Array.from({ length: hours }, () => addresses))

/** Why keys are unclear. */
const whyOf = (sightings: ReadonlyArray<IdentitySighting>) =>
  identityEvents(extendIntervals([], sightings.toSorted((a, b) => a.at - b.at)), hostOf)
    .flatMap(({ detail, endpoint, kind }) => kind === "unclear key" ? [[endpoint, detail?.["because"]]] : [])

describe("identities over time", () => {
  it("are intervals that grow, the same whether they are taken in at once or bit by bit, or twice", () => {
    const sightings = [...seen(name, "key", ["k", "k", "k", "l", "l"]), ...seen(name, "software", ["F 1", "F 1", "F 2"])].toSorted((a, b) => a.at - b.at)
    const whole = extendIntervals([], sightings)
    assert.deepStrictEqual(whole.map(({ first, kind, last, sightings, value }) => [kind, value, first / hour, last / hour, sightings]), [
      ["key", "k", 0, 2, 3], ["software", "F 1", 0, 1, 2], ["software", "F 2", 2, 2, 1], ["key", "l", 3, 4, 2]
    ])
    const bits = extendIntervals(extendIntervals([], sightings.slice(0, 4)), sightings.slice(4))
    assert.sameDeepMembers([...bits], [...whole])
    assert.sameDeepMembers([...extendIntervals(whole, sightings)], [...whole])
  })

  it("of a balanced name are as many as there are servers behind it, and no change", () => {
    const sightings = seen(name, "key", Array.from({ length: 100 }, (_, i) => `k${i % 3}`))
    assert.strictEqual(extendIntervals([], sightings).length, 3)
    assert.deepStrictEqual(eventsOf(sightings), [])
  })

  it("have a new key where an onion, or a name at one known address, shows another one that was nobody's, and the old one is gone", () => {
    const onion = `${"a".repeat(56)}.onion:50002:s`
    assert.deepStrictEqual(eventsOf([...at(name, 4), ...seen(name, "key", ["k", "k", "l", "l"]), ...seen(name, "certificate", ["c", "c", "d", "d"])]), [[name, "new key"]])
    assert.strictEqual(eventsOf(seen(onion.replace(/a{56}/, "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd"), "key", ["k", "l"]))[0]![1], "new key")
  })

  it("have a new certificate where the key stays", () => {
    assert.deepStrictEqual(eventsOf([...seen(name, "key", ["k", "k", "k"]), ...seen(name, "certificate", ["c", "d", "d"])]), [[name, "new certificate"]])
  })

  it("have an unclear key where an address shows another one: addresses are let to one customer after the other", () => {
    assert.deepStrictEqual(whyOf([...seen(address, "key", ["k", "l"])]), [[address, "known by its address only, which may be another's now"]])
  })

  it("have an unclear key where a name has no known address, or another one, or several", () => {
    const keys = seen(name, "key", ["k", "k", "l", "l"])
    assert.deepStrictEqual(whyOf(keys), [[name, "its address is not known"]])
    assert.deepStrictEqual(whyOf([...keys, ...seen(name, "address", ["34.90.1.2", "34.90.1.2", "34.90.7.7", "34.90.7.7"])]), [
      [name, "at another address, to which its name may lead by mistake"]
    ])
    assert.deepStrictEqual(whyOf([...keys, ...at(name, 4, "34.90.1.2 34.90.7.7")]), [[name, "its name has several addresses, perhaps of several servers"]])
  })

  it("have an unclear key where a name leads for a while to somebody whose key is known from elsewhere", () => {
    const other = "beta.example.org:50002:s"
    assert.deepStrictEqual(
      whyOf([...seen(other, "key", ["l", "l"]), ...at(name, 9), ...seen(name, "key", ["k", "k", "l"], 5)]),
      [[name, "the key that beta.example.org showed before"]]
    )
  })

  it("have a new key where hosts that share one change it one after the other", () => {
    const other = "beta.example.org:50002:s"
    assert.sameDeepMembers(
      [...eventsOf([
        ...at(other, 6), ...seen(other, "key", ["k", "k", "l", "l", "l", "l"]), ...at(name, 6), ...seen(name, "key", ["k", "k", "k", "k", "l", "l"])
      ])],
      [[other, "new key"], [name, "new key"]]
    )
  })

  it("have two unclear keys and no new one where two swap their addresses", () => {
    const swapped = "34.90.1.3:50002:s"
    assert.sameDeepMembers([...eventsOf([...seen(address, "key", ["k", "l"]), ...seen(swapped, "key", ["l", "k"])])], [[address, "unclear key"], [swapped, "unclear key"]])
  })

  it("have a new address, and nothing else, where a dynamic line gets one", () => {
    assert.deepStrictEqual(eventsOf([...seen(name, "key", ["k", "k"]), ...seen(name, "address", ["34.90.1.2", "34.90.7.7"])]), [[name, "new address"]])
  })
})
