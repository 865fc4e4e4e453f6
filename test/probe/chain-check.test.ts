import { describe, expect, it } from "vitest"
import { shippedChains } from "../../src/domain/chain.ts"
import { checkChain, shownHeader } from "../../src/probe/chain-check.ts"
import { headerHash, headerHex, testChain } from "../support/electrum-server.ts"

const chainNamed = (name: string) => shippedChains.find((chain) => chain.name === name)!
const mainnet = chainNamed("mainnet")
const [first, last] = mainnet.checkpoints
const genesis = { height: 0, hash: mainnet.genesis_hash }
const shown = (checkpoint: typeof first) => ({ height: checkpoint!.height, hash: checkpoint!.block_hash })

describe("checkChain", () => {
  it("is the same chain when the header at the highest checkpoint the server can have matches", () => {
    expect(checkChain(mainnet, [genesis, shown(first), shown(last)], 960_000).verdict).toBe("same")
    expect(checkChain(mainnet, [shown(last)], 960_000).verdict).toBe("same")
    expect(checkChain(mainnet, [shown(last)], null).verdict).toBe("same")
  })

  it("is unverified when the highest one the server can have was not shown", () => {
    expect(checkChain(mainnet, [genesis, shown(first)], 960_000).verdict).toBe("unverified")
    expect(checkChain(mainnet, [genesis, shown(first)], null).verdict).toBe("unverified")
    expect(checkChain(mainnet, [], 960_000).verdict).toBe("unverified")
  })

  it("takes a server that synchronises between checkpoints by the last it can have", () => {
    expect(checkChain(mainnet, [genesis, shown(first)], 600_000).verdict).toBe("same")
  })

  it("never takes genesis for proof where a chain has checkpoints", () => {
    expect(checkChain(mainnet, [genesis], 300_000).verdict).toBe("unverified")
    expect(checkChain(mainnet, [genesis], 0).verdict).toBe("unverified")
    const regtest = chainNamed("regtest")
    expect(checkChain(regtest, [{ height: 0, hash: regtest.genesis_hash }], 5).verdict).toBe("same")
  })

  it("tells Bitcoin Cash, which shares genesis, from Bitcoin: another chain without a name of ours", () => {
    const bitcoinCash = { height: first!.height, hash: "0".repeat(64) }
    expect(checkChain(mainnet, [genesis, bitcoinCash], 900_000)).toEqual({
      verdict: "other",
      chain: null,
      headers: [genesis, bitcoinCash]
    })
  })

  it("names another chain that fits, and one mismatch is enough", () => {
    const testnet = chainNamed("testnet")
    const ofTestnet = { height: 0, hash: testnet.genesis_hash }
    expect(checkChain(mainnet, [ofTestnet], 5)).toMatchObject({ verdict: "other", chain: "testnet" })
    const wrong = { height: first!.height, hash: "1".repeat(64) }
    expect(checkChain(mainnet, [genesis, shown(last), wrong], 960_000).verdict).toBe("other")
  })

  it("tells mutinynet, which shares signet's genesis, from signet", () => {
    const signet = chainNamed("signet")
    const own = { height: 0, hash: signet.genesis_hash }
    expect(checkChain(signet, [own, { height: signet.checkpoints[0]!.height, hash: "2".repeat(64) }], 400_000))
      .toMatchObject({ verdict: "other", chain: null })
    expect(checkChain(signet, [own], 1000).verdict).toBe("unverified")
  })

  it("hashes what was shown, so that a header can only be taken for what it is", () => {
    expect(shownHeader(100, headerHex(100))).toEqual({ height: 100, hash: headerHash(100) })
    expect(shownHeader(100, "zz")).toBeUndefined()
    expect(checkChain(testChain, [shownHeader(100, headerHex(99))!], 120).verdict).toBe("other")
  })
})
