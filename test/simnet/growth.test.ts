import { describe, expect, it } from "vitest"
import { decodeBlockHeader } from "../../src/domain/block-header.ts"
import { scripthashOf } from "../../src/simnet/bitcoin/hash.ts"
import { merkleProof } from "../../src/simnet/bitcoin/merkle.ts"
import type { SimulatedChainName } from "../../src/simnet/chain/chain-definitions.ts"
import { seededRandom } from "../../src/simnet/draw/random.ts"
import { worldCourse, type WorldScenario } from "../../src/simnet/plan/world-course.ts"
import { scriptOf } from "../../src/simnet/scenario/script-text.ts"
import type { Backend } from "../../src/simnet/world/backend.ts"
import type { WorldClock } from "../../src/simnet/world/world-clock.ts"
import { World, worldClock } from "../../src/simnet/world/world.ts"

type Course = Partial<WorldScenario>

/** A world whose time moves by hand. */
const worldOf = (course: Course = {}, seed = 1): World =>
  new World(seededRandom(seed), worldClock(0), worldCourse({ chain: "mainnet-sim", ...course }))

const nodesOf = (world: World, amount: number, chain: SimulatedChainName = "mainnet-sim"): ReadonlyArray<Backend> =>
  Array.from({ length: amount }, (_, i) => world.backend(`node-${i}`, chain))

const day = 86_400_000
const hour = 3_600_000

const hashesOf = (node: Backend): ReadonlyArray<string> =>
  Array.from({ length: node.tipHeight - 2149 }, (_, i) => node.hash(2150 + i)!)

const tipOf = (node: Backend): string => node.hash(node.tipHeight)!

/** Look every simulated second until something holds. */
const until = (clock: WorldClock, holds: () => boolean, patience = day): void => {
  for (let waited = 0; !holds(); waited += 1000) {
    if (waited > patience) throw new Error("it never held")
    clock.advance(1000)
  }
}

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

describe("what waits for a block", () => {
  const address = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
  const scripthash = scripthashOf(scriptOf(address, "mainnet-sim")!)

  it("gets into one, parents before children, and listeners hear of it", () => {
    const world = worldOf({
      payments: [{ to: address, amount: 100_000, height: "mempool", spent: "mempool", after_s: 30, fee_rate: 400 }]
    })
    const node = world.backend("node", "mainnet-sim")
    const news: Array<string> = []
    node.onTip(() => news.push(`tip ${node.tipHeight}`))
    node.onMempool((touched) => {
      if (touched.has(scripthash)) news.push(`${node.unconfirmed(scripthash).length} ${node.history(scripthash).length}`)
    })
    expect(node.unconfirmed(scripthash)).toEqual([])
    world.clock.advance(29_000)
    expect(node.unconfirmed(scripthash)).toEqual([])
    until(world.clock, () => node.unconfirmed(scripthash).length === 2)
    expect(node.unconfirmed(scripthash).map(({ height }) => height)).toEqual([0, -1])
    until(world.clock, () => node.history(scripthash).length === 2)
    expect(node.unconfirmed(scripthash)).toEqual([])
    const [paying, spending] = node.history(scripthash)
    expect(node.transaction(paying!.txid)!.position).toBe(1)
    expect(node.transaction(spending!.txid)!.position).toBe(2)
    expect(node.balance(scripthash)).toEqual({ confirmed: 0, unconfirmed: 0 })
    expect(news.filter((line) => !line.startsWith("tip")).at(-1)).toBe("0 2")
    expect(news).toContain(`tip ${paying!.height}`)
    expect(news.indexOf("0 2")).toBeGreaterThan(news.indexOf(`tip ${paying!.height}`))
  })

  it("is confirmed by either of two rival blocks, or goes back to the mempool with the one that lost", () => {
    const world = worldOf({
      blocks: { fork_share: 1 },
      payments: [{ to: address, amount: 100_000, height: "mempool", fee_rate: 400, after_s: 20 }]
    })
    const nodes = nodesOf(world, 20)
    const seen = nodes.map((node) => {
      const states: Array<string> = []
      node.onMempool((touched) => {
        if (!touched.has(scripthash)) return
        const confirmed = node.history(scripthash)
        states.push(confirmed.length === 0 ? "waits" : node.hash(confirmed[0]!.height)!)
      })
      return states
    })
    until(world.clock, () => nodes.every((node) => node.tipHeight >= 2154))
    for (const [i, node] of nodes.entries()) {
      expect(node.history(scripthash)).toHaveLength(1)
      expect(node.unconfirmed(scripthash)).toEqual([])
      expect(seen[i]!.at(0)).toBe("waits")
      expect(seen[i]!.at(-1)).toBe(node.hash(node.history(scripthash)[0]!.height))
    }
    // Some nodes had it in the losing block first.
    expect(seen.some((states) => new Set(states).size > 2)).toBe(true)
  })

  it("stays with a rate that blocks have no room for", () => {
    const world = worldOf({ payments: [{ to: address, amount: 100_000, height: "mempool", fee_rate: 1 }] })
    const node = world.backend("node", "mainnet-sim")
    world.clock.advance(60_000)
    expect(node.estimateFee(144)).toBeGreaterThan(0.000011)
    expect(node.unconfirmed(scripthash)).toHaveLength(1)
    until(world.clock, () => node.tipHeight === 2152)
    expect(node.unconfirmed(scripthash)).toHaveLength(1)
  })

  it("is unknown to nodes that relay from a higher rate on, until a block has it", () => {
    const world = worldOf({
      blocks: { demand: "quiet" },
      backends: { proud: { relay_fee: 0.00003 } },
      payments: [{ to: address, amount: 100_000, height: "mempool", fee_rate: 2 }]
    })
    const [proud, other] = [world.backend("proud", "mainnet-sim"), world.backend("other", "mainnet-sim")]
    world.clock.advance(60_000)
    expect(other.unconfirmed(scripthash)).toHaveLength(1)
    expect(proud.unconfirmed(scripthash)).toEqual([])
    expect(proud.transaction(other.unconfirmed(scripthash)[0]!.txid)).toBeUndefined()
    until(world.clock, () => other.history(scripthash).length === 1)
    until(world.clock, () => proud.tipHeight >= other.tipHeight)
    expect(proud.history(scripthash)).toEqual(other.history(scripthash))
  })

  it("keeps nobody busy unless somebody listens", () => {
    const world = worldOf()
    const node = world.backend("node", "mainnet-sim")
    world.clock.advance(day)
    expect(node.tipHeight).toBeGreaterThan(2151)
    let called = 0
    const stop = node.onTip(() => called++)
    world.clock.advance(0)
    expect(called).toBe(0)
    world.clock.advance(2 * hour)
    expect(called).toBeGreaterThan(0)
    stop()
    const before = called
    world.clock.advance(day)
    expect(called).toBe(before)
  })

  it("differs between nodes: each has its own floor, misses some, hears late; rates fall strictly", () => {
    const world = worldOf()
    world.clock.advance(hour)
    const nodes = nodesOf(world, 60)
    expect(new Set(nodes.map((node) => JSON.stringify(node.mempool))).size).toBe(60)
    for (const node of nodes) {
      expect(node.mempool.length).toBeGreaterThan(0)
      for (const [i, [rate, size]] of node.mempool.entries()) {
        expect(rate).toBeGreaterThanOrEqual(node.relayFee * 1e5 - 1e-9)
        expect(size).toBeGreaterThan(0)
        if (i > 0) expect(rate).toBeLessThan(node.mempool[i - 1]![0])
      }
    }
    const sizes = nodes.map((node) => node.mempool.reduce((sum, [, size]) => sum + size, 0)).toSorted((a, b) => a - b)
    // A few are nearly empty; most see about the same.
    expect(sizes[0]!).toBeLessThan(sizes[30]! / 3)
    expect(sizes[50]!).toBeLessThan(sizes[20]! * 1.5)
    expect(nodes.some((node) => node.mempoolMinFee > node.relayFee)).toBe(true)
  })
})

describe("fee estimates", () => {
  const targets = [1, 2, 3, 6, 12, 25, 144, 1008, 2000]
  const vector = (node: Backend): string => targets.flatMap((n) => [node.estimateFee(n), node.estimateFee(n, true)]).join()

  it("are one node's own: equal for who shares it, different for others, and new with each block", () => {
    const world = worldOf()
    world.clock.advance(hour)
    const nodes = nodesOf(world, 60)
    const vectors = nodes.map(vector)
    expect(world.backend("node-7", "mainnet-sim")).toBe(nodes[7])
    expect(vector(world.backend("node-7", "mainnet-sim"))).toBe(vectors[7])
    const floors = nodes.map((node) => targets.every((n) => node.estimateFee(n) <= node.mempoolMinFee))
    const own = vectors.filter((_, i) => !floors[i])
    expect(own.length).toBeGreaterThan(45)
    expect(own.length).toBeLessThan(60)
    expect(new Set(own).size).toBe(own.length)
    const busy = nodes[floors.indexOf(false)]!
    const [before, height] = [vector(busy), busy.tipHeight]
    until(world.clock, () => busy.tipHeight > height)
    expect(vector(busy)).not.toBe(before)
  })

  it("are missing from a few nodes that saw too little", () => {
    const fresh = nodesOf(worldOf(), 300).filter((node) => node.estimateFee(1) === -1)
    expect(fresh.length).toBeGreaterThan(0)
    expect(fresh.length).toBeLessThan(20)
    for (const node of fresh) expect(targets.map((n) => node.estimateFee(n, true))).toEqual(targets.map(() => -1))
  })

  it("never rise with the target, and are whole satoshi above the floor", () => {
    const world = worldOf()
    for (const node of nodesOf(world, 40).filter((node) => node.estimateFee(1) !== -1)) {
      const fees = targets.map((n) => node.estimateFee(n))
      expect(fees).toEqual(fees.toSorted((a, b) => b - a))
      for (const [i, fee] of fees.entries()) {
        expect(fee).toBeGreaterThanOrEqual(Math.max(node.relayFee, node.mempoolMinFee))
        expect(Math.abs(fee * 1e8 - Math.round(fee * 1e8))).toBeLessThan(1e-6)
        expect(node.estimateFee(targets[i]!, true)).toBeGreaterThanOrEqual(fee)
      }
    }
  })

  it("are all at the floor where a scenario is quiet, and say nothing about who shares a node", () => {
    const world = worldOf({ blocks: { demand: "quiet" } })
    world.clock.advance(3 * hour)
    const plain = nodesOf(world, 40).filter((node) => node.relayFee === 0.00001 && node.estimateFee(1) !== -1)
    expect(plain.length).toBeGreaterThan(20)
    expect(new Set(plain.map(vector)).size).toBe(1)
    for (const node of plain) expect(node.mempool.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(500_000)
  })
})
