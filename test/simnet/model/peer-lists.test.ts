import { describe, expect, it } from "vitest"
import { seededRandom } from "../../../src/simnet/draw/random.ts"
import { compactPython, qtSorted, serdeSorted } from "../../../src/simnet/model/dialect.ts"
import { Announcement, type PeerChoice, printPeers, subsetPeers } from "../../../src/simnet/model/peer-lists.ts"

const choice = (address: string, host: string): PeerChoice => ({
  announcement: new Announcement(address, host, [["v1.6.0", "s50002"]]),
  variant: 0
})

const onion = (i: number): PeerChoice => {
  const host = `${i.toString(36).padStart(56, "a")}.onion`
  return choice(host, host)
}

describe("ElectrumX's list of peers", () => {
  const sixteens = Array.from({ length: 20 }, (_, i) => Array.from({ length: 5 }, (_, j) => choice(`240.${i}.0.${j}`, `h${i}-${j}.test`)))
  const onions = Array.from({ length: 80 }, (_, i) => onion(i))
  const source = subsetPeers([...sixteens.flat(), ...onions])
  const hosts = (byTor: boolean, seed: number): ReadonlyArray<string> =>
    source.draw(seededRandom(seed), byTor).map((c) => c.announcement.host)

  it("has at most two of each /16, others at every call", () => {
    const [one, other] = [hosts(false, 1), hosts(false, 2)].map((list) => list.filter((host) => host.endsWith(".test")))
    expect(one).toHaveLength(40)
    for (const [, of] of Map.groupBy(one!, (host) => host.split("-")[0])) expect(of).toHaveLength(2)
    expect(new Set(one)).not.toEqual(new Set(other))
  })

  it("has onions up to ten or a quarter of the others, and up to fifty for who comes by Tor", () => {
    const count = (byTor: boolean): number => hosts(byTor, 3).filter((host) => host.endsWith(".onion")).length
    expect([count(false), count(true)]).toEqual([10, 50])
  })

  it("keeps a peer's version as it announced it; Fulcrum drops zero revisions", () => {
    const list = [choice("240.0.0.1", "a.test")]
    expect(printPeers(list, false, compactPython)).toBe('[["240.0.0.1","a.test",["v1.6.0","s50002"]]]')
    expect(printPeers(list, true, qtSorted)).toBe('[["240.0.0.1","a.test",["v1.6","s50002"]]]')
  })
})

describe("an entry of a peer list", () => {
  it("is printed in each dialect as if it had never been printed in another", () => {
    const list = [choice("240.0.0.1", "münchen.test")]
    const texts = [compactPython, serdeSorted, compactPython].map((dialect) => printPeers(list, false, dialect))
    expect(texts).toEqual([
      '[["240.0.0.1","m\\u00fcnchen.test",["v1.6.0","s50002"]]]',
      '[["240.0.0.1","münchen.test",["v1.6.0","s50002"]]]',
      '[["240.0.0.1","m\\u00fcnchen.test",["v1.6.0","s50002"]]]'
    ])
  })
})
