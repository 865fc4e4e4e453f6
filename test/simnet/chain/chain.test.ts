import { describe, expect, it } from "vitest"
import { decodeBlockHeader, targetOfBits } from "../../../src/domain/block-header.ts"
import { expectedHash, shippedChains } from "../../../src/domain/chain.ts"
import { headerProof, merkleProof } from "../../../src/simnet/bitcoin/merkle.ts"
import { simulatedChainNames } from "../../../src/simnet/chain/chain-definitions.ts"
import { type SimulatedChain, simulatedChain } from "../../../src/simnet/chain/chain.ts"

/** What the headers above a height say that it cost to make them, in hashes. */
const workAbove = (chain: SimulatedChain, height: number): number => {
  let work = 0
  for (let h = height + 1; h < chain.length; h++)
    work += 2 ** 256 / Number(targetOfBits(decodeBlockHeader(chain.header(h)!)!.bits) + 1n)
  return work
}

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

  it.each(simulatedChainNames)("%s has headers that connect, carry their work and hold their transactions", (name) => {
    const chain = simulatedChain(name)
    for (let height = 0; height < chain.length; height++) {
      const header = decodeBlockHeader(chain.header(height)!)!
      expect(header.meetsOwnTarget).toBe(true)
      expect(header.hash).toBe(chain.hash(height))
      expect(header.previousHash).toBe(height === 0 ? "0".repeat(64) : chain.hash(height - 1))
      expect(header.merkleRoot).toBe(merkleProof(chain.blocks[height]!.transactions.map(({ txid }) => txid), 0).root)
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

  it("forks: low-work-sim shares every checkpoint with mainnet-sim, is higher, and carries less work", () => {
    const main = simulatedChain("mainnet-sim")
    const low = simulatedChain("low-work-sim")
    const chain = shippedChains.find((c) => c.name === "mainnet-sim")!
    for (const { height } of chain.checkpoints) expect(low.hash(height)).toBe(main.hash(height))
    expect(low.hash(2099)).toBe(main.hash(2099))
    expect(low.hash(2100)).not.toBe(main.hash(2100))
    expect(low.length).toBeGreaterThan(main.length)
    expect(workAbove(low, 2099)).toBeLessThan(workAbove(main, 2099) * 0.75)
  })

  it("forks: sv-sim leaves cash-sim, mutiny-sim shares nothing but the genesis with signet-sim", () => {
    const [cash, sv] = [simulatedChain("cash-sim"), simulatedChain("sv-sim")]
    expect(sv.hash(699)).toBe(cash.hash(699))
    expect(sv.hash(700)).not.toBe(cash.hash(700))
    const [signet, mutiny] = [simulatedChain("signet-sim"), simulatedChain("mutiny-sim")]
    expect(mutiny.hash(0)).toBe(signet.hash(0))
    expect(mutiny.hash(1)).not.toBe(signet.hash(1))
  })

  it("begins with the block that real wallets know in regtest", () => {
    const regtest = simulatedChain("regtest")
    expect(regtest.hash(0)).toBe(shippedChains.find((chain) => chain.name === "regtest")!.genesis_hash)
    expect(regtest.blocks[0]!.transactions[0]!.txid).toBe(
      "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
    )
  })

  it("proves a header under the root of all headers up to a checkpoint", () => {
    const chain = simulatedChain("mainnet-sim")
    const { branch, root } = headerProof(chain, 0, 1)
    expect(branch).toEqual([chain.hash(1)])
    expect(headerProof(chain, 1, 1)).toEqual({ branch: [chain.hash(0)], root })
    expect(headerProof(chain, 5, 100).branch).toHaveLength(7)
    expect(headerProof(chain, 5, 100).root).toBe(headerProof(chain, 99, 100).root)
  })

  it("has Merkle roots as Bitcoin has them (block 100,000)", () => {
    const txids = [
      "8c14f0db3df150123e6f3dbbf30f8b955a8249b62ac1d1ff16284aefa3d06d87",
      "fff2525b8931402dd09222c50775608f75787bd2b87e56995a7bdd30f79702c4",
      "6359f0868171b1d194cbee1af2f16ea598ae8fad666d9b012c8ed2b79a236ec4",
      "e9a66845e05d5abc0ad04ec80f774a7e585c6e8db975962d069a522137b80c1d"
    ]
    expect(merkleProof(txids, 2)).toMatchObject({
      branch: [txids[3], expect.stringMatching(/^[0-9a-f]{64}$/)],
      root: "f3e94742aca4b5ef85488dc37c06c3282295ffec960994b2c0d5ac2a25a95766"
    })
  })
})
