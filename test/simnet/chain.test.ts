import { describe, expect, it } from "vitest"
import { decodeBlockHeader } from "../../src/domain/block-header.ts"
import { expectedHash, shippedChains } from "../../src/domain/chain.ts"
import { simulatedChain } from "../../src/simnet/chain.ts"
import { headerProof } from "../../src/simnet/merkle.ts"

describe("a simulated chain", () => {
  it.each(["mainnet-sim", "testnet-sim"] as const)(
    "%s has the genesis and the checkpoint that its chain file states",
    (name) => {
      const definition = shippedChains.find((chain) => chain.name === name)!
      const chain = simulatedChain(name)
      expect(chain.hash(0)).toBe(definition.genesis_hash)
      expect(definition.checkpoints.length).toBeGreaterThan(0)
      for (const { height, block_hash } of definition.checkpoints) expect(chain.hash(height)).toBe(block_hash)
    }
  )

  it("has headers that connect and carry their work", () => {
    const chain = simulatedChain("mainnet-sim")
    for (let height = 0; height < chain.length; height++) {
      const header = decodeBlockHeader(chain.header(height)!)!
      expect(header.meetsOwnTarget).toBe(true)
      expect(header.hash).toBe(chain.hash(height))
      expect(header.previousHash).toBe(height === 0 ? "0".repeat(64) : chain.hash(height - 1))
    }
    expect(chain.length).toBeGreaterThan(2100)
    expect(chain.header(chain.length)).toBeUndefined()
  })

  it("forks: cash-sim shares genesis and the headers below 500 with mainnet-sim, and fails its checkpoint", () => {
    const main = simulatedChain("mainnet-sim")
    const cash = simulatedChain("cash-sim")
    expect(cash.hash(0)).toBe(main.hash(0))
    expect(cash.hash(499)).toBe(main.hash(499))
    expect(cash.hash(500)).not.toBe(main.hash(500))
    expect(decodeBlockHeader(cash.header(500)!)!.previousHash).toBe(main.hash(499))
    const chain = shippedChains.find((c) => c.name === "mainnet-sim")!
    expect(cash.hash(1000)).not.toBe(expectedHash(chain, 1000))
  })

  it("proves a header under the root of all headers up to a checkpoint", () => {
    const chain = simulatedChain("mainnet-sim")
    const { branch, root } = headerProof(chain, 0, 1)
    expect(branch).toEqual([chain.hash(1)])
    expect(headerProof(chain, 1, 1)).toEqual({ branch: [chain.hash(0)], root })
    expect(headerProof(chain, 5, 100).branch).toHaveLength(7)
    expect(headerProof(chain, 5, 100).root).toBe(headerProof(chain, 99, 100).root)
  })
})
