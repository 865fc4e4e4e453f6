import { describe, expect, it } from "vitest"
import { walletListOf } from "../../src/cli/wallet-list.ts"

describe("the list that a wallet has", () => {
  it("is of mainnet's 84 hosts the 79 with a TLS port, ten of them onions", () => {
    const { servers, source } = walletListOf("mainnet")!
    expect(servers).toHaveLength(79)
    expect(servers.filter(({ host }) => host.endsWith(".onion"))).toHaveLength(10)
    expect(source).toMatch(/Electrum wallet/)
  })

  it("is of a simulated network that of the one it imitates, and none where none ships", () => {
    expect(walletListOf("mainnet-sim")).toEqual(walletListOf("mainnet"))
    expect(walletListOf("regtest")).toBeNull()
    expect(walletListOf("nowhere")).toBeNull()
  })
})
