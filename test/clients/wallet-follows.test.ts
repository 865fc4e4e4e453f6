import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { addresses, later } from "./planted.ts"
import { entriesIn, type Info, startWalletWorld, synchronised, walletInstalled } from "./wallet-session.ts"

const servers = [
  ["electrumx-1-16", "ElectrumX 1.16.0"],
  ["electrumx-1-18", "ElectrumX 1.18.0"],
  ["electrumx-1-20", "ElectrumX 1.20.0"],
  ["electrumx-2-0", "ElectrumX 2.0b1"],
  ["fulcrum-1-12", "Fulcrum 1.12.0"],
  ["fulcrum-2-1", "Fulcrum 2.1.0"],
  ["romanz", "electrs/0.11.1"],
  ["blockstream", "electrs-esplora 0.4.1"],
  ["mempool", "mempool-electrs 3.1.0-dev-5f2e1c3"]
] as const

// Ten minutes, the mean between blocks, take two seconds.
const timeScale = "300"

describe.runIf(walletInstalled())("A real wallet over TCP, while time runs fast", { concurrent: true }, () => {
  let wallets: Awaited<ReturnType<typeof startWalletWorld>>

  beforeAll(async () => {
    wallets = await startWalletWorld(["--time-scale", timeScale])
  })

  afterAll(() => wallets.stop())

  for (const [name, software] of servers) {
    it(
      `hears from ${software} of new blocks, and of a payment when it is made`,
      () =>
        wallets.withWallet(`${name}.test:50001:t`, addresses.P2PKH.address, async (wallet) => {
          await synchronised(wallet)
          const { blockchain_height: before } = (await wallet.call("getinfo")) as Info
          const grown = (info: unknown): boolean => (info as Info).blockchain_height >= before + 3
          expect(await wallet.until("getinfo", grown, 40_000)).toMatchObject({ connected: true })
          const paid = (history: unknown): boolean =>
            entriesIn(history).some(({ value }) => value === later.amount)
          await wallet.until("onchain_history", paid, 20_000)
        }),
      90_000
    )
  }
})
