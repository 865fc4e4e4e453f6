import { createHash } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { merkleRootOf, readRawTransaction } from "../../src/domain/raw-transaction.ts"
import { publicScriptsOf } from "../../src/domain/public-script.ts"
import known from "../fixtures/mainnet-transactions.json" with { type: "json" }

/** The first transaction of the chain, in the block of height 0, as everybody has it. */
const genesis = {
  txid: "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
  raw: "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
}

describe("a raw transaction", () => {
  it("has the id that the world knows it by, and its outputs", () => {
    expect(readRawTransaction(genesis.raw)).toMatchObject({ txid: genesis.txid, outputs: [{ value: 5_000_000_000 }] })
    for (const { raw, txid } of known) expect(readRawTransaction(raw)?.txid).toBe(txid)
  })

  it("pays the public scripts that are pinned with it", () => {
    const { raw, txid: pinned } = known[0]!
    const paid = readRawTransaction(raw)!.outputs.map(({ script }) => script)
    const scripts = publicScriptsOf("mainnet").filter(({ entries }) => entries.some(({ txid }) => txid === pinned))
    expect(scripts.length).toBeGreaterThan(0)
    expect(paid).toEqual(expect.arrayContaining(scripts.map(({ script }) => script)))
  })

  it("has the same id with witnesses as without, and another one with any other byte changed", () => {
    const bare = genesis.raw
    const withWitness = (witness: string): string => `${bare.slice(0, 8)}0001${bare.slice(8, -8)}${witness}${bare.slice(-8)}`
    expect(readRawTransaction(withWitness("0102abcd"))).toEqual(readRawTransaction(bare))
    expect(readRawTransaction(withWitness("0103abcd"))).toBeUndefined()
    fc.assert(fc.property(fc.nat(bare.length / 2 - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = Buffer.from(bare, "hex")
      bytes[at]! ^= change
      expect(readRawTransaction(bytes.toString("hex"))?.txid).not.toBe(genesis.txid)
    }))
  })

  it("is none where it ends early, goes on, or is no hex, and whatever comes never throws", () => {
    for (const text of ["", "0", "zz", genesis.raw.slice(0, -2), `${genesis.raw}00`]) expect(readRawTransaction(text)).toBeUndefined()
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => readRawTransaction(Buffer.from(bytes).toString("hex"))).not.toThrow()
    }))
  })
})

describe("a merkle branch", () => {
  const double = (bytes: Buffer): Buffer => createHash("sha256").update(createHash("sha256").update(bytes).digest()).digest()
  const shown = (bytes: Buffer): string => Buffer.from(bytes.toReversed()).toString("hex")

  it("leads from the only transaction of a block to itself, which is the root of the first block", () => {
    expect(merkleRootOf(genesis.txid, [], 0)).toBe(genesis.txid)
  })

  it("leads to the root of any tree from each of its places, and from no other place there", () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 4, maxLength: 4 }), (leaves) => {
      const [a, b, c, d] = leaves.map((leaf) => Buffer.from(leaf)) as [Buffer, Buffer, Buffer, Buffer]
      const [left, right] = [double(Buffer.concat([a, b])), double(Buffer.concat([c, d]))]
      const root = shown(double(Buffer.concat([left, right])))
      expect(merkleRootOf(shown(c), [shown(d), shown(left)], 2)).toBe(root)
      expect(merkleRootOf(shown(b), [shown(a), shown(right)], 1)).toBe(root)
      if (!a.equals(b)) expect(merkleRootOf(shown(b), [shown(a), shown(right)], 0)).not.toBe(root)
    }))
  })
})
