import { describe, expect, it } from "vitest"
import { scripthashOf } from "../../../src/simnet/bitcoin/hash.ts"
import { scriptOf } from "../../../src/simnet/scenario/script-text.ts"
import type { Backend } from "../../../src/simnet/world/backend.ts"
import { day, hour, nodesOf, until, worldOf } from "../../support/growing-world.ts"

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
      for (const [i, [rate, size, segwit, rounded, bytes]] of node.mempool.entries()) {
        expect(rate).toBeGreaterThanOrEqual(node.relayFee * 1e5 - 1e-9)
        expect(size).toBeGreaterThan(0)
        expect(bytes).toBeGreaterThanOrEqual(size)
        expect(rounded).toBeLessThanOrEqual(segwit)
        // A transaction with a witness has more than 60 virtual bytes.
        expect(60 * segwit).toBeLessThan(size)
        if (i > 0) expect(rate).toBeLessThan(node.mempool[i - 1]![0])
      }
    }
    expect(nodes.some((node) => node.mempool.some(([, , , rounded]) => rounded > 0))).toBe(true)
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
