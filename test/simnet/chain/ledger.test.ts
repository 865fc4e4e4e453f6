import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeBlockHeader } from "../../../src/domain/block-header.ts"
import { scripthashOf } from "../../../src/simnet/bitcoin/hash.ts"
import { merkleProof } from "../../../src/simnet/bitcoin/merkle.ts"
import { scriptForms } from "../../../src/simnet/bitcoin/script.ts"
import { simulatedChain } from "../../../src/simnet/chain/chain.ts"
import { firstPaymentHeight, largestPayment, mostPayments } from "../../../src/simnet/chain/payments.ts"
import { publicHistories } from "../../../src/simnet/chain/public-histories.ts"
import { publicScripts, publicScriptsEnd } from "../../../src/simnet/chain/public-scripts.ts"
import { seededRandom } from "../../../src/simnet/draw/random.ts"
import { worldCourse } from "../../../src/simnet/plan/world-course.ts"
import type { PaymentSpec } from "../../../src/simnet/scenario/payment-spec.ts"
import { scriptOf } from "../../../src/simnet/scenario/script-text.ts"
import type { Backend } from "../../../src/simnet/world/backend.ts"
import { World, worldClock } from "../../../src/simnet/world/world.ts"

/** The outpoints that a transaction of one input spends. */
const inputsOf = (hex: string): ReadonlyArray<string> => {
  const start = hex.startsWith("0001", 8) ? 12 : 8
  expect(hex.slice(start, start + 2)).toBe("01")
  return [hex.slice(start + 2, start + 2 + 72)]
}

const address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
const scripthash = scripthashOf(scriptOf(address, "regtest")!)

const nodeWith = (payments: ReadonlyArray<PaymentSpec>): Backend =>
  new World(seededRandom(1), worldClock(0), worldCourse({ chain: "regtest", payments })).backend("node", "regtest")

describe("planted payments", () => {
  it("are in their blocks, whose headers prove them", () => {
    const node = nodeWith([
      { to: address, amount: 70_000, height: 300, spent: 310 },
      { to: address, amount: 50_000, height: 300 },
      { to: address, amount: 30_000, height: 120 }
    ])
    const history = node.history(scripthash)
    expect(history.map(({ height }) => height)).toEqual([120, 300, 300, 310])
    for (const { txid, height } of history) {
      const txids = node.blockTxids(height)!
      const { position, hex } = node.transaction(txid)!
      expect(txids[position]).toBe(txid)
      expect(merkleProof(txids, position).root).toBe(decodeBlockHeader(node.header(height)!)!.merkleRoot)
      expect(hex).toMatch(/^02000000/)
    }
    expect(node.balance(scripthash)).toEqual({ confirmed: 80_000, unconfirmed: 0 })
    expect(node.unspent(scripthash).map(({ value, height }) => [value, height])).toEqual([
      [30_000, 120],
      [50_000, 300]
    ])
  })

  it("may be in the mempool, and what spends from it too", () => {
    const node = nodeWith([
      { to: address, amount: 70_000, height: 300, spent: "mempool", fee_rate: 2 },
      { to: address, amount: 50_000, height: "mempool", spent: "mempool" },
      { to: address, amount: 30_000, height: "mempool", fee_rate: 20 }
    ])
    const unconfirmed = node.unconfirmed(scripthash)
    expect(unconfirmed.map(({ height }) => height)).toEqual([0, 0, 0, -1])
    for (const { txid, fee } of unconfirmed) {
      expect(node.transaction(txid)).toMatchObject({ height: 0 })
      expect(fee).toBeGreaterThan(100)
    }
    expect(node.history(scripthash)).toHaveLength(1)
    expect(node.balance(scripthash)).toEqual({ confirmed: 70_000, unconfirmed: -40_000 })
    expect(node.unspent(scripthash)).toEqual([expect.objectContaining({ value: 30_000, height: 0, position: 0 })])
  })

  it("may be as many and as large as a file can have, in the first block that can have any", () => {
    const node = nodeWith(Array.from({ length: mostPayments }, () => ({ to: address, amount: largestPayment, height: firstPaymentHeight, fee_rate: 500 })))
    expect(node.blockTxids(firstPaymentHeight)).toHaveLength(1 + mostPayments)
    expect(node.balance(scripthash).confirmed).toBe(mostPayments * largestPayment)
    const mempool = nodeWith(Array.from({ length: mostPayments }, () => ({ to: address, amount: largestPayment, height: "mempool", fee_rate: 500 })))
    expect(mempool.unconfirmed(scripthash).map(({ height }) => height)).toEqual(Array.from({ length: mostPayments }, () => 0))
  })

  it("do not depend on the order of the file", () => {
    const payments: ReadonlyArray<PaymentSpec> = [
      { to: address, amount: 70_000, height: 300 },
      { to: address, amount: 50_000, height: 300, spent: 301 },
      { to: address, amount: 30_000, height: "mempool" }
    ]
    const seen = (node: Backend) => [node.hash(2150), node.history(scripthash), node.unconfirmed(scripthash)]
    expect(seen(nodeWith(payments))).toEqual(seen(nodeWith(payments.toReversed())))
  })

  it("leave the chain below the first of them as it is without", () => {
    const node = nodeWith([{ to: address, amount: 70_000, height: 300 }])
    const plain = simulatedChain("regtest")
    expect(node.hash(299)).toBe(plain.hash(299))
    expect(node.hash(300)).not.toBe(plain.hash(300))
  })

  it("are inherited by chains that fork later", () => {
    const world = new World(
      seededRandom(1),
      worldClock(0),
      worldCourse({ chain: "mainnet-sim", payments: [{ to: "P2TR-1", amount: 5000, height: 2050 }] })
    )
    const dusted = scripthashOf(scriptOf("P2TR-1", "mainnet-sim")!)
    for (const chain of ["mainnet-sim", "low-work-sim"] as const)
      expect(world.backend("node", chain).history(dusted).at(-1)!.height).toBe(2050)
    for (const { height } of world.backend("node", "cash-sim").history(dusted)) expect(height).toBeLessThan(500)
  })
})

describe("any payments", () => {
  const addresses = [
    address,
    "mkHS9ne12qx9pS9VojpwU5xtRd4T7X7ZUt",
    `5120${"ab".repeat(32)}`,
    `0020${"cd".repeat(32)}`,
    `a914${"ef".repeat(20)}87`,
    "51"
  ]
  const height = fc.integer({ min: 2100, max: 2149 })
  const payment = fc
    .record({
      to: fc.constantFrom(...addresses),
      amount: fc.integer({ min: 20_000, max: 1e8 }),
      height: fc.oneof(height, fc.constant("mempool" as const)),
      fee_rate: fc.integer({ min: 1, max: 60 }),
      later: fc.option(fc.integer({ min: 1, max: 40 }))
    })
    .map(({ later, ...spec }): PaymentSpec => {
      if (later === null) return spec
      if (spec.height === "mempool" || spec.height + later > 2150) return { ...spec, spent: "mempool" }
      return { ...spec, spent: spec.height + later }
    })

  it("add up: every entry is proven by its header, balances are what is unspent, nothing is spent twice", () => {
    fc.assert(
      fc.property(fc.array(payment, { minLength: 1, maxLength: 40 }), (payments) => {
        const node = nodeWith(payments)
        const spent = new Set<string>()
        for (const to of addresses) {
          const scripthash = scripthashOf(scriptOf(to, "regtest")!)
          const own = payments.filter((spec) => spec.to === to)
          const history = node.history(scripthash)
          const unconfirmed = node.unconfirmed(scripthash)
          expect(history.length + unconfirmed.length).toBe(own.length + own.filter((spec) => spec.spent !== undefined).length)
          expect(history.map(({ height }) => height)).toEqual(history.map(({ height }) => height).toSorted((a, b) => a - b))
          for (const { txid, height } of history) {
            const txids = node.blockTxids(height)!
            const { root } = merkleProof(txids, txids.indexOf(txid))
            expect(root).toBe(decodeBlockHeader(node.header(height)!)!.merkleRoot)
          }
          const unspent = node.unspent(scripthash)
          const { confirmed, unconfirmed: pending } = node.balance(scripthash)
          expect(unspent.reduce((sum, { value }) => sum + value, 0)).toBe(confirmed + pending)
          for (const { txid } of [...history, ...unconfirmed]) {
            for (const input of inputsOf(node.transaction(txid)!.hex)) {
              expect(spent.has(input)).toBe(false)
              spent.add(input)
            }
          }
        }
      }),
      { numRuns: 15 }
    )
  })
})

describe("public scripts", () => {
  const scripts = publicScripts("mainnet-sim")
  const node = new World(seededRandom(1), worldClock(0)).backend("node", "mainnet-sim")

  it("are there in all five forms, with 1 to 20 entries that end below the checkpoint", () => {
    expect(new Set(scripts.map(({ form }) => form))).toEqual(new Set(scriptForms))
    const lengths = scripts.map(({ script }) => {
      const history = node.history(scripthashOf(script))
      for (const { height } of history) expect(height).toBeLessThan(publicScriptsEnd)
      return history.length
    })
    expect(Math.min(...lengths)).toBe(1)
    expect(Math.max(...lengths)).toBeGreaterThan(10)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(20)
  })

  it("are the same for every seed", () => {
    const other = new World(seededRandom(2), worldClock(0)).backend("other", "mainnet-sim")
    for (const { script } of scripts)
      expect(other.history(scripthashOf(script))).toEqual(node.history(scripthashOf(script)))
  })

  it("can be pinned: what a node says below the pin is what a chain's data would say, also with dust above it", () => {
    const pinned = publicHistories("mainnet-sim")
    expect(pinned.map(({ name }) => name)).toEqual(scripts.map(({ name }) => name))
    const dusted = new World(
      seededRandom(3),
      worldClock(0),
      worldCourse({
        chain: "mainnet-sim",
        payments: pinned.map(({ address }) => ({ to: address, amount: 1000, height: 2000 }))
      })
    ).backend("dusted", "mainnet-sim")
    for (const { scripthash, entries, below, balance } of pinned) {
      expect(node.history(scripthash)).toEqual(entries)
      expect(node.balance(scripthash).confirmed).toBe(balance)
      expect(dusted.history(scripthash)).toHaveLength(entries.length + 1)
      expect(dusted.history(scripthash).filter(({ height }) => height < below)).toEqual(entries)
    }
  })

  it("have a balance that is what nobody spent of them", () => {
    for (const { script } of scripts) {
      const scripthash = scripthashOf(script)
      const sum = node.unspent(scripthash).reduce((total, { value }) => total + value, 0)
      expect(node.balance(scripthash)).toEqual({ confirmed: sum, unconfirmed: 0 })
    }
  })
})
