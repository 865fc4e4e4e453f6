import { describe, expect, it } from "vitest"
import { decodeBlockHeader } from "../../../src/domain/block-header.ts"
import { merkleProof } from "../../../src/simnet/bitcoin/merkle.ts"
import type { Backend } from "../../../src/simnet/world/backend.ts"
import { day, hour, nodesOf, until, worldOf } from "../../support/growing-world.ts"

const hashesOf = (node: Backend): ReadonlyArray<string> =>
  Array.from({ length: node.tipHeight - 2149 }, (_, i) => node.hash(2150 + i)!)

const tipOf = (node: Backend): string => node.hash(node.tipHeight)!

describe("blocks that come while the world's time passes", () => {
  it("connect, carry their work, hold their transactions and come about every ten minutes", () => {
    const world = worldOf()
    const node = world.backend("node", "mainnet-sim")
    world.clock.advance(4 * day)
    const gaps: Array<number> = []
    let before = decodeBlockHeader(node.header(2150)!)!
    for (let height = 2151; height <= node.tipHeight; height++) {
      const header = decodeBlockHeader(node.header(height)!)!
      expect(header.hash).toBe(node.hash(height))
      expect(header.previousHash).toBe(node.hash(height - 1))
      expect(header.meetsOwnTarget).toBe(true)
      expect(header.bits).toBe(before.bits)
      expect(header.merkleRoot).toBe(merkleProof(node.blockTxids(height)!, 0).root)
      gaps.push(header.time - before.time)
      before = header
    }
    // 576 expected; the count of a Poisson process is within five deviations.
    expect(gaps.length).toBeGreaterThan(456)
    expect(gaps.length).toBeLessThan(696)
    // Exponential: a share of 1/e is longer than the mean.
    const long = gaps.filter((gap) => gap > 600).length / gaps.length
    expect(Math.abs(long - 1 / Math.E)).toBeLessThan(0.1)
    expect(node.header(node.tipHeight + 1)).toBeUndefined()
    expect(node.blockTxids(node.tipHeight + 1)).toBeUndefined()
  })

  it("are the same for the same seed, whoever asks and how often, and others for another seed", () => {
    const [often, once, other] = [worldOf(), worldOf(), worldOf({}, 2)]
    for (let i = 0; i < 200; i++) {
      often.clock.advance(hour / 10)
      for (const node of nodesOf(often, 3)) node.estimateFee(1)
    }
    for (const world of [once, other]) world.clock.advance(20 * hour)
    for (const i of [0, 1, 2]) {
      const [a, b, c] = [often, once, other].map((world) => nodesOf(world, 3)[i]!)
      expect(hashesOf(a!)).toEqual(hashesOf(b!))
      expect(a!.mempool).toEqual(b!.mempool)
      expect(a!.estimateFee(2)).toBe(b!.estimateFee(2))
      expect(tipOf(c!)).not.toBe(tipOf(b!))
    }
  })

  it("compete at some heights: nodes differ for a while and agree again", () => {
    const world = worldOf({ blocks: { fork_share: 1 } })
    const nodes = nodesOf(world, 30)
    const tips = (): number => new Set(nodes.filter(({ tipHeight }) => tipHeight >= 2151).map((node) => node.hash(2151))).size
    until(world.clock, () => nodes.filter(({ tipHeight }) => tipHeight === 2151).length > 20)
    expect(tips()).toBe(2)
    const before = nodes.map((node) => node.hash(2151))
    until(world.clock, () => nodes.every(({ tipHeight }) => tipHeight >= 2152))
    expect(tips()).toBe(1)
    const changed = nodes.filter((node, i) => before[i] !== undefined && node.hash(2151) !== before[i])
    expect(changed.length).toBeGreaterThan(0)
    for (const node of changed) {
      expect(decodeBlockHeader(node.header(2152)!)!.previousHash).toBe(node.hash(2151))
    }
  })

  it("never compete where a scenario says so", () => {
    const world = worldOf({ blocks: { fork_share: 0 } })
    const nodes = nodesOf(world, 10)
    for (let i = 0; i < 300; i++) {
      world.clock.advance(60_000)
      const height = Math.min(...nodes.map((node) => node.tipHeight))
      expect(new Set(nodes.map((node) => node.hash(height))).size).toBe(1)
    }
  })

  it("reach nodes one after the other, a few of them a block late", () => {
    const world = worldOf()
    const nodes = nodesOf(world, 200)
    const behind = nodes.filter((node) => node.tipHeight === 2149).length
    expect(behind).toBeGreaterThan(0)
    expect(behind).toBeLessThan(30)
    const heard = new Set<number>()
    const first = nodes.filter((node) => node.tipHeight === 2150)
    until(world.clock, () => {
      heard.add(first.filter((node) => node.tipHeight >= 2151).length)
      return heard.has(first.length)
    })
    expect(heard.size).toBeGreaterThan(3)
  })

  it("of the low-work fork leave it with less work, and higher", () => {
    const world = worldOf()
    const [main, low] = [world.backend("a", "mainnet-sim"), world.backend("a", "low-work-sim")]
    const work = (node: Backend): number => {
      let sum = 0
      for (let height = 2100; height <= node.tipHeight; height++)
        sum += decodeBlockHeader(node.header(height)!)!.bits === 0x203fffff ? 4 : 2
      return sum
    }
    for (const hours of [0, 1, 5, 24]) {
      world.clock.advance(hours * hour)
      expect(low.tipHeight).toBeGreaterThan(main.tipHeight)
      expect(work(low)).toBeLessThan(work(main))
      expect(decodeBlockHeader(low.header(low.tipHeight)!)!.time).toBeLessThanOrEqual(world.clock.now() / 1000)
    }
  })
})

describe("a node that a scenario describes", () => {
  it("calls itself so, relays from that fee on and hears that late; the rest is drawn as for others", () => {
    const world = worldOf({
      backends: { rented: { subversion: "/Satoshi:28.1.0(rented)/", relay_fee: 0.00003, late_s: 900, quiet: false } }
    })
    const plain = worldOf().backend("rented", "mainnet-sim")
    const rented = world.backend("rented", "mainnet-sim")
    const other = world.backend("other", "mainnet-sim")
    expect(rented.subversion).toBe("/Satoshi:28.1.0(rented)/")
    expect(rented.relayFee).toBe(0.00003)
    expect(plain.relayFee).not.toBe(0.00003)
    for (const [rate] of rented.mempool) expect(rate).toBeGreaterThanOrEqual(3)
    until(world.clock, () => other.tipHeight >= 2152)
    const found = decodeBlockHeader(other.header(2152)!)!.time
    until(world.clock, () => rented.tipHeight >= 2152)
    expect(world.clock.now() / 1000 - found).toBeGreaterThanOrEqual(900)
    expect(world.clock.now() / 1000 - found).toBeLessThan(930)
  })
})
