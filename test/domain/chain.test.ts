import { describe, expect, it } from "vitest"
import { decodeBlockHeader, targetOfBits } from "../../src/domain/block-header.ts"
import { decidingHeights, expectedHash, shippedChains } from "../../src/domain/chain.ts"
import { compareProtocolVersions, parseProtocolVersion } from "../../src/domain/protocol-version.ts"

// Bitcoin's genesis block, the one header that everybody can check by heart.
const genesis = `01000000${"00".repeat(32)}3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c`

describe("block headers", () => {
  it("decode to the hash and the fields that everybody knows", () => {
    const header = decodeBlockHeader(genesis)!
    expect(header.hash).toBe("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f")
    expect(header).toMatchObject({ version: 1, time: 1231006505, bits: 0x1d00ffff, nonce: 2083236893, meetsOwnTarget: true })
    expect(header.merkleRoot).toBe("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b")
  })

  it("with another nonce do not meet the target they state", () => {
    expect(decodeBlockHeader(`${genesis.slice(0, -2)}7d`)!.meetsOwnTarget).toBe(false)
  })

  it("are refused when they are too short or no hex", () => {
    expect(decodeBlockHeader(genesis.slice(0, 158))).toBeUndefined()
    expect(decodeBlockHeader(`zz${genesis.slice(2)}`)).toBeUndefined()
    expect(decodeBlockHeader("")).toBeUndefined()
  })

  it("cannot meet a negative or overflowing target", () => {
    expect(targetOfBits(0x1d00ffff)).toBe(0xffffn << 208n)
    expect(targetOfBits(0x03123456)).toBe(0x123456n)
    expect(targetOfBits(0x02123456)).toBe(0x1234n)
    expect(targetOfBits(0x04923456)).toBe(0n)
    expect(targetOfBits(0xff123456)).toBe(0n)
  })
})

describe("chains", () => {
  it("are told apart by name and by the headers at their deciding heights", () => {
    expect(new Set(shippedChains.map((c) => c.name)).size).toBe(shippedChains.length)
    const fingerprints = shippedChains.map((c) => decidingHeights(c).map((h) => expectedHash(c, h)).join())
    expect(new Set(fingerprints).size).toBe(shippedChains.length)
  })

  it("of Bitcoin include a header after the Bitcoin Cash fork", () => {
    expect(decidingHeights(shippedChains.find((c) => c.name === "mainnet")!).some((h) => h > 478559)).toBe(true)
  })

  it("that are simulated share no genesis with real ones", () => {
    const real = new Set(shippedChains.filter((c) => !c.simulated).map((c) => c.genesis_hash))
    for (const chain of shippedChains.filter((c) => c.simulated)) expect(real.has(chain.genesis_hash)).toBe(false)
  })
})

describe("protocol versions", () => {
  it("compare as numbers, so that 1.6.0 and v1.6 are one and 1.10 is above 1.4.3", () => {
    const order = (a: string, b: string) => Math.sign(compareProtocolVersions(parseProtocolVersion(a)!, parseProtocolVersion(b)!))
    expect(order("1.6.0", "v1.6")).toBe(0)
    expect(order("1.10", "1.4.3")).toBe(1)
    expect(order("1.4", "1.4.2")).toBe(-1)
  })

  it("are not read from garbage", () => {
    for (const text of ["", "v", "1.", "1.x", "1.2.3.4.5.6", "12345", " 1.4"]) expect(parseProtocolVersion(text)).toBeUndefined()
  })
})
