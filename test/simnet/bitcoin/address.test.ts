import { describe, expect, it } from "vitest"
import { addressOfScript, scriptOfAddress } from "../../../src/simnet/bitcoin/address.ts"
import { pushNumber, readScript } from "../../../src/simnet/bitcoin/script.ts"
import { chainDefinitions } from "../../../src/simnet/chain/chain-definitions.ts"

const style = chainDefinitions["mainnet-sim"].addresses

describe("addresses of simulated chains", () => {
  it.each([
    // The genesis coinbase, BIP 173's and BIP 350's examples.
    ["P2PKH", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac"],
    ["P2SH", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG", "a914e9c3dd0c07aac76179ebc76a6c78d4d67c6c160a87"],
    ["P2WPKH", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "0014751e76e8199196d454941c45d1b3a323f1433bd6"],
    [
      "P2WSH",
      "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
      "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"
    ],
    [
      "P2TR",
      "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
      "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    ]
  ])("%s %s is its script, both ways", (form, address, script) => {
    expect(scriptOfAddress(address, style)).toBe(script)
    expect(addressOfScript(script, style)).toBe(address)
    expect(readScript(script)?.form).toBe(form)
  })

  it.each([
    ["a wrong checksum", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"],
    ["a wrong base58 checksum", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"],
    ["another chain", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"],
    ["mixed case", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3T4"],
    ["version 1 with the old checksum", "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4"],
    ["nothing", ""]
  ])("has no script for %s", (_, address) => {
    expect(scriptOfAddress(address, style)).toBeUndefined()
  })

  it("writes numbers in scripts in their shortest form", () => {
    expect([0, 1, 16, 17, 127, 128, 255, 256, 2150, 32_768].map(pushNumber)).toEqual([
      "00", "51", "60", "0111", "017f", "028000", "02ff00", "020001", "026608", "03008000"
    ])
  })
})
